import pLimit, { type LimitFunction } from "p-limit";
import { backoffMs } from "../timing";
import { BACKOFF, THROTTLE_PAUSE_MS } from "./backoff";
import { CAUSES } from "./cause";
import type { Call } from "./calls";
import type { Clock } from "./clock";
import { signedHeaders } from "./headers";
import type { Settings } from "./settings";
import type { Outcome } from "./outcome";
import { Pace } from "./pace";
import type { Sign } from "./signature";
import type { Transport } from "./transport";
import { failureOf } from "./trouble";
import type { Trouble } from "./trouble";
import { judge } from "./verdict";
import type { Verdict } from "./verdict";

/** Carries calls out: in their turn, signed anew for each attempt, again where that is safe. */
export class Caller {
  readonly #settings: Settings;
  readonly #sign: Sign;
  readonly #transport: Transport;
  readonly #clock: Clock;
  readonly #pace: Pace;
  /** Bounds how many calls are in flight. */
  readonly #limit: LimitFunction;

  constructor(settings: Settings, sign: Sign, transport: Transport, clock: Clock) {
    this.#settings = settings;
    this.#sign = sign;
    this.#transport = transport;
    this.#clock = clock;
    this.#pace = new Pace(settings.requestsPerSecond, clock);
    this.#limit = pLimit(settings.parallelism);
  }

  /** Carries one call out, or says why not. The signal keeps attempts from starting; one under way is finished. */
  async call<T>(call: Call<T>, stop?: AbortSignal): Promise<Outcome<T>> {
    for (let attempt = 1; ; attempt += 1) {
      const verdict = await this.#limit(() => this.#attempt(call, attempt, stop));
      if (!verdict) return { ok: false, failure: failureOf(INTERRUPTED, call, attempt - 1) };
      if ("value" in verdict) return { ok: true, value: verdict.value };

      const { trouble } = verdict;
      if (trouble.cause === "throttled")
        this.#pace.giveWay(Math.max(THROTTLE_PAUSE_MS, trouble.retryAfterMs ?? 0));
      if (attempt >= this.#settings.maxAttempts || !mayRepeat(call, trouble))
        return { ok: false, failure: failureOf(trouble, call, attempt) };
      const wait = Math.max(backoffMs(attempt, BACKOFF, this.#clock.random()), trouble.retryAfterMs ?? 0);
      await this.#clock.sleep(wait, stop);
    }
  }

  /**
   * Gives nothing where the signal fires before the request is sent; the call may have waited for a slot until then.
   */
  async #attempt<T>(call: Call<T>, attempt: number, stop?: AbortSignal): Promise<Verdict<T> | undefined> {
    if (stop?.aborted) return undefined;
    await this.#pace.turn(stop);
    if (stop?.aborted) return undefined;
    const headers = signedHeaders(call.request, this.#settings, this.#sign, this.#clock.now());
    const begun = this.#clock.elapsed();
    const reply = await this.#transport.send(call.request, headers);
    const verdict = judge(call, reply, this.#clock.now());
    this.#note(call, attempt, this.#clock.elapsed() - begun, verdict);
    return verdict;
  }

  #note<T>(call: Call<T>, attempt: number, milliseconds: number, verdict: Verdict<T>): void {
    const { method, path } = call.request;
    const { logger } = this.#settings;
    // What GenAuth says may quote ids, so it belongs with them.
    const { what, ...codes }: Partial<Trouble> = "trouble" in verdict ? verdict.trouble : succeeded(verdict);
    logger.debug(`${method} ${path}`, {
      count: call.ids.length,
      userIdType: call.userIdType,
      attempt,
      milliseconds: Math.round(milliseconds),
      ...codes,
    });
    logger.trace(`${method} ${path}, in detail`, { ids: call.ids, ...(what !== undefined && { what }) });
  }
}

const INTERRUPTED: Trouble = { cause: "interrupted", what: "interrupted" };

function succeeded({ requestId }: { readonly requestId?: string }): Partial<Trouble> {
  return { statusCode: 200, ...(requestId !== undefined && { requestId }) };
}

function mayRepeat({ kind }: Call<unknown>, { cause }: Trouble): boolean {
  const { retry } = CAUSES[cause];
  return retry === "all" || (retry === "reads" && kind === "read");
}

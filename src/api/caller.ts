import pLimit, { type LimitFunction } from "p-limit";
import * as z from "zod";
import { backoffMs, type Clock } from "../timing";
import type { Outcome } from "../users";
import { type ApiRequest, type Call, CHANGE_DATA } from "./calls";
import { type Attempt, classifyReply } from "./classify-reply";
import { type AttemptError, failureOf } from "./failure";
import type { Settings } from "./options";
import { Pace } from "./pace";
import { BACKOFF, type Cause, ruleOf, THROTTLE_PAUSE_MS } from "./retry-policy";
import type { Reply, Sender } from "./transport";

/** What one attempt shows besides its result. */
export interface Observation {
  /** From the request to the end of the answer. */
  readonly milliseconds: number;
  /** How far the server's clock is ahead of this machine's, in milliseconds, to about half a second. */
  readonly serverAheadMs?: number;
  /** Why the attempt failed. */
  readonly cause?: Cause;
}

/** What is told of a call while it is sent. */
export interface CallWatch {
  /** Receives what each attempt shows. */
  readonly onAnswer?: ((observation: Observation) => void) | undefined;
}

/** The reply to a request of another process. */
export interface Forwarded {
  readonly reply: Reply;
  /** From the request to the end of the answer. */
  readonly milliseconds: number;
  /** What the reply says, without its data. */
  readonly codes: Partial<Pick<AttemptError, "cause" | "statusCode" | "apiCode" | "requestId">>;
}

/** Sends calls: paced, and retried by the retry policy. */
export class Caller {
  readonly #settings: Settings;
  readonly #sender: Sender;
  readonly #clock: Clock;
  readonly #pace: Pace;
  readonly #limit: LimitFunction;
  /** GenAuth's time in the latest successful answer, and this machine's {@link Clock.elapsed} when it had arrived. */
  #answered: Readonly<Record<"serverMs" | "elapsed", number>> | undefined;

  constructor(settings: Settings, sender: Sender, clock: Clock) {
    this.#settings = settings;
    this.#sender = sender;
    this.#clock = clock;
    this.#pace = new Pace(settings.requestsPerSecond, clock);
    this.#limit = pLimit(settings.parallelism);
  }

  /**
   * Sends one call and retries it as the policy says. The signal prevents further attempts; one in flight is finished.
   */
  async call<T>(call: Call<T>, stop?: AbortSignal, watch: CallWatch = {}): Promise<Outcome<T>> {
    for (let number = 1; ; number += 1) {
      const attempt = await this.#limit(() => this.#attempt(call, number, watch, stop));
      if (!attempt) return { ok: false, failure: failureOf(INTERRUPTED, call, number - 1) };
      if ("value" in attempt) return { ok: true, value: attempt.value };

      const { error } = attempt;
      const pauseMs = this.#pauseCalls(error);
      const { maxAttempts, onWait } = this.#settings;
      if (number >= maxAttempts || !mayRetry(call, error))
        return { ok: false, failure: failureOf(error, call, number) };
      const milliseconds = Math.max(backoffMs(number, BACKOFF, this.#clock.random()), pauseMs);
      onWait({ attempt: number + 1, maxAttempts, milliseconds, statusCode: error.statusCode });
      // Waited for outside the limit: other calls use the slot as soon as they may.
      await this.#clock.sleep(milliseconds, stop);
    }
  }

  /**
   * Sends a request of another process once, in its turn. What the reply says about the pace holds for all calls; a retry is a
   * request of its own.
   *
   * @param mayGo is asked in its turn whether to send it
   * @returns nothing if the signal fires before its turn, or it may not go
   */
  forward(
    request: ApiRequest,
    stop: AbortSignal,
    mayGo: () => Promise<boolean> = () => Promise.resolve(true),
  ): Promise<Forwarded | undefined> {
    return this.#limit(async () => {
      await this.#pace.turn(stop);
      if (stop.aborted || !(await mayGo())) return undefined;
      const data = CHANGE_DATA.get(request.path) ?? z.unknown();
      const { reply, attempt, milliseconds } = await this.#send({ request, data });
      if ("error" in attempt) this.#pauseCalls(attempt.error);
      const { cause, statusCode, apiCode, requestId } = resultOf(attempt);
      return { reply, milliseconds, codes: { cause, statusCode, apiCode, requestId } };
    });
  }

  /**
   * The time on GenAuth's clock, in milliseconds since 1970, as the latest successful answer gave it; `undefined` before the
   * first one. An answer that is not GenAuth's own, such as a gateway's page, tells a gateway's time.
   */
  serviceTime(): number | undefined {
    return this.#answered && this.#answered.serverMs + this.#clock.elapsed() - this.#answered.elapsed;
  }

  /** Pauses all calls if the retry policy or the server asks for it. Returns for how many milliseconds. */
  #pauseCalls({ cause, retryAfterMs = 0 }: AttemptError): number {
    const { pause } = ruleOf(cause);
    if (pause === "none") return 0;
    if (pause === "backoff") {
      this.#pace.pause(retryAfterMs);
      return retryAfterMs;
    }
    const pauseMs = Math.max(THROTTLE_PAUSE_MS, retryAfterMs);
    this.#pace.slowDown(pauseMs);
    return pauseMs;
  }

  /** Returns nothing if the signal fires before the request is sent; until then the call may have waited for a slot. */
  async #attempt<T>(
    call: Call<T>,
    number: number,
    { onAnswer }: CallWatch,
    stop?: AbortSignal,
  ): Promise<Attempt<T> | undefined> {
    if (stop?.aborted) return undefined;
    await this.#pace.turn(stop);
    if (stop?.aborted) return undefined;
    const { attempt, milliseconds, serverMs } = await this.#send(call);
    onAnswer?.({
      milliseconds,
      ...("error" in attempt && { cause: attempt.error.cause }),
      // The header has whole seconds, without the rest.
      ...(serverMs !== undefined && {
        serverAheadMs: serverMs + 500 - (this.#clock.now() - milliseconds / 2),
      }),
    });
    this.#log(call, number, milliseconds, attempt);
    return attempt;
  }

  /** Sends a request whose turn has come. */
  async #send<T>({ request, data }: Pick<Call<T>, "request" | "data">): Promise<{
    readonly reply: Reply;
    readonly attempt: Attempt<T>;
    readonly milliseconds: number;
    readonly serverMs: number | undefined;
  }> {
    const begun = this.#clock.elapsed();
    const reply = await this.#sender.send(request);
    const elapsed = this.#clock.elapsed();
    const attempt = classifyReply({ data }, reply, this.#clock.now());
    const serverMs = dateOf(reply);
    if ("value" in attempt && serverMs !== undefined) this.#answered = { serverMs, elapsed };
    return { reply, attempt, milliseconds: elapsed - begun, serverMs };
  }

  #log<T>(call: Call<T>, number: number, milliseconds: number, attempt: Attempt<T>): void {
    const { method, path } = call.request;
    const { logger } = this.#settings;
    // GenAuth's message may quote ids, so the reason is only logged together with the ids.
    const { reason, ...codes } = resultOf(attempt);
    logger.debug(`${method} ${path}`, {
      count: call.ids.length,
      userIdType: call.userIdType,
      attempt: number,
      milliseconds: Math.round(milliseconds),
      ...codes,
    });
    logger.trace(`${method} ${path}, in detail`, { ids: call.ids, reason });
  }
}

const INTERRUPTED: AttemptError = { cause: "interrupted", reason: "interrupted" };

/** The codes of an attempt. */
function resultOf(attempt: Attempt<unknown>): Partial<AttemptError> {
  return "error" in attempt ? attempt.error : { statusCode: 200, requestId: attempt.requestId };
}

/** The time of the server in an answer's `Date`, in milliseconds since 1970. */
function dateOf(reply: Reply): number | undefined {
  const date = reply.kind === "answer" && reply.date !== undefined ? Date.parse(reply.date) : NaN;
  return Number.isNaN(date) ? undefined : date;
}

function mayRetry({ kind }: Call<unknown>, { cause }: AttemptError): boolean {
  const { retry } = ruleOf(cause);
  return retry === "all" || (retry === "look_ups" && kind === "read");
}

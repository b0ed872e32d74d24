import pLimit, { type LimitFunction } from "p-limit";
import { backoffMs, type Clock } from "../timing";
import type { Outcome } from "../users";
import type { Call } from "./calls";
import { type Attempt, classifyReply } from "./classify-reply";
import { type AttemptError, failureOf } from "./failure";
import type { Settings } from "./options";
import { Pace } from "./pace";
import { BACKOFF, ruleOf, THROTTLE_PAUSE_MS } from "./retry-policy";
import { ServiceClock } from "./service-clock";
import type { Reply, Sender } from "./transport";

/** What one request was answered. */
export interface Sent<T> {
  readonly reply: Reply;
  /** What the reply means. */
  readonly attempt: Attempt<T>;
  /** From the request to the end of the answer. */
  readonly milliseconds: number;
}

/** The turn of a request, in which others may follow it without a turn of their own, one after the other. */
export interface Turn {
  /** Sends a request once, as soon as those before it in this turn are answered. */
  send<T>(call: Pick<Call<T>, "request" | "data">): Promise<Sent<T>>;
}

/**
 * Sends calls. Each request waits for two things: for one of the few slots in which requests are in flight,
 * and in it for its turn in the pace. After a failure, the retry policy says whether the call is sent again,
 * and whether all calls pause.
 */
export class Caller {
  /** GenAuth's time, from every successful answer. */
  readonly serviceClock: ServiceClock;
  readonly #settings: Settings;
  readonly #sender: Sender;
  readonly #clock: Clock;
  readonly #pace: Pace;
  readonly #slots: LimitFunction;

  constructor(settings: Settings, sender: Sender, clock: Clock) {
    this.serviceClock = new ServiceClock(clock);
    this.#settings = settings;
    this.#sender = sender;
    this.#clock = clock;
    this.#pace = new Pace(settings.requestsPerSecond, clock);
    this.#slots = pLimit(settings.parallelism);
  }

  /**
   * Sends one call, and sends it again as the policy says.
   *
   * @param stop prevents further attempts; one in flight is finished
   * @param onSent is told what each attempt was answered
   */
  async call<T>(
    call: Call<T>,
    stop?: AbortSignal,
    onSent: (sent: Sent<T>) => void = () => undefined,
  ): Promise<Outcome<T>> {
    const { maxAttempts, onWait } = this.#settings;
    for (let number = 1; ; number += 1) {
      const sent = await this.inTurn((turn) => turn.send(call), stop);
      if (!sent) return { ok: false, failure: failureOf(INTERRUPTED, call, number - 1) };
      onSent(sent);
      this.#log(call, number, sent);
      const { attempt } = sent;
      if ("value" in attempt) return { ok: true, value: attempt.value };
      const { error } = attempt;
      if (number >= maxAttempts || !mayRetry(call, error))
        return { ok: false, failure: failureOf(error, call, number) };
      const milliseconds = Math.max(backoffMs(number, BACKOFF, this.#clock.random()), pauseOfAllCalls(error));
      onWait({ attempt: number + 1, maxAttempts, milliseconds, statusCode: error.statusCode });
      // Waited for outside the slot: other calls use it as soon as they may.
      await this.#clock.sleep(milliseconds, stop);
    }
  }

  /**
   * Does something once its turn has come, and keeps its slot until the end of it.
   *
   * @returns nothing, and does nothing, if the signal fires before
   */
  inTurn<T>(work: (turn: Turn) => Promise<T>, stop?: AbortSignal): Promise<T | undefined> {
    return this.#slots(async () => {
      await this.#pace.turn(stop);
      if (stop?.aborted) return undefined;
      const inLine = pLimit(1);
      let sent = 0;
      return await work({
        send: (call) =>
          inLine(() => {
            if (sent > 0) this.#pace.countAlong();
            sent += 1;
            return this.#send(call);
          }),
      });
    });
  }

  /** Sends a request, and keeps what its reply says about the time and the pace. */
  async #send<T>({ request, data }: Pick<Call<T>, "request" | "data">): Promise<Sent<T>> {
    const begun = this.#clock.elapsed();
    const reply = await this.#sender.send(request);
    const milliseconds = this.#clock.elapsed() - begun;
    const attempt = classifyReply({ data }, reply, this.#clock.now());
    if ("value" in attempt) this.serviceClock.learn(reply);
    else this.#pauseCalls(attempt.error);
    return { reply, attempt, milliseconds };
  }

  #pauseCalls(error: AttemptError): void {
    const milliseconds = pauseOfAllCalls(error);
    if (ruleOf(error.cause).pause === "all_calls") this.#pace.slowDown(milliseconds);
    else this.#pace.pause(milliseconds);
  }

  #log<T>(call: Call<T>, number: number, { attempt, milliseconds }: Sent<T>): void {
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
export function resultOf(attempt: Attempt<unknown>): Partial<AttemptError> {
  return "error" in attempt ? attempt.error : { statusCode: 200, requestId: attempt.requestId };
}

/** Whether the client sends a call again by itself. */
function mayRetry({ kind }: Pick<Call<unknown>, "kind">, { cause }: AttemptError): boolean {
  const { retry } = ruleOf(cause);
  return retry === "all" || (retry === "look_ups" && kind === "read");
}

/** How long all calls pause after an error, in milliseconds. */
function pauseOfAllCalls({ cause, retryAfterMs = 0 }: AttemptError): number {
  const { pause } = ruleOf(cause);
  if (pause === "none") return 0;
  return pause === "all_calls" ? Math.max(THROTTLE_PAUSE_MS, retryAfterMs) : retryAfterMs;
}

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
  /** How old the answer may be, if it came out of a cache, or was there before the request. */
  readonly ageMs?: number;
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
  /**
   * From the request, after it waited for its turn, to the end of the answer, by GenAuth's clock. An earlier answer tells that time, and may
   * have been under way for long: `from` is as late as that allows, `until` as early. `undefined` before the first one.
   */
  readonly during: { readonly from: number; readonly until: number } | undefined;
  /** From the request to the end of the answer. */
  readonly milliseconds: number;
  /** Whether the request may have been carried out. */
  readonly mayHaveEffect: boolean;
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
  /** GenAuth's time in an answer, and this machine's {@link Clock.elapsed} when it was asked for and had arrived. */
  #answered: Readonly<Record<"serverMs" | "begun" | "ended", number>> | undefined;
  /** How far GenAuth's clock is ahead of {@link Clock.elapsed}, at least, in milliseconds. An answer that the network brings again cannot lower it. */
  #aheadMs = -Infinity;

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
   * @param withinMs how long the request may wait for its turn
   * @returns nothing if the signal fires before the request is sent, or its turn comes later
   */
  forward(request: ApiRequest, stop: AbortSignal, withinMs = Infinity): Promise<Forwarded | undefined> {
    const [until, latest] = [this.#clock.elapsed() + withinMs, this.#clock.now() + withinMs];
    return this.#limit(async () => {
      await this.#pace.turn(stop);
      // By the clocks: where this process was halted, a timer may fire after what it is to prevent. Where the machine slept, one clock stood still.
      if (stop.aborted || this.#clock.elapsed() > until || this.#clock.now() > latest) return undefined;
      const [begun, from, sent] = [this.#clock.elapsed(), this.#timeSince("begun"), this.serviceTime()];
      const reply = await this.#sender.send(request);
      const milliseconds = this.#clock.elapsed() - begun;
      const data = CHANGE_DATA.get(request.path) ?? z.unknown();
      const attempt = classifyReply({ data }, reply, this.#clock.now());
      const said: Partial<AttemptError> =
        "error" in attempt ? attempt.error : { statusCode: 200, requestId: attempt.requestId };
      const { cause, statusCode, apiCode, requestId } = said;
      if ("error" in attempt) this.#pauseCalls(attempt.error);
      else this.#learnTime(reply);
      const isTimed = from !== undefined && sent !== undefined;
      const during = isTimed
        ? { from: Math.max(from, begun + this.#aheadMs), until: sent + milliseconds }
        : undefined;
      const mayHaveEffect = cause === undefined || ruleOf(cause).effect !== "none";
      return { reply, during, milliseconds, mayHaveEffect, codes: { cause, statusCode, apiCode, requestId } };
    });
  }

  /**
   * The time on GenAuth's clock, in milliseconds since 1970, as the latest successful answer gave it; `undefined` before the
   * first one. An answer that is not GenAuth's own, such as a gateway's page, tells a gateway's time.
   */
  serviceTime(): number | undefined {
    return this.#timeSince("ended");
  }

  /** GenAuth's time, as if the latest successful answer had been written when it was asked for, or when it arrived. */
  #timeSince(moment: "begun" | "ended"): number | undefined {
    return this.#answered && this.#answered.serverMs + this.#clock.elapsed() - this.#answered[moment];
  }

  /** Learns GenAuth's time from a successful answer that has just come. */
  #learnTime(reply: Reply): void {
    this.#aheadMs = Math.max(this.#aheadMs, (dateOf(reply) ?? -Infinity) - this.#clock.elapsed());
  }

  /** How old an answer that has just come may be, in milliseconds, if it is older than its request, which was sent then. */
  #ageOf(reply: Reply, begun: number): number | undefined {
    if (reply.kind === "answer" && reply.age !== undefined) return mostAgeMs(reply.age);
    const written = (dateOf(reply) ?? Infinity) - this.#aheadMs;
    return begun - written > MOST_BEHIND_MS ? this.#clock.elapsed() - written : undefined;
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
    const begun = this.#clock.elapsed();
    const reply = await this.#sender.send(call.request);
    const ended = this.#clock.elapsed();
    const milliseconds = ended - begun;
    const now = this.#clock.now();
    const attempt = classifyReply(call, reply, now);
    const serverMs = dateOf(reply);
    const ageMs = this.#ageOf(reply, begun);
    if ("value" in attempt) this.#learnTime(reply);
    if ("value" in attempt && serverMs !== undefined) this.#answered = { serverMs, begun, ended };
    onAnswer?.({
      milliseconds,
      ...("error" in attempt && { cause: attempt.error.cause }),
      // The header has whole seconds, without the rest.
      ...(serverMs !== undefined && { serverAheadMs: serverMs + 500 - (now - milliseconds / 2) }),
      ...(ageMs !== undefined && { ageMs }),
    });
    this.#log(call, number, milliseconds, attempt);
    return attempt;
  }

  #log<T>(call: Call<T>, number: number, milliseconds: number, attempt: Attempt<T>): void {
    const { method, path } = call.request;
    const { logger } = this.#settings;
    // GenAuth's message may quote ids, so the reason is only logged together with the ids.
    const { reason, ...codes }: Partial<AttemptError> =
      "error" in attempt ? attempt.error : { statusCode: 200, requestId: attempt.requestId };
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

/** How far the clocks of GenAuth's servers may differ. Their `Date` has whole seconds. */
const MOST_BEHIND_MS = 2000;

const INTERRUPTED: AttemptError = { cause: "interrupted", reason: "interrupted" };

/** The time of the server in an answer's `Date`, in milliseconds since 1970. An answer out of a cache, with `Age`, tells none. */
function dateOf(reply: Reply): number | undefined {
  const isFresh = reply.kind === "answer" && reply.age === undefined;
  const date = isFresh && reply.date !== undefined ? Date.parse(reply.date) : NaN;
  return Number.isNaN(date) ? undefined : date;
}

/** The age that a cache tells has whole seconds, without the rest. */
function mostAgeMs(age: string): number {
  const seconds = Number(age);
  return Number.isNaN(seconds) ? Infinity : (seconds + 1) * 1000;
}

function mayRetry({ kind }: Call<unknown>, { cause }: AttemptError): boolean {
  const { retry } = ruleOf(cause);
  return retry === "all" || (retry === "look_ups" && kind === "read");
}

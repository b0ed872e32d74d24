import type { Clock } from "../timing";

/** The share of the rate that is kept after a 429, which means that other clients use the pool as well. */
const KEPT_AFTER_THROTTLE = 1 / 2;

/** The smallest share of the full rate after several 429s, so that a run always ends. */
const LEAST_SHARE = 1 / 16;

/**
 * How long the rate takes to grow from zero to the full rate, in milliseconds: much longer than a throttling
 * lasts.
 */
const RECOVERY_MS = 30_000;

/**
 * How far network latency may shift requests towards each other, in milliseconds: the server counts when
 * requests arrive, not when they start. Each "second" here is longer by this. With 150 requests a second to a
 * server on loopback, up to 151 were counted in a second with 20, and at most 148 with 40.
 */
const JITTER_MS = 40;

/**
 * One pace for all calls of a client. Requests start evenly spaced, and no second holds more than its share,
 * even after this process was suspended. After a 429 all calls pause, continue more slowly and return to the
 * full rate.
 */
export class Pace {
  readonly #clock: Clock;
  /** Requests per millisecond while no other client throttles this one. */
  readonly #fullRate: number;
  /** The number of requests in a share, and its length in milliseconds. */
  readonly #share: number;
  readonly #shareMs: number;
  /**
   * When the requests of the last share started, as a ring: the oldest of a full share is at `#started %
   * #share`.
   */
  readonly #starts: number[] = [];
  #started = 0;
  #nextAt = -Infinity;
  #pausedUntil = -Infinity;
  /** When the pause of the last throttling ends. */
  #slowedUntil = -Infinity;
  /** The rate right after the last pause. */
  #rateAfterPause: number;
  /** Settles when the last request in the queue has had its turn. */
  #queue = Promise.resolve();

  constructor(requestsPerSecond: number, clock: Clock) {
    this.#clock = clock;
    this.#share = Math.max(1, Math.floor(requestsPerSecond));
    this.#shareMs = (this.#share / requestsPerSecond) * 1000 + JITTER_MS;
    this.#fullRate = this.#share / this.#shareMs;
    this.#rateAfterPause = this.#fullRate;
  }

  /**
   * Waits for this request's turn, first come, first served. Ends early when the signal fires; the caller
   * checks it.
   */
  turn(stop?: AbortSignal): Promise<void> {
    const came = this.#clock.elapsed();
    this.#queue = this.#queue.then(() => this.#wait(came, stop));
    return this.#queue;
  }

  /**
   * Counts a request that goes at once, because it belongs to one that has had its turn. The turns after it
   * come so much later. Requests that go along may exceed the share of a second by as many as are in flight
   * at once.
   */
  countAlong(): void {
    const now = this.#clock.elapsed();
    this.#nextAt = Math.max(this.#nextAt, now) + 1 / this.#rateAt(now);
    this.#note(now);
  }

  /** Pauses all requests, for some milliseconds. */
  pause(pauseMs: number): void {
    this.#pauseAndKeep(pauseMs, 1);
  }

  /** Pauses all requests, for some milliseconds, and then slows them down. */
  slowDown(pauseMs: number): void {
    const now = this.#clock.elapsed();
    // Calls in flight together are refused together, so all of them count as one refusal.
    this.#pauseAndKeep(pauseMs, now >= this.#slowedUntil ? KEPT_AFTER_THROTTLE : 1);
    this.#slowedUntil = Math.max(this.#slowedUntil, now + pauseMs);
  }

  #pauseAndKeep(pauseMs: number, keptShare: number): void {
    const now = this.#clock.elapsed();
    this.#rateAfterPause = Math.max(this.#rateAt(now) * keptShare, this.#fullRate * LEAST_SHARE);
    this.#pausedUntil = Math.max(this.#pausedUntil, now + pauseMs);
  }

  async #wait(came: number, stop?: AbortSignal): Promise<void> {
    while (!stop?.aborted) {
      const now = this.#clock.elapsed();
      // A pause may have started during the wait.
      const at = Math.max(came, this.#nextAt, this.#pausedUntil, this.#shareFreeAt());
      if (at <= now) {
        // Counted from the due time, so that late timers cost no throughput.
        this.#nextAt = at + 1 / this.#rateAt(at);
        this.#note(now);
        return;
      }
      await this.#clock.sleep(at - now, stop);
    }
  }

  #note(start: number): void {
    this.#starts[this.#started % this.#share] = start;
    this.#started += 1;
  }

  /** When the second that started with the oldest request of the last share is over. */
  #shareFreeAt(): number {
    return (this.#starts[this.#started % this.#share] ?? -Infinity) + this.#shareMs;
  }

  #rateAt(moment: number): number {
    const recovered = (Math.max(0, moment - this.#pausedUntil) / RECOVERY_MS) * this.#fullRate;
    return Math.min(this.#fullRate, this.#rateAfterPause + recovered);
  }
}

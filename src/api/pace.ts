import type { Clock } from "../timing";

/** A 429 although the pace was kept means that others share the pool: what is left of the rate after it, as a share. */
const KEPT_AFTER_THROTTLE = 1 / 2;

/** The least that is left after several, as a share of the full rate, so that a run always comes to its end. */
const LEAST_SHARE = 1 / 16;

/** How long the rate takes from nothing back to the full one, in milliseconds: longer than a 429 lasts, by far. */
const RECOVERY_MS = 30_000;

/**
 * How much sooner a request may come at the server than the one before let it expect, in milliseconds: the server
 * counts when requests come, and the way there takes now longer and now less. So much longer than a second is ours. At
 * 150 a second to a server on loopback, up to 151 were counted in a second with 20, and at most 148 with 40.
 */
const JITTER_MS = 40;

/**
 * One pace for all calls of a client. Requests start evenly spaced, and no second holds more than its share, not even
 * after this process stood still. After a 429 they stand still together, go on more slowly, and grow back to the full
 * rate.
 */
export class Pace {
  readonly #clock: Clock;
  /** Requests a millisecond, when nobody else is in the way. */
  readonly #fullRate: number;
  /** How many requests a share is, and the milliseconds that it is for. */
  readonly #share: number;
  readonly #shareMs: number;
  /** When the requests of the last share started; the oldest of a full one at `#started % #share`. */
  readonly #starts: number[] = [];
  #started = 0;
  #nextAt = -Infinity;
  #pausedUntil = -Infinity;
  /** When the pause of the last throttling ends. */
  #slowedUntil = -Infinity;
  /** The rate right after the last pause. */
  #rateAfterPause: number;
  /** Settles when whoever came last has had its turn. */
  #queue = Promise.resolve();

  constructor(requestsPerSecond: number, clock: Clock) {
    this.#clock = clock;
    this.#share = Math.max(1, Math.floor(requestsPerSecond));
    this.#shareMs = (this.#share / requestsPerSecond) * 1000 + JITTER_MS;
    this.#fullRate = this.#share / this.#shareMs;
    this.#rateAfterPause = this.#fullRate;
  }

  /** Waits for this request's turn, in the order of coming. Ends early when the signal fires; the caller looks at it. */
  turn(stop?: AbortSignal): Promise<void> {
    const came = this.#clock.elapsed();
    this.#queue = this.#queue.then(() => this.#wait(came, stop));
    return this.#queue;
  }

  /** Lets no request start for that many milliseconds. */
  standStill(pauseMs: number): void {
    this.#pause(pauseMs, 1);
  }

  /** Lets no request start for that many milliseconds, and the next ones more slowly. */
  giveWay(pauseMs: number): void {
    const now = this.#clock.elapsed();
    // Calls that were in flight together are refused together, which says no more than one of them does.
    this.#pause(pauseMs, now >= this.#slowedUntil ? KEPT_AFTER_THROTTLE : 1);
    this.#slowedUntil = Math.max(this.#slowedUntil, now + pauseMs);
  }

  #pause(pauseMs: number, keptShare: number): void {
    if (pauseMs === 0) return;
    const now = this.#clock.elapsed();
    this.#rateAfterPause = Math.max(this.#rateAt(now) * keptShare, this.#fullRate * LEAST_SHARE);
    this.#pausedUntil = Math.max(this.#pausedUntil, now + pauseMs);
  }

  async #wait(came: number, stop?: AbortSignal): Promise<void> {
    while (!stop?.aborted) {
      const now = this.#clock.elapsed();
      // A pause may have begun during the wait.
      const at = Math.max(came, this.#nextAt, this.#pausedUntil, this.#shareFreeAt());
      if (at <= now) {
        // From the moment that was due, so that late timers cost no throughput.
        this.#nextAt = at + 1 / this.#rateAt(at);
        this.#starts[this.#started % this.#share] = now;
        this.#started += 1;
        return;
      }
      await this.#clock.sleep(at - now, stop);
    }
  }

  /** When the second is over that began with the oldest request of the last share. */
  #shareFreeAt(): number {
    return (this.#starts[this.#started % this.#share] ?? -Infinity) + this.#shareMs;
  }

  #rateAt(moment: number): number {
    const recovered = (Math.max(0, moment - this.#pausedUntil) / RECOVERY_MS) * this.#fullRate;
    return Math.min(this.#fullRate, this.#rateAfterPause + recovered);
  }
}

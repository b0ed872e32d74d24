import type { Clock } from "./clock";

/** A 429 although the pace was kept means that others share the pool: what is left of the rate after it, as a share. */
const KEPT_AFTER_THROTTLE = 1 / 2;

/** The least that is left after several, as a share of the full rate, so that a run always comes to its end. */
const LEAST_SHARE = 1 / 16;

/** How long the rate takes from nothing back to the full one, in milliseconds: longer than a 429 lasts, by far. */
const RECOVERY_MS = 30_000;

/**
 * One pace for all calls of a client. Requests start evenly spaced: a bucket of one token, so that no second holds more
 * than its share. After a 429 they stand still together, go on more slowly, and grow back to the full rate.
 */
export class Pace {
  readonly #clock: Clock;
  /** Requests a millisecond, when nobody else is in the way. */
  readonly #fullRate: number;
  #nextAt = -Infinity;
  #pausedUntil = -Infinity;
  /** The rate right after the last pause. */
  #rateAfterPause: number;

  constructor(requestsPerSecond: number, clock: Clock) {
    this.#clock = clock;
    this.#fullRate = requestsPerSecond / 1000;
    this.#rateAfterPause = this.#fullRate;
  }

  /** Waits for this request's turn. Comes back at once when the signal fires; the caller looks at it. */
  async turn(stop?: AbortSignal): Promise<void> {
    do await this.#clock.sleep(this.#reserve(), stop);
    while (
      // A pause may have begun during the wait; whoever wakes in it queues up again behind it.
      !stop?.aborted &&
      this.#clock.elapsed() < this.#pausedUntil
    );
  }

  /** Lets no request start for that many milliseconds, and the next ones more slowly. */
  giveWay(pauseMs: number): void {
    const now = this.#clock.elapsed();
    // Calls that were in flight together are refused together, which says no more than one of them does.
    if (now >= this.#pausedUntil) {
      this.#rateAfterPause = Math.max(this.#rateAt(now) * KEPT_AFTER_THROTTLE, this.#fullRate * LEAST_SHARE);
    }
    this.#pausedUntil = Math.max(this.#pausedUntil, now + pauseMs);
  }

  /** Takes the next free moment, and says how far off it is. Moments do not move, so late timers cost no throughput. */
  #reserve(): number {
    const now = this.#clock.elapsed();
    const at = Math.max(now, this.#nextAt, this.#pausedUntil);
    this.#nextAt = at + 1 / this.#rateAt(at);
    return at - now;
  }

  #rateAt(moment: number): number {
    const recovered = (Math.max(0, moment - this.#pausedUntil) / RECOVERY_MS) * this.#fullRate;
    return Math.min(this.#fullRate, this.#rateAfterPause + recovered);
  }
}

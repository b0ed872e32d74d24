import type { Clock } from "./clock";

/** One pace for all calls of a client: requests start evenly spaced, and stand still together after a 429. */
export class Pace {
  readonly #clock: Clock;
  readonly #spacingMs: number;
  #nextAt = -Infinity;
  #pausedUntil = -Infinity;

  constructor(requestsPerSecond: number, clock: Clock) {
    this.#clock = clock;
    this.#spacingMs = 1000 / requestsPerSecond;
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

  /** Lets no request start for that many milliseconds. */
  pause(ms: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, this.#clock.elapsed() + ms);
  }

  /** Takes the next free moment, and says how far off it is. Moments do not move, so late timers cost no throughput. */
  #reserve(): number {
    const now = this.#clock.elapsed();
    const at = Math.max(now, this.#nextAt, this.#pausedUntil);
    this.#nextAt = at + this.#spacingMs;
    return at - now;
  }
}

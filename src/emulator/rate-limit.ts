/** How many requests a pool takes; GenAuth publishes 150 a second, then 429 for 3 seconds. */
export interface RateLimit {
  /** Requests admitted in any second. */
  readonly perSecond: number;
  /** For how many milliseconds every request is refused after the limit was passed. */
  readonly pauseMs: number;
}

/** The limit that GenAuth's public cloud publishes. */
export const PUBLISHED_RATE_LIMIT: RateLimit = { perSecond: 150, pauseMs: 3000 };

/** Counts requests in a sliding second, and shuts for a while once there were too many. */
export class RateLimiter {
  readonly #limit: RateLimit;
  readonly #now: () => number;
  readonly #admittedAt: number[] = [];
  #shutUntil = -Infinity;

  constructor(limit: RateLimit, now: () => number) {
    this.#limit = limit;
    this.#now = now;
  }

  /** Whether one more request may pass now; a request that may not pass is not counted. */
  admits(): boolean {
    const now = this.#now();
    if (now < this.#shutUntil) return false;
    while ((this.#admittedAt[0] ?? Infinity) <= now - 1000) this.#admittedAt.shift();
    if (this.#admittedAt.length >= this.#limit.perSecond) {
      this.#shutUntil = now + this.#limit.pauseMs;
      return false;
    }
    this.#admittedAt.push(now);
    return true;
  }
}

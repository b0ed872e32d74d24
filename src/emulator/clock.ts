const DAY_MS = 24 * 60 * 60 * 1000;

/** The server's clock, on which tests let days pass. */
export class ServerClock {
  readonly #base: () => number;
  #passedMs = 0;

  /** @param base the clock without the days that were let pass, in milliseconds since 1970 */
  constructor(base: () => number) {
    this.#base = base;
  }

  /** The server's time, in milliseconds since 1970: in `Date` headers, and of every change of the pool. */
  readonly now = (): number => this.#base() + this.#passedMs;

  /**
   * The time that a request's date is compared with. In reality, the same days pass for the client's machine; here it stays
   * in the present.
   */
  readonly clientNow = (): number => this.#base();

  /** Lets days pass at once. A fraction is a part of a day. */
  letPass(days: number): void {
    if (!Number.isFinite(days) || days < 0) throw new Error(`${days} days cannot pass.`);
    this.#passedMs += days * DAY_MS;
  }
}

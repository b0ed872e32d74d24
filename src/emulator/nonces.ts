/** Remembers nonces for as long as a date that they came with is accepted, so that none is consumed twice. */
export class Nonces {
  readonly #now: () => number;
  readonly #periodMs: number;
  #current = new Set<string>();
  #previous = new Set<string>();
  #currentSince: number;

  /** @param periodMs how long a nonce is remembered at least; twice as long at most */
  constructor(now: () => number, periodMs: number) {
    this.#now = now;
    this.#periodMs = periodMs;
    this.#currentSince = now();
  }

  /** Consumes a nonce. False when it was consumed before. */
  consume(nonce: string): boolean {
    if (this.#now() - this.#currentSince > this.#periodMs) {
      this.#previous = this.#current;
      this.#current = new Set();
      this.#currentSince = this.#now();
    }
    if (this.#current.has(nonce) || this.#previous.has(nonce)) return false;
    this.#current.add(nonce);
    return true;
  }
}

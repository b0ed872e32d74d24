/** Bounds how much work is under way at once. What has no slot waits for one, in the order in which it came. */
export class Slots {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  /** @param count how many slots there are, at least 1 */
  constructor(count: number) {
    this.#free = count;
  }

  /** Does the work in a slot of its own; gives what the work gives, and throws what it throws. */
  async use<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((enter) => this.#waiting.push(enter));
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free += 1;
    }
  }
}

import type { UserDirectory } from "../../../src/users";

/** Whether the process that makes a call is killed at it: before the server does what is asked, or after. */
export type Blow = "before" | "after" | undefined;

/**
 * A directory as a process sees it that may be killed: from the fatal call on, no answer comes.
 *
 * @param blow asked once for each call
 */
export class KillableDirectory implements UserDirectory {
  readonly parallelism: number;
  /** Resolves when the process is killed. */
  readonly killed: Promise<void>;
  #isDead = false;
  #die: () => void = () => undefined;

  constructor(
    private readonly directory: UserDirectory,
    private readonly blow: () => Blow,
  ) {
    this.parallelism = directory.parallelism;
    this.killed = new Promise((resolve) => (this.#die = resolve));
  }

  findUsers: UserDirectory["findUsers"] = (...args) => this.#pass(() => this.directory.findUsers(...args));
  findUser: UserDirectory["findUser"] = (...args) => this.#pass(() => this.directory.findUser(...args));
  deleteUsers: UserDirectory["deleteUsers"] = (...args) =>
    this.#pass(() => this.directory.deleteUsers(...args));

  async #pass<T>(call: () => Promise<T>): Promise<T> {
    const blow = this.#isDead ? "before" : this.blow();
    if (blow === "before") return this.#silence();
    const answer = await call();
    return blow === "after" || this.#isDead ? this.#silence() : answer;
  }

  #silence<T>(): Promise<T> {
    this.#isDead = true;
    this.#die();
    return new Promise(() => undefined);
  }
}

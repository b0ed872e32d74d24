import type { UserDirectory } from "../../../../../src/users";

/** When the process is killed during a call: before or after the server carries it out. */
export type KillPoint = "before" | "after" | undefined;

/**
 * The directory of a process that can be killed. From that call on, no answer arrives.
 *
 * @param killPoint called once for each call
 */
export class KillableDirectory implements UserDirectory {
  readonly parallelism: number;
  /** Resolves when the process is killed. */
  readonly killed: Promise<void>;
  #isKilled = false;
  #reportKill: () => void = () => undefined;

  constructor(
    private readonly directory: UserDirectory,
    private readonly killPoint: () => KillPoint,
  ) {
    this.parallelism = directory.parallelism;
    this.killed = new Promise((resolve) => (this.#reportKill = resolve));
  }

  findUsers: UserDirectory["findUsers"] = (...args) => this.#pass(() => this.directory.findUsers(...args));
  findUser: UserDirectory["findUser"] = (...args) => this.#pass(() => this.directory.findUser(...args));
  deleteUsers: UserDirectory["deleteUsers"] = (...args) =>
    this.#pass(() => this.directory.deleteUsers(...args));
  setStatus: UserDirectory["setStatus"] = (...args) => this.#pass(() => this.directory.setStatus(...args));
  serviceTime: UserDirectory["serviceTime"] = () => this.directory.serviceTime();

  async #pass<T>(call: () => Promise<T>): Promise<T> {
    const killPoint = this.#isKilled ? "before" : this.killPoint();
    if (killPoint === "before") return this.#neverAnswer();
    const answer = await call();
    return killPoint === "after" || this.#isKilled ? this.#neverAnswer() : answer;
  }

  #neverAnswer<T>(): Promise<T> {
    this.#isKilled = true;
    this.#reportKill();
    return new Promise(() => undefined);
  }
}

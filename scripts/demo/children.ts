import { type Child, type ChildOptions, type Finished, startChild } from "../../test/support/engine/child";

/** The user interrupted the demo. */
export class Interrupted extends Error {}

/** The processes of the demo. Ctrl-C ends the running one and keeps others from starting. */
export class Children {
  readonly #running = new Set<Child>();
  #interruptions = 0;

  /**
   * Runs a program to its end.
   *
   * @throws Interrupted if the demo was interrupted before or meanwhile
   */
  async run(command: string, args: readonly string[], options: ChildOptions): Promise<Finished> {
    this.throwIfInterrupted();
    const child = startChild(command, args, options);
    this.watch(child);
    const finished = await child.finished;
    this.throwIfInterrupted();
    return finished;
  }

  /** Adds a process that was started elsewhere, until it ends. */
  watch(child: Child): void {
    this.#running.add(child);
    const forget = () => void this.#running.delete(child);
    void child.finished.then(forget, forget);
  }

  /** Interrupts the running processes the first time, and kills them from the second time on. */
  interrupt(): void {
    this.#interruptions += 1;
    for (const child of this.#running) child.signal(this.#interruptions === 1 ? "SIGINT" : "SIGKILL");
  }

  throwIfInterrupted(): void {
    if (this.#interruptions > 0) throw new Interrupted();
  }
}

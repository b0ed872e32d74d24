import { type Child, type ChildOptions, type Finished, startChild } from "../engine/child";

/** The person wants to stop. */
export class Interrupted extends Error {}

/** The processes of the demo, so that a Ctrl-C ends the one that runs and no other is started. */
export class Children {
  readonly #running = new Set<Child>();
  #interruptions = 0;

  /**
   * Runs a program to its end.
   *
   * @throws Interrupted where the person wanted to stop before or while it ran
   */
  async run(command: string, args: readonly string[], options: ChildOptions): Promise<Finished> {
    this.throwIfInterrupted();
    const child = startChild(command, args, options);
    this.watch(child);
    const finished = await child.finished;
    this.throwIfInterrupted();
    return finished;
  }

  /** Takes a process that somebody else started into care until it ends. */
  watch(child: Child): void {
    this.#running.add(child);
    const forget = () => void this.#running.delete(child);
    void child.finished.then(forget, forget);
  }

  /** Asks what runs to stop, politely the first time, and at once from the second on. */
  interrupt(): void {
    this.#interruptions += 1;
    for (const child of this.#running) child.signal(this.#interruptions === 1 ? "SIGINT" : "SIGKILL");
  }

  throwIfInterrupted(): void {
    if (this.#interruptions > 0) throw new Interrupted();
  }
}

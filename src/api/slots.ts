import { setMaxListeners } from "node:events";
import PQueue from "p-queue";

/** Bounds how many calls are in flight. */
export class Slots {
  readonly #queue: PQueue;

  constructor(count: number) {
    this.#queue = new PQueue({ concurrency: count });
  }

  /**
   * Runs a task when a slot is free. When the signal fires first, the task never runs and the answer is `undefined`; a
   * task that runs is not disturbed, since a request that is on its way cannot be taken back.
   */
  async run<T>(task: () => Promise<T>, stop?: AbortSignal): Promise<T | undefined> {
    const waiting = new AbortController();
    const giveUp = () => waiting.abort();
    if (stop?.aborted) return undefined;
    // Every call that waits listens to the one signal: hundreds of listeners are no leak here.
    if (stop) setMaxListeners(0, stop);
    stop?.addEventListener("abort", giveUp, { once: true });
    try {
      return await this.#queue.add(
        () => {
          stop?.removeEventListener("abort", giveUp);
          return task();
        },
        { signal: waiting.signal },
      );
    } catch (error) {
      if (waiting.signal.aborted) return undefined;
      throw error;
    } finally {
      stop?.removeEventListener("abort", giveUp);
    }
  }
}

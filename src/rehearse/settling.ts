import type { Clock } from "../timing";
import { INTERRUPTED, RehearsalHalt } from "./find";

/** How many times the lag a reading waits: a service that was late once may be later the next time. */
const LAGS = 3;

/** The longest wait between two attempts to see a change, in milliseconds. */
const LONGEST_POLL_MS = 1000;

/** When a change showed. */
export interface ShownAfter {
  /** From the answer to the change until a reading showed it, in milliseconds. */
  readonly milliseconds: number;
  /** Whether the first reading showed it. */
  readonly atOnce: boolean;
}

/** Waits until the service shows what was changed. */
export class Settling {
  readonly #clock: Clock;
  readonly #patienceMs: number;
  readonly #onLag: (milliseconds: number) => void;
  readonly #stop: AbortSignal | undefined;
  #lagMs: number;

  /**
   * @param patienceMs how long a change may take to show
   * @param lagMs the longest lag so far
   * @param onLag is told each longer lag
   * @param stop once it fires, waits end with a halt
   */
  constructor(
    clock: Clock,
    patienceMs: number,
    {
      lagMs = 0,
      onLag = () => undefined,
      stop,
    }: {
      readonly lagMs?: number;
      readonly onLag?: (milliseconds: number) => void;
      readonly stop?: AbortSignal | undefined;
    } = {},
  ) {
    this.#clock = clock;
    this.#patienceMs = patienceMs;
    this.#lagMs = lagMs;
    this.#onLag = onLag;
    this.#stop = stop;
  }

  /** How long a pause is, in milliseconds: three times the longest lag that was seen. */
  get pauseMs(): number {
    return LAGS * this.#lagMs;
  }

  async pause(): Promise<void> {
    await this.#sleep(this.pauseMs);
  }

  async #sleep(milliseconds: number): Promise<void> {
    await this.#clock.sleep(milliseconds, this.#stop);
    if (this.#stop?.aborted) throw new RehearsalHalt(INTERRUPTED);
  }

  /**
   * Reads again and again until a change shows; `undefined` if it does not.
   *
   * @param counts whether the lag counts for every later pause
   */
  async until(shows: () => Promise<boolean>, { counts = true } = {}): Promise<ShownAfter | undefined> {
    const begun = this.#clock.elapsed();
    for (let wait = 10; ; wait = Math.min(2 * wait, LONGEST_POLL_MS)) {
      const isShown = await shows();
      const milliseconds = this.#clock.elapsed() - begun;
      if (isShown) {
        if (counts && milliseconds > this.#lagMs) {
          this.#lagMs = milliseconds;
          this.#onLag(milliseconds);
        }
        return { milliseconds: Math.ceil(milliseconds), atOnce: wait === 10 };
      }
      if (milliseconds > this.#patienceMs) return undefined;
      await this.#sleep(wait);
    }
  }

  /** Reads twice, each time after a pause. @returns `undefined` if the two readings differ */
  async twice<T>(read: () => Promise<T>): Promise<{ readonly value: T } | undefined> {
    await this.pause();
    const first = await read();
    await this.pause();
    const second = await read();
    return JSON.stringify(first) === JSON.stringify(second) ? { value: second } : undefined;
  }
}

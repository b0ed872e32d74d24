/** Time, for every module that waits: one clock, one sleep that ends early, and one back-off. Imports nothing. */

/** Waits. Ends early when the signal fires, and at once where it has fired. Never rejects. */
export function sleep(milliseconds: number, stop?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (stop?.aborted) {
      resolve();
      return;
    }
    const end = (): void => {
      clearTimeout(timer);
      stop?.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    stop?.addEventListener("abort", end);
  });
}

/** How the waits between attempts grow. */
export interface Backoff {
  /** The wait after the first attempt, in milliseconds; each further one is twice as long. */
  readonly firstMs: number;
  /** The longest wait, in milliseconds. */
  readonly longestMs: number;
}

/**
 * The wait after a failed attempt, in milliseconds.
 *
 * @param attempt the one that failed, from 1
 * @param share the part of the wait that is taken, from 0 to 1. A random share (full jitter) keeps clients that failed
 *   together from coming back together; default the whole
 */
export function backoffMs(attempt: number, { firstMs, longestMs }: Backoff, share = 1): number {
  return share * Math.min(longestMs, firstMs * 2 ** (attempt - 1));
}

/** Time and chance, so that tests need not wait for either. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Milliseconds since some moment in the past; never steps back when the clock is set. */
  elapsed(): number;
  /** Waits. Ends early, without an error, when the signal fires. */
  sleep(milliseconds: number, stop?: AbortSignal): Promise<void>;
  /** From 0 up to, not including, 1. */
  random(): number;
}

/** The machine's own. */
export const systemClock: Clock = {
  now: Date.now,
  elapsed: () => performance.now(),
  random: Math.random,
  sleep,
};

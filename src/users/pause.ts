/** The first pause, and the longest, in milliseconds. */
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 4_000;

/**
 * How long to wait before trying again: twice as long each time, up to 4 s.
 *
 * @param attempt how many tries there were, from 1
 * @returns milliseconds
 */
export function pauseBefore(attempt: number): number {
  return Math.min(FIRST_PAUSE_MS * 2 ** (attempt - 1), LONGEST_PAUSE_MS);
}

/** 3 s of the default 15 s. Not the whole: every run that removes somebody who is already gone waits for it. */
const SECOND_LOOK_AFTER = 1 / 5;

/**
 * How long to wait before the second of two look-ups that must both leave a user out.
 *
 * @param confirmWithinMs for how long GenAuth's look-ups may lag behind, in milliseconds
 * @returns milliseconds
 */
export function pauseBeforeSecondLook(confirmWithinMs: number): number {
  return confirmWithinMs * SECOND_LOOK_AFTER;
}

/** Waits; ends early when the signal fires. Never rejects. */
export function pause(milliseconds: number, stop?: AbortSignal): Promise<void> {
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

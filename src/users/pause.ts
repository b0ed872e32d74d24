import { type Backoff, backoffMs } from "../timing";

/** The waits between the attempts of a deletion and the looks of a read-back. */
const BACKOFF: Backoff = { firstMs: 250, longestMs: 4_000 };

/**
 * How long to wait before trying again: twice as long each time, up to 4 s.
 *
 * @param attempt how many tries there were, from 1
 * @returns milliseconds
 */
export function pauseBefore(attempt: number): number {
  return backoffMs(attempt, BACKOFF);
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

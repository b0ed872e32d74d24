import { type Backoff, backoffMs } from "../timing";

/** The pauses between the attempts of a deletion and the look-ups of a read-back. */
const BACKOFF: Backoff = { firstMs: 250, longestMs: 4_000 };

/**
 * How long to wait before the next attempt: doubles each time, up to 4 s.
 *
 * @param attempt the number of attempts so far, from 1
 * @returns milliseconds
 */
export function pauseBefore(attempt: number): number {
  return backoffMs(attempt, BACKOFF);
}

/**
 * 3 s of the default 15 s. Not all of it, because every run waits for this if a removed user is already gone.
 */
const SECOND_LOOK_AFTER = 1 / 5;

/**
 * How long to wait before the second look-up that must confirm the absence of a user.
 *
 * @param confirmWithinMs for how long GenAuth's look-ups may lag behind, in milliseconds
 * @returns milliseconds
 */
export function pauseBeforeSecondLook(confirmWithinMs: number): number {
  return confirmWithinMs * SECOND_LOOK_AFTER;
}

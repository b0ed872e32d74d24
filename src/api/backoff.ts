/** How long to wait before the second attempt at most, in milliseconds; doubles with each attempt. */
const BASE_MS = 500;
/** The most that it grows to, so that six attempts end within half a minute. */
const CAP_MS = 10_000;

/**
 * GenAuth lifts a 429 after three seconds (published limit of the public cloud); all calls stand still for that long.
 */
export const THROTTLE_PAUSE_MS = 3000;

/**
 * The wait after a failed attempt, in milliseconds: exponential with full jitter, so that clients that failed
 * together do not come back together.
 *
 * @param attempt the one that failed, from 1
 * @param random from 0 up to 1
 */
export function backoffMs(attempt: number, random: number): number {
  return random * Math.min(CAP_MS, BASE_MS * 2 ** (attempt - 1));
}

import { setTimeout } from "node:timers/promises";

/** The clock, the abortable sleep, the back-off and the form of times that every module uses. */

/** Waits. Ends early when the signal fires, and immediately if it has fired. Never rejects. */
export async function sleep(milliseconds: number, stop?: AbortSignal): Promise<void> {
  // It rejects only when the signal fires.
  await setTimeout(milliseconds, undefined, { signal: stop }).catch(() => undefined);
}

/** How the waits between attempts grow. */
export interface Backoff {
  /** The wait after the first attempt, in milliseconds. It doubles after each further attempt. */
  readonly firstMs: number;
  /** The longest wait, in milliseconds. */
  readonly longestMs: number;
}

/**
 * The wait after a failed attempt, in milliseconds.
 *
 * @param attempt the number of the failed attempt, from 1
 * @param share the fraction of the wait to take, from 0 to 1; default all of it. A random fraction (full
 *   jitter) keeps clients that failed together from retrying together
 */
export function backoffMs(attempt: number, { firstMs, longestMs }: Backoff, share = 1): number {
  return share * Math.min(longestMs, firstMs * 2 ** (attempt - 1));
}

const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/iu;

/**
 * Reads a time in the form of RFC 3339, such as `2026-05-30T00:00:00Z`.
 *
 * @returns milliseconds since 1970; `undefined` for any other text, since without a time zone it is not a
 *   point in time
 */
export function parseTime(text: string): number | undefined {
  const time = RFC_3339.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}

/** Time and randomness, which tests replace. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Milliseconds since an arbitrary moment; not affected when the clock is set. */
  elapsed(): number;
  /** Waits. Ends early, without an error, when the signal fires. */
  sleep(milliseconds: number, stop?: AbortSignal): Promise<void>;
  /** From 0 up to, not including, 1. */
  random(): number;
}

/** The machine's clock. */
export const systemClock: Clock = {
  now: Date.now,
  elapsed: () => performance.now(),
  random: Math.random,
  sleep,
};

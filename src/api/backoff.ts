import type { Backoff } from "../timing";

/** The waits between the attempts of one call; six attempts end within half a minute. */
export const BACKOFF: Backoff = { firstMs: 500, longestMs: 10_000 };

/**
 * GenAuth lifts a 429 after three seconds (published limit of the public cloud); all calls stand still for that long.
 */
export const THROTTLE_PAUSE_MS = 3000;

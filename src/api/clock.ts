import { sleep } from "../timing";

/** Time and chance, so that tests need not wait for either. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Milliseconds since some moment in the past; never steps back when the clock is set. */
  elapsed(): number;
  /** Waits. Ends early, without an error, when the signal fires. */
  sleep(ms: number, stop?: AbortSignal): Promise<void>;
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

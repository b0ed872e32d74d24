import { OF_EVERY_CALL, PASSING } from "./expectations";
import type { Fault } from "./faults";

/** Faults that pass, or do not, in their own time. */
export const OUTAGES: readonly Fault[] = [
  {
    name: "the server gone and back",
    effect: { kind: "outage", ms: 300 },
    expected: PASSING,
    environment: { GENAUTH_MAX_ATTEMPTS: "6", GENAUTH_CONFIRM_SECONDS: "5" },
  },
  {
    // Longer than three attempts take.
    name: "the server gone for the rest of the run",
    effect: { kind: "outage", ms: 8_000 },
    expected: OF_EVERY_CALL,
    long: true,
  },
];

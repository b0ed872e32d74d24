// Not by the room's index: that loads zod, which a schema does without.
import { LIMITS, type NumberLimits } from "../api/limits";

/** The numbers, by their names in the provider block; the variable is `GENAUTH_` and the name in capitals. */
export const NUMBERS = {
  requests_per_second: LIMITS.requestsPerSecond,
  parallelism: LIMITS.parallelism,
  timeout_seconds: LIMITS.timeoutSeconds,
  max_attempts: LIMITS.maxAttempts,
  // A day. Nothing says for how long GenAuth keeps its record of deleted users, so a week is the most.
  full_refresh_hours: { fallback: 24, least: 0, most: 168, whole: false },
  confirm_seconds: { fallback: 15, least: 0, most: 600, whole: false },
} as const satisfies Record<string, NumberLimits>;

/** The name of a number, as in the provider block. */
export type NumberName = keyof typeof NUMBERS;

/** Why a number cannot be taken, in a sentence; `undefined` where it can. */
export function numberProblem(name: NumberName, value: number): string | undefined {
  const { least, most, whole } = NUMBERS[name];
  if (value >= least && value <= most && (!whole || Number.isInteger(value))) return undefined;
  return `${name} must be a ${whole ? "whole " : ""}number from ${least} to ${most}.`;
}

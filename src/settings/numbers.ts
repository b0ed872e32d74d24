/** What a number among the settings may be. */
interface NumberLimits {
  /** Where neither the configuration nor the environment says. */
  readonly fallback: number;
  readonly least: number;
  readonly most: number;
  /** Whether it counts things. */
  readonly whole: boolean;
}

/** The numbers, by their names in the provider block; the variable is `GENAUTH_` and the name in capitals. */
export const NUMBERS = {
  // 150 a second is what the public cloud gives a pool, and production traffic shares it; private deployments may
  // give more.
  requests_per_second: { fallback: 75, least: 0.1, most: 10_000, whole: false },
  parallelism: { fallback: 8, least: 1, most: 256, whole: true },
  timeout_seconds: { fallback: 30, least: 0.1, most: 3_600, whole: false },
  max_attempts: { fallback: 6, least: 1, most: 100, whole: true },
  // A day. Nothing says for how long GenAuth keeps its record of deleted users, so a week is the most.
  full_refresh_hours: { fallback: 24, least: 0, most: 168, whole: false },
  confirm_seconds: { fallback: 15, least: 0, most: 600, whole: false },
} as const satisfies Record<string, NumberLimits>;

export type NumberName = keyof typeof NUMBERS;

/** Why a number cannot be taken, in a sentence; `undefined` where it can. */
export function numberProblem(name: NumberName, value: number): string | undefined {
  const { least, most, whole } = NUMBERS[name];
  if (value >= least && value <= most && (!whole || Number.isInteger(value))) return undefined;
  return `${name} must be a ${whole ? "whole " : ""}number from ${least} to ${most}.`;
}

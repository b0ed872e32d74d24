/** The units of a call's time limit, in milliseconds. */
const UNITS: Readonly<Partial<Record<string, number>>> = {
  H: 3_600_000,
  M: 60_000,
  S: 1_000,
  m: 1,
  u: 1e-3,
  n: 1e-6,
};

/** The longest time that a timer takes; a call without a limit gets none. */
const LONGEST = 2 ** 31 - 1;

/**
 * The time that a client gives a call, in milliseconds.
 *
 * @param header `grpc-timeout`: at most eight digits and a unit
 * @returns undefined where there is no limit, or none that could be read or kept
 */
export function timeoutOf(header: string | undefined): number | undefined {
  const [, digits, unit = ""] = /^(\d{1,8})([HMSmun])$/.exec(header ?? "") ?? [];
  const milliseconds = Number(digits) * (UNITS[unit] ?? Number.NaN);
  return milliseconds <= LONGEST ? milliseconds : undefined;
}

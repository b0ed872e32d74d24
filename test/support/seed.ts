/** The seed of random tests: `FAULT_SEED`, or the same each time. `npm run test:faults` sets a new one. */
export const SEED = Number(process.env.FAULT_SEED ?? 6);

/**
 * The parameters of fast-check for a random test.
 *
 * @param variable the variable with the number of runs, such as `FAULT_FUZZ`
 * @param few the number of runs if the variable is not set
 */
export function seededRuns(
  variable: string,
  few: number,
): { readonly seed: number; readonly numRuns: number } {
  return { seed: SEED, numRuns: Number(process.env[variable] ?? few) };
}

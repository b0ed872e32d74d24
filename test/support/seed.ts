/** What random tests begin with, unless `FAULT_SEED` names another: the same each time in `npm test`, free in the long run. */
export const SEED = Number(process.env.FAULT_SEED ?? 6);

/**
 * How long a random test runs, as parameters of fast-check.
 *
 * @param variable the variable that makes it longer or shorter, such as `FAULT_FUZZ`
 * @param few how many runs where the variable is not set
 */
export function seededRuns(
  variable: string,
  few: number,
): { readonly seed: number; readonly numRuns: number } {
  return { seed: SEED, numRuns: Number(process.env[variable] ?? few) };
}

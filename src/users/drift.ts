import type { Resolution } from "./look-up/resolution";

/** What differs between a user set and the pool, as last checked. Both lists are sorted by code unit. */
export interface Drift {
  /** Declared, but not in the pool. */
  readonly missing: readonly string[];
  /** Removed, but still in the pool after the apply. */
  readonly survivors: readonly string[];
}

/** Makes a drift of ids in any order, without duplicates. */
export function driftOf(missing: Iterable<string>, survivors: Iterable<string>): Drift {
  return { missing: [...new Set(missing)].sort(), survivors: [...new Set(survivors)].sort() };
}

/**
 * The declared ids that name nobody. An undecided id is not included, because an outage must never look like a deletion.
 *
 * @param declared ids in any order
 * @param resolutions the results of the look-ups, by id
 */
export function missingOf(
  declared: Iterable<string>,
  resolutions: ReadonlyMap<string, Pick<Resolution, "kind">>,
): string[] {
  return [...declared].filter((id) => resolutions.get(id)?.kind === "absent").sort();
}

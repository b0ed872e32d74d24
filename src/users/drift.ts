import { type Resolution, resolutionOf } from "./look-up/resolution";
import { SUSPENDED } from "./status";

/** What differs between a user set and the pool, as last checked. The lists are sorted by code unit. */
export interface Drift {
  /** Declared, but not in the pool. */
  readonly missing: readonly string[];
  /** Removed, but still in the pool after the apply. */
  readonly survivors: readonly string[];
  /** Declared, but suspended, no matter who did it. */
  readonly locked_out: readonly string[];
}

/** Makes a drift from ids in any order, without duplicates. */
export function driftOf(
  missing: Iterable<string>,
  survivors: Iterable<string>,
  lockedOut: Iterable<string>,
): Drift {
  const sorted = (ids: Iterable<string>): string[] => [...new Set(ids)].sort();
  return { missing: sorted(missing), survivors: sorted(survivors), locked_out: sorted(lockedOut) };
}

/**
 * The declared ids that name nobody. An undecided id is not included, because an outage must never look like
 * a deletion.
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

/**
 * The declared ids whose users are suspended. Of an undecided id, the last check decides.
 *
 * @param before the ids that it found
 */
export function lockedOutOf(
  declared: Iterable<string>,
  resolutions: ReadonlyMap<string, Resolution>,
  before: readonly string[] = [],
): string[] {
  const wasBefore = new Set(before);
  return [...declared].filter((id) => {
    const resolution = resolutionOf(id, resolutions);
    if (resolution.kind === "found") return resolution.user.status === SUSPENDED;
    return resolution.kind === "undecided" && wasBefore.has(id);
  });
}

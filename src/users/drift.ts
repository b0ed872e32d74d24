import type { Survivor } from "./calls/ending";
import type { Resolution } from "./look-up/resolution";
import type { Leaver } from "./change/fate";
import { SUSPENDED } from "./status";
import { keptGroups, survivorGroups } from "./change/describe-leavers";
import { count, describeIds, paragraphs } from "./wording";

/** What differs between a user set and the pool, as last checked. The lists are sorted by code unit. */
export interface Drift {
  /** Declared, but not in the pool. */
  readonly missing: readonly string[];
  /** Removed, but still in the pool after the apply. */
  readonly survivors: readonly string[];
  /** Declared, but suspended, whoever did it. */
  readonly locked_out: readonly string[];
}

/** Makes a drift from ids in any order, without duplicates. */
export function driftOf(
  missing: Iterable<string>,
  survivors: Iterable<string>,
  lockedOut: Iterable<string> = [],
): Drift {
  const sorted = (ids: Iterable<string>): string[] => [...new Set(ids)].sort();
  return { missing: sorted(missing), survivors: sorted(survivors), locked_out: sorted(lockedOut) };
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
    const resolution = resolutions.get(id);
    if (resolution?.kind === "found") return resolution.user.status === SUSPENDED;
    return resolution?.kind === "undecided" && wasBefore.has(id);
  });
}

/** What an apply or a check found. */
export interface DriftFindings {
  /** Removed ids whose users are confirmed absent. */
  readonly gone: readonly string[];
  readonly survivors: readonly Survivor[];
  /** Declared ids that name nobody. */
  readonly missing: readonly string[];
  /** Everybody who left; the report lists only users that are kept. */
  readonly leavers: readonly Leaver[];
  /** The labels of gone and missing ids. */
  readonly labels: ReadonlyMap<string, string>;
}

/**
 * Writes the drift report as plain text: users who are gone, survivors with reasons, missing users, and kept users with
 * reasons.
 */
export function driftReport({ gone, survivors, missing, leavers, labels }: DriftFindings): string {
  const kept = keptGroups(leavers);
  return paragraphs(
    survivors.length + missing.length === 0
      ? "No drift: the user pool is as declared."
      : `Drift: ${count(survivors.length, "survivor")}, ${missing.length} missing.`,
    gone.length === 0 ? "" : `Gone (${gone.length}), confirmed by a look-up:\n${describeIds(gone, labels)}`,
    survivors.length === 0 ? "" : `Survivors (${survivors.length}), removed but not confirmed gone:`,
    ...survivorGroups(survivors),
    missing.length === 0
      ? ""
      : `Missing (${missing.length}), declared but not in the user pool:\n${describeIds(missing, labels)}`,
    kept.length === 0 ? "" : "Kept (removed from the set, but not deleted):",
    ...kept,
  );
}

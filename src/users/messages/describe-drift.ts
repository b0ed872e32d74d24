import type { Survivor } from "../calls/ending";
import type { Leaver } from "../fate";
import { count, describeIds, paragraphs } from "../wording";
import { keptGroups, survivorGroups } from "./describe-leavers";

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
 * Describes drift as plain text: users who are gone, survivors and kept users with reasons, and missing
 * users.
 */
export function describeDrift({ gone, survivors, missing, leavers, labels }: DriftFindings): string {
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

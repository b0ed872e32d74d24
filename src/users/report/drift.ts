import type { Survivor } from "../deletion/survivor";
import type { Removal } from "../removal/fate";
import { describeIds } from "./lines";
import { keptGroups } from "./reasons";
import { survivorGroups } from "./survivors";
import { count, paragraphs } from "./words";

/** What an apply or a check found. */
export interface DriftFindings {
  /** Removed ids whose users are confirmed absent. */
  readonly gone: readonly string[];
  readonly survivors: readonly Survivor[];
  /** Declared ids that name nobody. */
  readonly missing: readonly string[];
  /** What became of the removed ids; only those that are kept are told. */
  readonly removals: readonly Removal[];
  /** By id, for those who are gone or missing. */
  readonly labels: ReadonlyMap<string, string>;
}

/**
 * The drift report as plain text: who is gone, who survived and why, who is missing, who was kept and why.
 */
export function driftReport({ gone, survivors, missing, removals, labels }: DriftFindings): string {
  const kept = keptGroups(removals);
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
    kept.length === 0 ? "" : "Kept, left the set but not deleted:",
    ...kept,
  );
}

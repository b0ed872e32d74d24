import { count } from "../wording";
import { mayDelete, type Removal } from "./removal";

/** The most users that one apply deletes where the set gives no `max_deletions`. */
export const DEFAULT_MAX_DELETIONS = 500;

/**
 * The share, in percent, and the least size from which a set without guards refuses to shrink: a truncated
 * file looks so.
 */
const TRUNCATED_PERCENT = 80;
const TRUNCATED_FROM_SIZE = 20;

/** A change of a user set, as the guards see it. */
export interface GuardedChange {
  /** Users who would really be deleted. */
  readonly deletions: number;
  /** Users whom the set held before. */
  readonly heldBefore: number;
  /** Default `DEFAULT_MAX_DELETIONS`. */
  readonly maxDeletions?: number;
  /** 0 to 100, of the users held before; no such guard where absent. */
  readonly maxDeletionsPercent?: number;
  /**
   * Whether the configuration gives one of the two; where it does not, a set does not lose nearly all its
   * users at once.
   */
  readonly guardsGiven: boolean;
}

/** Why a change must not be carried out. */
export interface GuardViolation {
  readonly kind: "number" | "percent" | "truncated";
  readonly summary: string;
  readonly detail: string;
}

/**
 * How many deletions a guard counts: who cannot be looked up is one, for an outage must not loosen a guard.
 */
export function countDeletions(removals: readonly Removal[]): number {
  return removals.filter(mayDelete).length;
}

/** Holds a change against the guards of its set; `undefined` where it may be carried out. */
export function checkGuards(change: GuardedChange): GuardViolation | undefined {
  const { deletions, heldBefore, maxDeletions = DEFAULT_MAX_DELETIONS, maxDeletionsPercent } = change;
  const would = `This change would delete ${deletions} of the ${count(heldBefore, "user")} of the set`;
  if (deletions > maxDeletions) {
    return {
      kind: "number",
      summary: `${count(deletions, "user")} would be deleted, more than max_deletions (${maxDeletions})`,
      detail: `${would}. Nobody was deleted. If all of them are to go, raise max_deletions to at least ${deletions}; if not, correct the declared users.`,
    };
  }
  if (maxDeletionsPercent !== undefined && exceeds(deletions, heldBefore, maxDeletionsPercent)) {
    return {
      kind: "percent",
      summary: `${deletions} of ${count(heldBefore, "user")} would be deleted, more than max_deletions_percent (${maxDeletionsPercent})`,
      detail: `${would}. Nobody was deleted. If all of them are to go, raise max_deletions_percent; if not, correct the declared users.`,
    };
  }
  if (
    !change.guardsGiven &&
    heldBefore >= TRUNCATED_FROM_SIZE &&
    exceeds(deletions, heldBefore, TRUNCATED_PERCENT)
  ) {
    return {
      kind: "truncated",
      summary: `${deletions} of ${count(heldBefore, "user")} would be deleted, more than ${TRUNCATED_PERCENT} %: the declared users may be cut short`,
      detail: `${would}, which is what a truncated file looks like. Nobody was deleted. If all of them are to go, say so with max_deletions or max_deletions_percent; if not, correct the declared users.`,
    };
  }
  return undefined;
}

function exceeds(deletions: number, heldBefore: number, percent: number): boolean {
  return deletions * 100 > heldBefore * percent;
}

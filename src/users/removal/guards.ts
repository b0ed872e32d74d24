import { count } from "../wording";
import { mayDelete, type Removal } from "./removal";

/** The most users that one apply deletes where the set gives no `max_deletions`. */
export const DEFAULT_MAX_DELETIONS = 500;

/**
 * The share, in percent, and the least size from which a set refuses to shrink where it gives no `max_deletions_percent`: a
 * truncated file looks like that. `max_deletions` says nothing about shares.
 */
const TRUNCATED_PERCENT = 80;
const TRUNCATED_FROM_SIZE = 20;

/** A change of a user set, as the guards see it. */
export interface GuardedChange {
  /** Users who would really be deleted. */
  readonly deletions: number;
  /** Users whom the set held before. */
  readonly heldBefore: number;
  /** Those of them who are not in the pool, as far as is known: a share counts only whom it can lose. */
  readonly missing: number;
  /** Default `DEFAULT_MAX_DELETIONS`. */
  readonly maxDeletions?: number | undefined;
  /** 0 to 100. Where absent, a large set does not lose nearly all its users at once. */
  readonly maxDeletionsPercent?: number | undefined;
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

/**
 * How many of the users whom a set held are not in the pool.
 *
 * @param lastMissing declared ids that the last check did not find
 */
export function countMissing(removals: readonly Removal[], lastMissing: readonly string[]): number {
  const removed = new Set(removals.map(({ id }) => id));
  const gone = removals.filter(({ outcome: { kind } }) => kind === "gone" || kind === "never_found").length;
  return gone + lastMissing.filter((id) => !removed.has(id)).length;
}

/** Holds a change against the guards of its set; `undefined` where it may be carried out. */
export function checkGuards(change: GuardedChange): GuardViolation | undefined {
  const {
    deletions,
    heldBefore,
    missing,
    maxDeletions = DEFAULT_MAX_DELETIONS,
    maxDeletionsPercent,
  } = change;
  const inPool = heldBefore - missing;
  const held = `${count(heldBefore, "user")} of the set${missing > 0 ? ` (${missing} of them not in GenAuth)` : ""}`;
  const would = `This change would delete ${deletions} of the ${held}. Nobody was deleted.`;
  const share = `${deletions} of ${count(inPool, "user")} would be deleted`;
  if (deletions > maxDeletions) {
    return {
      kind: "number",
      summary: `${count(deletions, "user")} would be deleted, more than max_deletions (${maxDeletions})`,
      detail: `${would} If all of them should be deleted, raise max_deletions to at least ${deletions}. If not, correct the declared users.`,
    };
  }
  if (maxDeletionsPercent !== undefined && exceeds(deletions, inPool, maxDeletionsPercent)) {
    return {
      kind: "percent",
      summary: `${share}, more than max_deletions_percent (${maxDeletionsPercent})`,
      detail: `${would} If all of them should be deleted, raise max_deletions_percent. If not, correct the declared users.`,
    };
  }
  if (
    maxDeletionsPercent === undefined &&
    heldBefore >= TRUNCATED_FROM_SIZE &&
    exceeds(deletions, inPool, TRUNCATED_PERCENT)
  ) {
    return {
      kind: "truncated",
      summary: `${share}, more than ${TRUNCATED_PERCENT} %: the declared users may be truncated`,
      detail: `${would} This is what a truncated file looks like. If all of them should be deleted, set max_deletions_percent = 100. If not, correct the declared users.`,
    };
  }
  return undefined;
}

function exceeds(deletions: number, inPool: number, percent: number): boolean {
  return deletions * 100 > inPool * percent;
}

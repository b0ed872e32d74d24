import { count } from "../wording";
import { mayDelete, type Removal } from "./removal";

/** The most users that one apply deletes if the set does not give `max_deletions`. */
export const DEFAULT_MAX_DELETIONS = 500;

/**
 * Without `max_deletions_percent`, a set of at least this size refuses to lose more than this share of its users, because
 * that is what a truncated file looks like. `max_deletions` does not limit shares.
 */
const TRUNCATED_PERCENT = 80;
const TRUNCATED_FROM_SIZE = 20;

/** What the guards need to know about a change of a user set. */
export interface GuardedChange {
  /** Users that would be deleted. */
  readonly deletions: number;
  /** Users that the set held before. */
  readonly heldBefore: number;
  /** Those of them that are known to be absent from the pool: a share counts only users that can be deleted. */
  readonly missing: number;
  /** Default `DEFAULT_MAX_DELETIONS`. */
  readonly maxDeletions?: number | undefined;
  /** 0 to 100. If absent, a large set cannot lose nearly all its users at once. */
  readonly maxDeletionsPercent?: number | undefined;
  /** Whether the users are suspended first, and deleted later. */
  readonly isSuspension?: boolean;
}

/** Why a change must not be carried out. */
export interface GuardViolation {
  readonly kind: "number" | "percent" | "truncated";
  readonly summary: string;
  readonly detail: string;
}

/**
 * Counts the deletions for a guard. A user that cannot be looked up counts, because an outage must not loosen a guard.
 */
export function countDeletions(removals: readonly Removal[]): number {
  return removals.filter(mayDelete).length;
}

/**
 * Counts the users of a set that are not in the pool.
 *
 * @param lastMissing declared ids that the last check did not find
 */
export function countMissing(removals: readonly Removal[], lastMissing: readonly string[]): number {
  const removed = new Set(removals.map(({ id }) => id));
  const gone = removals.filter(({ outcome: { kind } }) => kind === "gone" || kind === "never_found").length;
  return gone + lastMissing.filter((id) => !removed.has(id)).length;
}

/** Checks a change against the guards of its set. Returns `undefined` if the change may be carried out. */
export function checkGuards(change: GuardedChange): GuardViolation | undefined {
  const {
    deletions,
    heldBefore,
    missing,
    maxDeletions = DEFAULT_MAX_DELETIONS,
    maxDeletionsPercent,
    isSuspension = false,
  } = change;
  const [verb, done] = isSuspension ? (["suspend", "suspended"] as const) : (["delete", "deleted"] as const);
  const inPool = heldBefore - missing;
  const held = `${count(heldBefore, "user")} of the set${missing > 0 ? ` (${missing} of them not in GenAuth)` : ""}`;
  const would = `This change would ${verb} ${deletions} of the ${held}. Nobody was ${done}.`;
  const share = `${deletions} of ${count(inPool, "user")} would be ${done}`;
  if (deletions > maxDeletions) {
    return {
      kind: "number",
      summary: `${count(deletions, "user")} would be ${done}, more than max_deletions (${maxDeletions})`,
      detail: `${would} If all of them should be ${done}, raise max_deletions to at least ${deletions}. If not, correct the declared users.`,
    };
  }
  if (maxDeletionsPercent !== undefined && exceeds(deletions, inPool, maxDeletionsPercent)) {
    return {
      kind: "percent",
      summary: `${share}, more than max_deletions_percent (${maxDeletionsPercent})`,
      detail: `${would} If all of them should be ${done}, raise max_deletions_percent. If not, correct the declared users.`,
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
      detail: `${would} This is what a truncated file looks like. If all of them should be ${done}, set max_deletions_percent = 100. If not, correct the declared users.`,
    };
  }
  return undefined;
}

function exceeds(deletions: number, inPool: number, percent: number): boolean {
  return deletions * 100 > inPool * percent;
}

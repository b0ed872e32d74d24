import { createHash } from "node:crypto";
import { count, type Message } from "../wording";
import { type Leaver, leaversWith, mayRevoke, meaningOf } from "./fate";
import type { SetChange, SetGuards } from "./set-change";

/** The most users that one apply deletes if the set does not give `max_deletions`. */
export const DEFAULT_MAX_DELETIONS = 500;

/**
 * Without `max_deletions_percent`, a set of at least this size refuses to lose more than this share of its users, because
 * that is what a truncated file looks like. `max_deletions` does not limit shares.
 */
const TRUNCATED_PERCENT = 80;
const TRUNCATED_FROM_SIZE = 20;

/** Why a change is refused. */
export interface Refusal extends Message {
  /** The attribute of the set that caused it, if any. */
  readonly attribute?: "max_deletions" | "max_deletions_percent" | "users" | "user_id_type";
}

/** Refuses a change in which more users leave than the set's guards or the operator allow. */
export function refuseByLimits(
  change: SetChange,
  leaving: readonly Leaver[],
  countInRun: (deletions: number) => Message | undefined,
): Refusal[] {
  const deletions = countRevoked(leaving);
  const { guards, suspendDays = 0, lastMissing = [], prior } = change;
  const violation = checkGuards({
    ...guards,
    deletions,
    heldBefore: prior.size,
    missing: countMissing(leaving, lastMissing),
    suspends: suspendDays > 0,
  });
  const excess = deletions > 0 ? countInRun(deletions) : undefined;
  return [...(violation ? [violation] : []), ...(excess ? [excess] : [])];
}

/**
 * Finds why nobody who is due is deleted: a limit would be exceeded, together with those who leave.
 *
 * @returns the reason as the end of a sentence; `undefined` if they may be deleted
 */
export function findHold(
  change: SetChange,
  { leaving, waiting }: { readonly leaving: readonly Leaver[]; readonly waiting: readonly Leaver[] },
  countInRun: (deletions: number) => Message | undefined,
): string | undefined {
  const due = leaversWith(waiting, "delete").length;
  if (due === 0) return undefined;
  const { maxDeletions: most = DEFAULT_MAX_DELETIONS } = change.guards;
  const others = countRevoked(leaving);
  const [are, wait] = due === 1 ? ["is", "The user waits"] : ["are", "All of them wait"];
  if (due + others > most) {
    const leave = others === 1 ? "leaves" : "leave";
    const also = others > 0 ? ` and ${others} ${leave} the set` : "";
    return `${count(due, "user")} ${are} due${also}, more than max_deletions (${most}). ${wait} until it is raised to at least ${due + others}.`;
  }
  const problem = countInRun(due + others);
  return problem && `${problem.detail} ${wait}.`;
}

/**
 * The key of a set's change in the count of a run, the same at plan and apply. The name alone does not suffice: an import that is given twice,
 * or a copied state, makes several sets with one name, which must all count. So the key also holds whom the change is about.
 *
 * @param due the system user ids of all whom the refresh marked, though some may be released since the plan
 */
export function keyInRun(
  { name, bindings }: SetChange,
  removed: Iterable<string>,
  due: readonly string[],
): string {
  const leaving = [...removed].sort().map((id) => [id, bindings?.get(id) ?? ""]);
  const whom = JSON.stringify([leaving, [...due].sort()]);
  return `${name} ${createHash("sha256").update(whom).digest("hex").slice(0, 16)}`;
}

/** Counts who is deleted or suspended. A user that cannot be looked up counts, because an outage must not loosen a guard. */
export function countRevoked(leavers: readonly Leaver[]): number {
  return leavers.filter(mayRevoke).length;
}

/**
 * Counts the users of a set that are not in the pool.
 *
 * @param lastMissing declared ids that the last check did not find
 */
function countMissing(leaving: readonly Leaver[], lastMissing: readonly string[]): number {
  const removed = new Set(leaving.map(({ id }) => id));
  const gone = leaving.filter((leaver) => meaningOf(leaver).isAbsent).length;
  return gone + lastMissing.filter((id) => !removed.has(id)).length;
}

/** What the guards need to know about a change of a user set. */
export interface GuardedChange extends SetGuards {
  /** Users that would be deleted, or suspended. */
  readonly deletions: number;
  /** Users that the set held before. */
  readonly heldBefore: number;
  /** Those of them that are known to be absent from the pool: a share counts only users that can be deleted. */
  readonly missing: number;
  /** Whether the users are suspended first, and deleted later. */
  readonly suspends?: boolean;
}

/** Checks a change against the guards of its set. Returns `undefined` if the change may be carried out. */
export function checkGuards(change: GuardedChange): Refusal | undefined {
  const {
    deletions,
    heldBefore,
    missing,
    maxDeletions = DEFAULT_MAX_DELETIONS,
    maxDeletionsPercent,
    suspends = false,
  } = change;
  const [verb, done] = suspends ? (["suspend", "suspended"] as const) : (["delete", "deleted"] as const);
  const inPool = heldBefore - missing;
  const whole = `${count(heldBefore, "user")} of the set${missing > 0 ? ` (${missing} of them not in GenAuth)` : ""}`;
  const would = `This change would ${verb} ${deletions} of the ${whole}. Nobody was ${done}.`;
  const share = `${deletions} of ${count(inPool, "user")} would be ${done}`;
  if (deletions > maxDeletions) {
    return {
      attribute: "max_deletions",
      summary: `${count(deletions, "user")} would be ${done}, more than max_deletions (${maxDeletions})`,
      detail: `${would} If all of them should be ${done}, raise max_deletions to at least ${deletions} (in a stack: maxDeletions). If not, correct the declared users.`,
    };
  }
  if (maxDeletionsPercent !== undefined && exceeds(deletions, inPool, maxDeletionsPercent)) {
    return {
      attribute: "max_deletions_percent",
      summary: `${share}, more than max_deletions_percent (${maxDeletionsPercent})`,
      detail: `${would} If all of them should be ${done}, raise max_deletions_percent (in a stack: maxDeletionsPercent). If not, correct the declared users.`,
    };
  }
  if (
    maxDeletionsPercent === undefined &&
    heldBefore >= TRUNCATED_FROM_SIZE &&
    exceeds(deletions, inPool, TRUNCATED_PERCENT)
  ) {
    return {
      attribute: "max_deletions_percent",
      summary: `${share}, more than ${TRUNCATED_PERCENT} %: the declared users may be truncated`,
      detail: `${would} This is what a truncated file looks like. If all of them should be ${done}, set max_deletions_percent = 100 (in a stack: maxDeletionsPercent: 100). If not, correct the declared users.`,
    };
  }
  return undefined;
}

function exceeds(deletions: number, inPool: number, percent: number): boolean {
  return deletions * 100 > inPool * percent;
}

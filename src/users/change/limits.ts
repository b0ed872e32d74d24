import { createHash } from "node:crypto";
import { count, type Message } from "../wording";
import { type Leaver, leaversWith, mayRevoke, meaningOf } from "./fate";
import type { SetChange } from "./set-change";

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

/** Refuses a change in which more users leave than the set's limits or the operator allow. */
export function refuseByLimits(
  change: SetChange,
  leaving: readonly Leaver[],
  countInRun: (deletions: number) => Message | undefined,
): Refusal[] {
  const deletions = countRevoked(leaving);
  if (deletions === 0) return [];
  return [refuseAboveLimits(change, leaving, deletions), countInRun(deletions)].filter(
    (refusal) => refusal !== undefined,
  );
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

/** Refuses more deletions, or suspensions, than the limits of the set allow. Names each limit, with a value that would pass. */
function refuseAboveLimits(
  { guards, suspendDays = 0, lastMissing = [], prior }: SetChange,
  leaving: readonly Leaver[],
  deletions: number,
): Refusal | undefined {
  const { maxDeletions = DEFAULT_MAX_DELETIONS, maxDeletionsPercent: given } = guards;
  const [verb, done] = suspendDays > 0 ? ["suspend", "suspended"] : ["delete", "deleted"];
  const missing = countMissing(leaving, lastMissing);
  // A share counts only users that can be deleted.
  const inPool = prior.size - missing;
  const percent = given ?? (prior.size >= TRUNCATED_FROM_SIZE ? TRUNCATED_PERCENT : 100);
  const isAboveShare = deletions * 100 > inPool * percent;
  const exceeded: readonly Exceeded[] = [
    ...(deletions > maxDeletions
      ? [{ attribute: "max_deletions", limit: `max_deletions (${maxDeletions})`, passes: deletions } as const]
      : []),
    ...(isAboveShare
      ? [
          {
            attribute: "max_deletions_percent",
            limit: given === undefined ? `${percent} %` : `max_deletions_percent (${percent})`,
            passes: Math.ceil((deletions * 100) / inPool),
          } as const,
        ]
      : []),
  ];
  const [first] = exceeded;
  if (!first) return undefined;
  const who = isAboveShare ? `${deletions} of ${count(inPool, "user")}` : count(deletions, "user");
  const looksTruncated = isAboveShare && given === undefined;
  const whole = `${count(prior.size, "user")} of the set${missing > 0 ? ` (${missing} of them not in GenAuth)` : ""}`;
  const raised = exceeded.map(({ attribute, passes }) => `${attribute} to at least ${passes}`).join(" and ");
  const properties = exceeded.map(({ attribute }) => STACK_PROPERTIES[attribute]).join(", ");
  return {
    attribute: first.attribute,
    summary: `${who} would be ${done}, more than ${exceeded.map(({ limit }) => limit).join(" and ")}${looksTruncated ? ": the declared users may be truncated" : ""}`,
    detail: `This change would ${verb} ${deletions} of the ${whole}. Nobody was ${done}. ${looksTruncated ? "This is what a truncated file looks like. " : ""}If all of them should be ${done}, raise ${raised} (in a stack: ${properties}). If not, correct the declared users.`,
  };
}

/** A limit of a set that a change exceeds. */
interface Exceeded {
  readonly attribute: keyof typeof STACK_PROPERTIES;
  readonly limit: string;
  /** The least value that would pass. */
  readonly passes: number;
}

const STACK_PROPERTIES = {
  max_deletions: "maxDeletions",
  max_deletions_percent: "maxDeletionsPercent",
} as const;

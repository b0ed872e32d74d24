import { count, type Refusal } from "../wording";
import { isRevoked, type Leaver, mayRevoke, meaningOf } from "../fate";
import type { SetChange, SetGuards } from "./set-change";

/**
 * The most users that one apply deletes (docs/guides/trust.md, P1) if the set does not give `max_deletions`.
 */
export const DEFAULT_MAX_DELETIONS = 500;

/**
 * The largest share of a set, in percent, that one apply deletes if the set does not give
 * `max_deletions_percent`.
 */
export const DEFAULT_MAX_DELETIONS_PERCENT = 20;

/** So many may leave whatever share they are: in a small team, one person is more than 20 %. */
export const SHARE_COUNTS_ABOVE = 5;

/** A limit of a set that is exceeded. */
export interface ExceededLimit {
  readonly attribute: keyof typeof STACK_PROPERTIES;
  /** As a message names it, with its value. */
  readonly limit: string;
  /** The least value that would pass. */
  readonly passes: number;
}

const STACK_PROPERTIES = {
  max_deletions: "maxDeletions",
  max_deletions_percent: "maxDeletionsPercent",
} as const;

/**
 * The set's limits: finds those that so many deletions, or suspensions, exceed.
 *
 * @param inPool how many users of the set are in the pool; absent for those who left it before, because no
 *   share of them is counted
 */
export function limitSet(
  {
    maxDeletions = DEFAULT_MAX_DELETIONS,
    maxDeletionsPercent: percent = DEFAULT_MAX_DELETIONS_PERCENT,
  }: SetGuards,
  revoked: number,
  inPool?: number,
): ExceededLimit[] {
  const exceeded: ExceededLimit[] = [];
  if (revoked > maxDeletions)
    exceeded.push({ attribute: "max_deletions", limit: `max_deletions (${maxDeletions})`, passes: revoked });
  if (inPool !== undefined && revoked > SHARE_COUNTS_ABOVE && revoked * 100 > inPool * percent)
    exceeded.push({
      attribute: "max_deletions_percent",
      limit: `max_deletions_percent (${percent})`,
      passes: Math.ceil((revoked * 100) / inPool),
    });
  return exceeded;
}

/**
 * The run's limit, which the pipeline's owner gives.
 *
 * @param revoked how many users all sets and processes of the run delete or suspend
 * @returns why so many are not allowed, as a clause; `undefined` if they are
 */
export function limitRun(revoked: number, most = Infinity): string | undefined {
  if (revoked <= most) return undefined;
  return `${count(revoked, "user")} would be deleted or suspended in this run, which allows ${most}`;
}

/**
 * The report's threshold.
 *
 * @returns why a report refuses the plan; `undefined` if it does not
 */
export function limitReport(
  plan: { readonly isKnown: boolean; readonly deleted: number; readonly suspended: number },
  most: number | undefined,
): "not_known" | "too_many" | undefined {
  if (most === undefined) return undefined;
  if (!plan.isKnown) return "not_known";
  return plan.deleted + plan.suspended > most ? "too_many" : undefined;
}

/**
 * Refuses a change in which more users leave than the limits of the set allow. Names each limit, with a value
 * that would pass.
 */
export function refuseAboveLimits(change: SetChange, leaving: readonly Leaver[]): Refusal | undefined {
  const revoked = countRevoked(leaving);
  if (revoked === 0) return undefined;
  const whole = change.prior.size;
  const missing = countMissing(leaving, change.lastMissing);
  const inPool = whole - missing;
  const exceeded = limitSet(change.guards, revoked, inPool);
  const [first] = exceeded;
  if (!first) return undefined;

  const isAboveShare = exceeded.some(({ attribute }) => attribute === "max_deletions_percent");
  const [verb, done] = change.suspendDays > 0 ? ["suspend", "suspended"] : ["delete", "deleted"];
  const who = isAboveShare ? `${revoked} of ${count(inPool, "user")}` : count(revoked, "user");
  const limits = exceeded.map(({ limit }) => limit).join(" and ");
  const raised = exceeded.map(({ attribute, passes }) => `${attribute} to at least ${passes}`).join(" and ");
  const properties = exceeded.map(({ attribute }) => STACK_PROPERTIES[attribute]).join(", ");
  const notThere = missing > 0 ? ` (${missing} of them not in GenAuth)` : "";
  return {
    attribute: first.attribute,
    summary: `${who} would be ${done}, more than ${limits}`,
    detail: `This change would ${verb} ${revoked} of the ${count(whole, "user")} of the set${notThere}. Nobody was ${done}. ${isAboveShare ? "This is what a truncated file looks like. " : ""}If all of them should be ${done}, raise ${raised} (in a stack: ${properties}). If not, correct the declared users.`,
  };
}

/**
 * Says why nobody who is due is deleted if the limit of the set would be exceeded, together with those who
 * leave.
 *
 * @returns the reason as the end of a sentence; `undefined` if the limit allows so many
 */
export function holdAboveLimit({ guards }: SetChange, due: number, leaving: number): string | undefined {
  const [exceeded] = limitSet(guards, due + leaving);
  if (!exceeded) return undefined;
  const others = leaving > 0 ? ` and ${leaving} leaving` : "";
  return `more than ${exceeded.limit}, with ${due} due${others}. They wait until it is raised to at least ${exceeded.passes}.`;
}

/**
 * The users that a change deletes or suspends, certainly or perhaps, as the count of a run names them: by the
 * system user id, so that somebody who leaves two sets counts once. If no look-up has ever found a user, only
 * the set's id is known.
 */
export function peopleRevoked({ name, bindings }: SetChange, leavers: readonly Leaver[]): string[] {
  return leavers
    .filter(mayRevoke)
    .map(
      (leaver) =>
        bindings?.get(leaver.id) ?? (isRevoked(leaver) ? leaver.fate.userId : `${name} ${leaver.id}`),
    );
}

/**
 * Counts who is deleted or suspended. A user that cannot be looked up counts, because an outage must not
 * loosen a guard.
 */
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

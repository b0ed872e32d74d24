import { isDeepStrictEqual } from "node:util";
import { UNKNOWN } from "../../plugin";
import {
  type AppliedChange,
  type Decision,
  type EndedLeaver,
  findReturning,
  type Leaver,
  mayEnd,
  mayReactivate,
  NOT_DELETED,
  NOT_REACTIVATED,
  NOT_SUSPENDED,
  type ReviewedPlan,
  survivorsOf,
} from "../../users";
import type { ProviderContext } from "../context";
import type { SetUpdate } from "./change";
import type { UserSetModel } from "./schema";

type Elements = UserSetModel["removals"];
type Planned = string | typeof UNKNOWN;
type Reactivations = UserSetModel["reactivations"];
type Reactivation = { readonly user_id: string; readonly outcome: Planned };

/**
 * The planned state of an update. In `removals`, `suspensions` and `reactivations`, an element or its outcome is unknown for a user who may be
 * deleted, suspended or reactivated, and known for everybody else. The engine plans again before it applies: a known element must then be the same, and an unknown one may take any value. So
 * the engine itself refuses an apply that would delete a user that the plan does not delete (seen on Terraform 1.11.4 and OpenTofu 1.12.6).
 *
 * @param approvedReactivations the ids in the `reactivations` of the approved plan, if the engine hands that on
 */
export function planAttributes(
  prior: UserSetModel,
  proposed: UserSetModel,
  { change, memory }: SetUpdate,
  decision: Decision,
  context: ProviderContext,
  approvedReactivations: readonly string[] = [],
): UserSetModel {
  const { removed, added } = change.difference;
  const driftStays =
    removed.size + added.size + memory.undeclared.size + memory.rebindings.size === 0 &&
    !decision.waiting.some(changesStatus);
  const planned: UserSetModel = {
    ...proposed,
    ...(!driftStays && { drift: UNKNOWN }),
    suspended: planSuspended(prior, change, decision, context),
  };
  const due = decision.waiting.flatMap((leaver): [string, Planned][] =>
    leaver.waiting?.isDue ? [[leaver.id, planEnding(leaver, NOT_DELETED)]] : [],
  );
  const isOpen = !isReachable(context) && decision.waiting.length > 0;
  const returning = planReactivations(change, decision, planned, approvedReactivations);
  const reactivations = isOpen ? UNKNOWN : returning;
  const isHeldOnly =
    due.every(([, value]) => value !== UNKNOWN) &&
    [...returning.values()].every(({ outcome }) => outcome !== UNKNOWN) &&
    context.refreshed.has(prior.id);
  const isEmpty = due.length + returning.size === 0 || (isHeldOnly && isDeepStrictEqual(planned, prior));
  // An apply plans again, and must then say what becomes of everybody whom its plan deletes. That process refreshes no set.
  if (decision.leaving.length === 0 && isEmpty) {
    if (isDeepStrictEqual(planned, prior)) return planned;
    // The endings of the last apply are reported once. Without a refresh, which empties them, the change would carry them on.
    const { removals, suspensions, reactivations: told } = planned;
    return {
      ...planned,
      removals: removals && new Map(),
      suspensions: suspensions && new Map(),
      reactivations: isOpen ? UNKNOWN : told && new Map(),
    };
  }
  const suspends = change.suspendDays > 0;
  const leaving = decision.leaving.map((leaver): [string, Planned] => [
    leaver.id,
    planEnding(leaver, suspends ? NOT_SUSPENDED : NOT_DELETED),
  ]);
  return {
    ...planned,
    removals: new Map(suspends ? due : [...leaving, ...due]),
    suspensions: new Map(suspends ? leaving : []),
    reactivations,
  };
}

/** What becomes of those who are declared again. */
function planReactivations(
  change: SetUpdate["change"],
  { waiting }: Decision,
  { suspended }: UserSetModel,
  approved: readonly string[],
): ReadonlyMap<string, Reactivation> {
  return new Map(
    findReturning(change, waiting, approved).map((user) => [
      user.id,
      {
        user_id: user.userId,
        outcome: mayReactivate(user, suspended === UNKNOWN) ? UNKNOWN : NOT_REACTIVATED,
      },
    ]),
  );
}

/** Protected users, or a pool, that are not known yet may turn out to declare somebody again. */
function isReachable({ protectedUsersKnown, pool }: ProviderContext): boolean {
  return protectedUsersKnown && pool !== undefined;
}

/** Whether the change may decide who is locked out: of users who are declared, and not only to be deleted later. */
function changesStatus({ fate }: Leaver): boolean {
  return fate.kind === "reactivate" || (fate.kind === "release" && fate.reason.kind === "not_ours");
}

function planEnding(leaver: Leaver, otherwise: string): Planned {
  return mayEnd(leaver) ? UNKNOWN : otherwise;
}

/**
 * `suspended` in a plan: unknown if somebody is to be suspended, deleted or reactivated, because a call may fail. A date that is
 * known at plan would differ from the one at apply.
 */
function planSuspended(
  { suspended }: UserSetModel,
  { suspendDays, undeclared }: SetUpdate["change"],
  { leaving, waiting }: Decision,
  context: ProviderContext,
): UserSetModel["suspended"] {
  const isSuspending = leaving.some(
    (leaver) => leaver.waiting !== undefined || (suspendDays > 0 && mayEnd(leaver)),
  );
  const isOpen = waiting.length > 0 && !isReachable(context);
  // Somebody comes back in this change, and only the look-up at apply may show that the user is suspended.
  const isReturning = waiting.some(({ id, attempt }) => attempt && undeclared?.has(id));
  if (isSuspending || isOpen || isReturning || waiting.some(({ fate }) => fate.kind !== "wait"))
    return UNKNOWN;
  if (suspended === null || waiting.length === 0) return suspended;
  return new Map(
    waiting.flatMap((leaver) => (leaver.waiting ? [[leaver.id, leaver.waiting.deleteFrom]] : [])),
  );
}

/** What an approved plan allows, by its unknown elements. */
export function reviewedPlanOf({
  removals,
  suspensions,
  suspended,
  reactivations,
}: UserSetModel): ReviewedPlan {
  const isUnknown = (elements: Elements, id: string): boolean =>
    elements instanceof Map && elements.get(id) === UNKNOWN;
  return {
    allows: (id, kind) => {
      if (kind === "reactivate") return isReactivatedIn(reactivations, id);
      return isUnknown(kind === "delete" ? removals : suspensions, id);
    },
    changesWaiting: suspended === UNKNOWN,
  };
}

function isReactivatedIn(reactivations: Reactivations, id: string): boolean {
  if (reactivations === null || reactivations === UNKNOWN) return reactivations === UNKNOWN;
  const element = reactivations.get(id);
  return element === UNKNOWN || element?.outcome === UNKNOWN;
}

/** The state after an apply: declared users and survivors, how each leaver ended, and the drift between the set and the pool. */
export function attributesAfter(
  planned: UserSetModel,
  { change }: SetUpdate,
  { leaving, waiting, stillWaiting, drift }: Exclude<AppliedChange, { readonly refusals: unknown }>,
): UserSetModel {
  const users = new Map(planned.users === UNKNOWN ? [] : planned.users);
  const survivors = survivorsOf(leaving);
  for (const { id, label } of survivors) users.set(id, label);
  const suspends = change.suspendDays > 0;
  const due = waiting.filter((leaver) => leaver.waiting?.isDue);
  return {
    ...planned,
    users,
    // Terraform requires a drift that was known at plan to stay the same.
    drift: planned.drift === UNKNOWN ? drift : planned.drift,
    removals: endingsAfter(planned.removals, suspends ? due : [...leaving, ...due], NOT_DELETED),
    suspensions: endingsAfter(planned.suspensions, suspends ? leaving : [], NOT_SUSPENDED),
    reactivations: reactivationsAfter(planned.reactivations, waiting),
    suspended:
      planned.suspended === UNKNOWN
        ? new Map(stillWaiting.map(({ id, deleteFrom }) => [id, deleteFrom]))
        : planned.suspended,
  };
}

/** Elements with a known planned value keep it. */
function endingsAfter(planned: Elements, leavers: readonly EndedLeaver[], otherwise: string): Elements {
  const endings = new Map(leavers.map((leaver) => [leaver.id, endingOf(leaver, otherwise)]));
  if (planned === UNKNOWN) return endings;
  if (planned === null) return endings.size === 0 ? null : endings;
  return new Map(
    [...planned].map(([id, value]) => [id, value === UNKNOWN ? (endings.get(id) ?? otherwise) : value]),
  );
}

/** How it ended for those who are declared again. A known outcome stays. */
function reactivationsAfter(planned: Reactivations, leavers: readonly EndedLeaver[]): Reactivations {
  const reactivated = leavers.filter(({ ending }) => ending.kind === "reactivated");
  const outcomes = new Map(
    reactivated.map(({ id, waiting, attempt }): [string, Reactivation] => [
      id,
      { user_id: (waiting ?? attempt)?.userId ?? "", outcome: REACTIVATED },
    ]),
  );
  if (planned === UNKNOWN) return outcomes;
  if (planned === null) return planned;
  return new Map(
    [...planned].map(([id, element]) => {
      if (element === UNKNOWN || element?.outcome !== UNKNOWN) return [id, element];
      return [id, { ...element, outcome: outcomes.has(id) ? REACTIVATED : NOT_REACTIVATED }];
    }),
  );
}

const REACTIVATED = "reactivated";

function endingOf({ fate, ending }: EndedLeaver, otherwise: string): string {
  if (ending.kind === "suspended") return ending.user.isOurs ? "suspended" : "not suspended by this set";
  if (ending.kind === "gone") return "deleted";
  if (fate.kind === "gone") return "already gone";
  return fate.kind === "never_found" ? "never found" : otherwise;
}

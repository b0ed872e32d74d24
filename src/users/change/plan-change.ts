import { describeDecision, type Told, toldRefusal } from "../describe";
import { IdIndex } from "../ids/id-index";
import { userIdKey } from "../ids/id-types";
import type { UserIdType } from "../user-id-type";
import { digestPlan, type PlanDigest, refuseUnapproved } from "./plan-digest";
import { decideChange, type Decision } from "./decide";
import type { ChangeContext, SetChange } from "./set-change";
import { type Leaver, leaversWith, mayRevoke, meaningOf, reasonOf } from "./fate";
import { diffUserSets } from "./leavers";
import type { PlannedSets } from "./other-sets";
import type { PlannedSet, Protection } from "./planned-set";

/** A change of a set that is to be planned. */
export interface ChangeToPlan extends Required<Pick<PlannedSet, "isOpen" | "readBindings">> {
  readonly change: SetChange;
  /** Whether the labels of all declared users are known. */
  readonly labelsKnown: boolean;
  readonly stage: PlanStage;
  /** Absent on an engine that hands nothing from a plan to its apply. */
  readonly handover: Handover | undefined;
}

/**
 * Which plan this is. `review`: the one that somebody approves. `apply`: the one that an apply makes again, of which nobody reads more than the
 * errors. `either`: nobody here can tell.
 */
export type PlanStage = "review" | "apply" | "either";

/** What an engine hands from the plan that somebody approves to the plan that the apply makes. */
export interface Handover {
  /** Whether this is the plan of an apply. */
  readonly isApply: boolean;
  /** What somebody approved; absent if the users of the approved plan were not known. */
  readonly digest?: PlanDigest | undefined;
  /** Ids that other sets added when the plan was approved, by type. Whoever has one by now is kept. */
  readonly addedElsewhere?: ReadonlyMap<UserIdType, readonly string[]> | undefined;
}

/** Where a change is planned. */
export interface PlanningContext extends ChangeContext, Protection {
  /** The address of the user pool; absent while it is not known. */
  readonly pool: string | undefined;
  /** The other sets of the configuration, as far as this process has planned them. */
  readonly plannedSets: PlannedSets;
}

/** What the plan of a change shows: the decision, and what follows from it. */
export interface ChangePlan extends Decision, Omit<Handover, "isApply"> {
  /** The ids whose users it deletes or suspends: certainly, or perhaps, because the look-up failed. */
  readonly revoking: ReadonlySet<string>;
  /** The removed ids that stay in the set, because nobody has reviewed whom they name. */
  readonly unreviewed: readonly string[];
  /** Those who are declared again. */
  readonly returning: readonly ReturningUser[];
  /** Whether anything may change for the users who wait, but for a postponed day. */
  readonly changesWaiting: boolean;
  /** Whether it may decide who is locked out: of users who are declared, and not only to be deleted later. */
  readonly changesLockedOut: boolean;
  /** What a reviewer has to read, and why it is refused. */
  readonly told: readonly Told[];
}

/**
 * Plans a change of a set: decides the fate of everybody whom it concerns, checks it against the other sets and, at apply, against the approved
 * plan, and says what an apply may change. Deletes nobody.
 *
 * @returns with `digest` and `addedElsewhere` for the engine to hand on
 */
export async function planChange(
  { change, handover, ...given }: ChangeToPlan,
  context: PlanningContext,
): Promise<ChangePlan> {
  const { protectedUsers, protectedUsersKnown, plannedSets, pool } = context;
  const { digest: approved, addedElsewhere = new Map<UserIdType, readonly string[]>() } = handover ?? {};
  const decision = await decideChange(change, {
    ...context,
    protectedUsers: protectedUsers.withAdded(addedElsewhere),
  });
  // Not all protected users, or no pool: somebody may turn out to be declared again.
  const isReachable = protectedUsersKnown && pool !== undefined;
  const plan = { ...decision, ...findConsequences(change, decision, approved, isReachable) };
  const outcomes = isReachable || plan.waiting.length === 0 ? outcomesOf(plan.returning) : {};
  const { changesWaiting } = plan;
  const shown = { change, decision, labelsKnown: given.labelsKnown, changesWaiting, ...outcomes };
  const unapproved = approved && refuseUnapproved(approved, shown);
  // Alone: a warning of this plan would announce what the apply does not do, and a guard would ask to be raised.
  if (unapproved) return { ...plan, told: [toldRefusal(unapproved)] };
  const isFirst = handover !== undefined && !handover.isApply;
  // Before this set is among them.
  const handedOn = isFirst && plan.revoking.size > 0 ? plannedSets.addedBefore(change.type) : addedElsewhere;
  const set = plannedSetOf(change, decision, given);
  const checked = [
    ...decision.refusals.map(toldRefusal),
    ...plannedSets.add(set, context, handover !== undefined),
  ];
  const described = describeDecision(change, plan, {
    isRefused: checked.some(({ isError }) => isError),
    isBinding: handover === undefined,
    mayBeApply: handover === undefined && given.stage !== "review",
    protectedUsersKnown,
    serviceTime: context.serviceTime?.(),
    pool,
  });
  return {
    ...plan,
    digest: isFirst ? digestPlan(shown) : undefined,
    addedElsewhere: handedOn,
    told: [...described, ...checked],
  };
}

/** What follows from a decision for the plan. */
function findConsequences(
  change: SetChange,
  decision: Decision,
  approved: PlanDigest | undefined,
  isReachable: boolean,
) {
  const { leaving, waiting } = decision;
  const changesWaiting = mayChangeWaiting(change, decision, isReachable);
  const named = [...(approved?.reactivating ?? []), ...(approved?.staying ?? [])];
  return {
    revoking: new Set([...leaving, ...waiting].filter(mayRevoke).map(({ id }) => id)),
    unreviewed: leaving.flatMap((leaver) =>
      meaningOf(leaver).failsRun && !mayRevoke(leaver) ? [leaver.id] : [],
    ),
    returning: findReturning(change, waiting, named, changesWaiting),
    changesWaiting,
    changesLockedOut: waiting.some(
      (leaver) => leaver.fate.kind === "reactivate" || reasonOf(leaver)?.kind === "release_not_ours",
    ),
  } satisfies Partial<ChangePlan>;
}

/** The set after the change, as the other sets are checked against it. */
function plannedSetOf(
  change: SetChange,
  { leaving, waiting, resolutions }: Decision,
  given: Pick<ChangeToPlan, "isOpen" | "readBindings">,
): PlannedSet {
  const { type, declared, prior, retained, suspendDays, difference = diffUserSets(prior, declared) } = change;
  return {
    ...given,
    type,
    declared,
    retained,
    added: difference.added.keys(),
    leavers: [...leaving, ...leaversWith(waiting, "delete")],
    waiting: waiting.filter((leaver) => leaver.fate.kind === "no_call" && !meaningOf(leaver).forgets),
    suspendDays,
    prior: prior.keys(),
    resolutions,
  };
}

/** Whether somebody is to be suspended, deleted or reactivated, or may be: a call may fail, and a date that is known at plan would differ. */
function mayChangeWaiting(
  { suspendDays = 0, undeclared, lost = [] }: SetChange,
  { leaving, waiting }: Decision,
  isReachable: boolean,
): boolean {
  const isSuspending = leaving.some(
    (leaver) => leaver.waiting !== undefined || (suspendDays > 0 && mayRevoke(leaver)),
  );
  const isOpen = waiting.length > 0 && !isReachable;
  // Somebody comes back in this change, and only the look-up at apply may show that the user is suspended.
  const comesBack = waiting.some(({ id, attempt }) => attempt && undeclared?.has(id));
  // They are not in `suspended` any more.
  const isForgotten = lost.length > 0;
  return (
    isSuspending ||
    isOpen ||
    comesBack ||
    isForgotten ||
    waiting.some((leaver) => leaver.fate.kind !== "no_call" || meaningOf(leaver).forgets)
  );
}

/** Somebody whom a set suspended, or may have suspended, and who is declared again. */
export interface ReturningUser {
  /** The id by which the set suspended the user. */
  readonly id: string;
  /** The system user id. */
  readonly userId: string;
  /** Whether the change reactivates the user: certainly, or perhaps. */
  readonly mayReturn: boolean;
}

/** The ids of those who are declared again, by whether they may be reactivated. */
function outcomesOf(returning: readonly ReturningUser[]): Pick<PlanDigest, "reactivating" | "staying"> {
  const idsOf = (its: boolean): string[] =>
    returning.flatMap(({ id, mayReturn }) => (mayReturn === its ? [id] : []));
  return { reactivating: idsOf(true), staying: idsOf(false) };
}

/**
 * Finds those of whom a plan says whether they are reactivated. The engine refuses an apply that would name others than its plan, so they follow
 * from the state and the configuration alone: whoever is declared by the same id, is bound to a declared id, or was locked out at the last
 * refresh. Only those who are declared under another id since then follow from their look-up.
 *
 * @param leavers those who left before, as the change decides about them
 * @param approved whom the approved plan names, if the engine hands that on
 * @param changesWaiting whether the change may change anything for those whom the set suspended
 */
function findReturning(
  {
    type,
    declared,
    bindings = new Map<string, string>(),
    waiting = [],
    attempts = new Map(),
    lastLockedOut = [],
    prior,
  }: SetChange,
  leavers: readonly Leaver[],
  approved: readonly string[],
  changesWaiting: boolean,
): ReturningUser[] {
  const suspended = [
    // Whoever waits and leaves once more is planned as a leaver.
    ...waiting.filter(({ id }) => !prior.has(id) || declared.has(id)),
    ...[...attempts].map(([id, { userId }]) => ({ id, userId, isOurs: true })),
  ];
  if (suspended.length === 0) return [];
  const names = new IdIndex(declared.keys(), type);
  const bound = new Set(
    [...bindings].flatMap(([id, userId]) => (declared.has(id) ? [userIdKey(userId)] : [])),
  );
  const named = new Set([...lastLockedOut, ...approved]);
  const fates = new Map(leavers.map((leaver) => [keyOf(leaver.id, userIdOf(leaver)), leaver]));
  return suspended.flatMap(({ id, userId, isOurs }) => {
    const leaver = fates.get(keyOf(id, userId));
    // Somebody whom this set may have suspended stays suspended until somebody else acts, and no plan changes that.
    const isLeftAlone = leaver && reasonOf(leaver)?.kind === "return_unproven" && !approved.includes(id);
    const isDeclaredAgain =
      leaver?.fate.kind === "reactivate" ||
      (!isLeftAlone && (named.has(id) || names.matchId(id) !== undefined || bound.has(userIdKey(userId))));
    return isDeclaredAgain
      ? [{ id, userId, mayReturn: isOurs && mayReactivate(leaver, changesWaiting) }]
      : [];
  });
}

/** Certainly, or because the look-ups at apply may show the user, as suspended. Whoever is no leaver is certainly not suspended. */
function mayReactivate(leaver: Leaver | undefined, changesWaiting: boolean): boolean {
  if (leaver === undefined) return false;
  return leaver.fate.kind === "reactivate" || (changesWaiting && meaningOf(leaver).isReturn === true);
}

function userIdOf({ waiting, attempt }: Leaver): string {
  return (waiting ?? attempt)?.userId ?? "";
}

function keyOf(id: string, userId: string): string {
  return `${id}\0${userIdKey(userId)}`;
}

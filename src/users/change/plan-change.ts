import { describeDecision } from "../describe";
import { type Told, toldRefusal } from "../wording";
import { IdIndex } from "../ids/id-index";
import { userIdKey } from "../ids/id-types";
import type { UserIdType } from "../directory";
import { digestPlan, type PlanDigest, refuseUnapproved, type ReturningUser } from "./plan-digest";
import { decideChange, type Decision } from "./decide";
import type { ChangeContext, SetChange } from "./set-change";
import { type Leaver, leaversWith, mayRevoke, meaningOf, reasonOf } from "./fate";
import { diffUserSets } from "./leavers";
import type { PlannedSets } from "./other-sets";
import type { PlannedSet, Protection } from "./planned-set";
import { isIdDeclaredElsewhere } from "./protection";

/** A change of a set that is to be planned. */
export interface ChangeToPlan extends Required<Pick<PlannedSet, "isOpen" | "readBindings">> {
  readonly change: SetChange;
  /** Whether the configuration changes anything of the set. */
  readonly isChanged: boolean;
  /** Whether this process has refreshed the set. Without it, a plan that names somebody who returns is never empty. */
  readonly isRefreshed: boolean;
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

/** What the plan of a change shows: the decision, what follows from it, what the engine hands on, and what is said of it. */
export interface ChangePlan extends Decision, Consequences, Omit<Handover, "isApply"> {
  /** What a reviewer has to read, and why it is refused. */
  readonly told: readonly Told[];
}

/** What follows from a decision for the plan. */
export interface Consequences {
  /** The ids whose users it deletes or suspends: certainly, or perhaps, because the look-up failed. */
  readonly revoking: ReadonlySet<string>;
  /** The removed ids that stay in the set, because nobody has reviewed whom they name. */
  readonly unreviewed: readonly string[];
  /** Those who are declared again; `undefined` while it is not known who that is. */
  readonly returning: readonly ReturningUser[] | undefined;
  /** Whether anything may change for those who wait, or are locked out, but for a postponed day. */
  readonly changesWaiting: boolean;
}

/**
 * Plans a change of a set: decides the fate of everybody whom it concerns, finds what follows from that, and says what a reviewer has to know,
 * of the other sets, too. At apply, it refuses what the approved plan does not cover. Deletes nobody.
 *
 * @returns with `digest` and `addedElsewhere` for the engine to hand on
 */
export async function planChange(planned: ChangeToPlan, context: PlanningContext): Promise<ChangePlan> {
  const { change, handover } = planned;
  const addedElsewhere = handover?.addedElsewhere ?? new Map<UserIdType, readonly string[]>();
  const protectedUsers = context.protectedUsers.withAdded(addedElsewhere);
  const decision = await decideChange(change, { ...context, protectedUsers });
  const plan = { ...decision, ...findConsequences(planned, decision, context) };
  const shown = { ...plan, declared: change.declared, labelsKnown: planned.labelsKnown };
  const unapproved = handover?.digest && refuseUnapproved(handover.digest, shown);
  // Alone: a warning of this plan would announce what the apply does not do, and a guard would ask to be raised.
  if (unapproved) return { ...plan, told: [toldRefusal(unapproved)] };
  const isApproval = handover?.isApply === false;
  // Before this set is among them.
  const addedBefore =
    isApproval && plan.revoking.size > 0 ? context.plannedSets.addedBefore(change.type) : addedElsewhere;
  return {
    ...plan,
    digest: isApproval ? digestPlan(shown) : undefined,
    addedElsewhere: addedBefore,
    told: tell(planned, plan, context),
  };
}

/** What a reviewer has to read of a plan, and why it is refused. */
function tell(planned: ChangeToPlan, decision: Decision, context: PlanningContext): Told[] {
  const { change, handover, stage } = planned;
  const hasHandover = handover !== undefined;
  const refused = [
    ...decision.refusals.map(toldRefusal),
    ...context.plannedSets.add(plannedSetOf(planned, decision), context, hasHandover),
  ];
  const described = describeDecision(change, decision, {
    isRefused: refused.some(({ isError }) => isError),
    isBinding: !hasHandover,
    mayBeApply: !hasHandover && stage !== "review",
    protectedUsersKnown: context.protectedUsersKnown,
    serviceTime: context.serviceTime?.(),
    pool: context.pool,
  });
  return [...described, ...refused];
}

function findConsequences(
  planned: ChangeToPlan,
  { leaving, waiting }: Decision,
  context: PlanningContext,
): Consequences {
  // Not all protected users, or no pool: any of them may turn out to be declared again.
  const suspended = suspendedBy(planned.change);
  const isOpen =
    waiting.length + suspended.length > 0 && !(context.protectedUsersKnown && context.pool !== undefined);
  const changesWaiting = isOpen || mayChangeWaiting(planned, leaving, waiting);
  return {
    revoking: new Set([...leaving, ...waiting].filter(mayRevoke).map(({ id }) => id)),
    unreviewed: leaving.flatMap((leaver) =>
      meaningOf(leaver).failsRun && !mayRevoke(leaver) ? [leaver.id] : [],
    ),
    returning: isOpen ? undefined : findReturning(planned, waiting, changesWaiting, context),
    changesWaiting,
  };
}

/** The set after the change, as the other sets are checked against it. */
function plannedSetOf(
  { change, isOpen, readBindings }: ChangeToPlan,
  { leaving, waiting, resolutions }: Decision,
): PlannedSet {
  const { type, declared, prior, retained, suspendDays, difference = diffUserSets(prior, declared) } = change;
  return {
    isOpen,
    readBindings,
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

/**
 * Whether an apply may change anything for those who wait, or for declared users whom the set may have locked out. Then none of the attributes
 * about them may be known: the engine refuses an apply whose plan, made again, has another value. This is the rule for all of them: a plan may
 * know a value only if nothing that the apply learns, of the configuration, of a late look-up or of one that failed, changes it. What somebody
 * does to them in between is not learned: it is another change than the one that was reviewed, and the engine refuses it.
 */
function mayChangeWaiting(
  { change, isChanged, isRefreshed, stage }: ChangeToPlan,
  leaving: readonly Leaver[],
  waiting: readonly Leaver[],
): boolean {
  const { suspendDays = 0, undeclared, lost = [] } = change;
  const suspends = leaving.some(
    (leaver) => leaver.waiting !== undefined || (suspendDays > 0 && mayRevoke(leaver)),
  );
  const changes = waiting.some((leaver) => leaver.fate.kind !== "no_call" || meaningOf(leaver).forgets);
  // Somebody comes back in this change, and only the look-up at apply may show that the user is suspended.
  const comesBack = waiting.some(({ id, attempt }) => attempt && undeclared?.has(id));
  const returns = waiting.some((leaver) => meaningOf(leaver).isReturn);
  const mayTurnOut = waiting.some((leaver) => meaningOf(leaver).mayTurnOut);
  // A plan without any change must stay empty, and no apply carries it out. The plan of an apply has learned what there was to learn; but whoever
  // returns was open in its approved plan, and the apply looks once more.
  const mayLearn = (isChanged && (returns || (mayTurnOut && stage !== "apply"))) || (returns && !isRefreshed);
  // Those who are lost are not in `suspended` any more.
  return suspends || changes || comesBack || lost.length > 0 || mayLearn;
}

/**
 * Finds those of whom a plan says whether they are reactivated. The engine refuses an apply that would name others than its plan, so they follow
 * from the state and the configuration alone: whoever is declared by the same id, here or in another set, is bound to a declared id, or was
 * locked out at the last refresh. Only those who are declared under another id since then follow from their look-up.
 *
 * @param leavers those who left before, as the change decides about them
 * @param changesWaiting whether the change may change anything for those whom the set suspended
 */
function findReturning(
  { change, isChanged, handover }: ChangeToPlan,
  leavers: readonly Leaver[],
  changesWaiting: boolean,
  context: PlanningContext,
): ReturningUser[] {
  const suspended = suspendedBy(change);
  if (suspended.length === 0) return [];
  const { reactivating = [], staying = [] } = handover?.digest ?? {};
  const approved = new Set([...reactivating, ...staying]);
  const isDeclared = declaredAgain(change, approved, context);
  const namesUnproven = isChanged || changesWaiting || approved.size > 0;
  const byUser = new Map(
    leavers.map((leaver) => [keyOf(leaver.id, (leaver.waiting ?? leaver.attempt)?.userId ?? ""), leaver]),
  );
  return suspended.flatMap(({ id, userId, isOurs }) => {
    const leaver = byUser.get(keyOf(id, userId));
    const isReactivated = leaver?.fate.kind === "reactivate";
    const isReturn = leaver !== undefined && meaningOf(leaver).isReturn === true;
    const isUnproven = leaver !== undefined && reasonOf(leaver)?.kind === "return_unproven";
    // Such a user stays suspended until somebody else acts. To say so alone would be a change, in every plan of the set.
    const isNamed = isUnproven ? namesUnproven : isReactivated || isReturn || isDeclared(id, userId);
    // The look-ups at apply may show the user, as suspended. Whoever is no leaver is certainly not suspended.
    const mayReturn = isOurs && (isReactivated || (isReturn && changesWaiting));
    return isNamed ? [{ id, userId, mayReturn }] : [];
  });
}

/** Whom the set suspended, or may have suspended. Whoever waits and leaves once more is planned as a leaver. */
function suspendedBy({ waiting = [], attempts = new Map(), prior, declared }: SetChange) {
  return [
    ...waiting.filter(({ id }) => !prior.has(id) || declared.has(id)),
    ...[...attempts].map(([id, { userId }]) => ({ id, userId, isOurs: true })),
  ];
}

/** Tells by the state and the configuration alone who of them is declared. */
function declaredAgain(
  { type, declared, bindings = new Map<string, string>(), lastLockedOut = [] }: SetChange,
  approved: ReadonlySet<string>,
  context: PlanningContext,
): (id: string, userId: string) => boolean {
  const names = new IdIndex(declared.keys(), type);
  const bound = new Set(
    [...bindings].flatMap(([id, userId]) => (declared.has(id) ? [userIdKey(userId)] : [])),
  );
  const named = new Set([...lastLockedOut, ...approved]);
  return (id, userId) =>
    named.has(id) ||
    names.matchId(id) !== undefined ||
    bound.has(userIdKey(userId)) ||
    isIdDeclaredElsewhere(id, type, context);
}

function keyOf(id: string, userId: string): string {
  return `${id}\0${userIdKey(userId)}`;
}

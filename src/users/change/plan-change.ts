import { compact } from "../../lists";
import { describeDecided } from "../messages/describe-change";
import { type Told, toldRefusal } from "../wording";
import { decideChange, type DecidedChange } from "./decide";
import type { ChangeContext, SetChange } from "./set-change";
import { type Leaver, mayRevoke, meaningOf, reasonOf } from "../fate";
import { tellIdleProtection } from "./idle-protection";
import { describeOneUser } from "../messages/describe-one-user";
import type { PlannedSets } from "./other-sets";
import type { PlannedSet, Protection } from "./planned-set";

/** A change of a set that is to be planned. */
export interface ChangeToPlan extends Required<Pick<PlannedSet, "isOpen" | "readBindings" | "rebound">> {
  readonly change: SetChange;
  /** Whether the configuration changes anything of the set. */
  readonly isChanged: boolean;
  /**
   * Whether this process has refreshed the set. Without it, a plan that names somebody who returns is never
   * empty.
   */
  readonly isRefreshed: boolean;
}

/** Somebody who waits, and is declared again or protected. */
export interface ReturningUser {
  /** The id by which the set suspended the user. */
  readonly id: string;
  /** The system user id. */
  readonly userId: string;
  /** Whether the change reactivates the user: certainly, or perhaps. */
  readonly mayReturn: boolean;
}

/** Where a change is planned. */
export interface PlanningContext extends ChangeContext, Protection {
  /** The address of the user pool; absent while it is not known. */
  readonly pool: string | undefined;
  /** The other sets of the configuration, as far as this process has planned them. */
  readonly plannedSets: PlannedSets;
}

/** What the plan of a change shows: what is decided, what follows from it, and what is said of it. */
export interface ChangePlan extends DecidedChange, Consequences {
  /** What a reviewer has to read, and why it is refused. */
  readonly told: readonly Told[];
}

/** What follows for the plan from what is decided. */
export interface Consequences {
  /** The ids whose users it deletes or suspends: certainly, or perhaps, because the look-up failed. */
  readonly revoking: ReadonlySet<string>;
  /** Those who are declared again; `undefined` while it is not known who that is. */
  readonly returning: readonly ReturningUser[] | undefined;
  /** Whether an apply may change who waits, but for a postponed day. */
  readonly suspendedMayChange: boolean;
}

/**
 * Plans a change of a set: decides the fate of everybody whom it concerns, finds what follows from that, and
 * says what a reviewer has to know, of the other sets, too. Deletes nobody.
 */
export async function planChange(planned: ChangeToPlan, context: PlanningContext): Promise<ChangePlan> {
  const decided = await decideChange(planned.change, context);
  const consequences = findConsequences(planned, decided, context);
  // An apply plans without a refresh, and what it would say of the pool is said.
  const isReviewed = planned.isRefreshed && decided.isRightPool && consequences.revoking.size > 0;
  const idle = isReviewed ? await tellIdleProtection(planned.change, context) : undefined;
  return { ...decided, ...consequences, told: compact(...tell(planned, decided, context), idle) };
}

/** What a reviewer has to read of a plan, and why it is refused. */
function tell(planned: ChangeToPlan, decided: DecidedChange, context: PlanningContext): Told[] {
  const { change } = planned;
  const refused = [
    ...decided.refusals.map(toldRefusal),
    ...context.plannedSets.add(plannedSetOf(planned, decided), context),
  ];
  const described = describeDecided(change, decided, {
    isRefused: refused.some(({ isError }) => isError),
    isBinding: true,
    protectedUsersKnown: context.protectedUsersKnown,
    serviceTime: context.serviceTime?.(),
    pool: context.pool,
  });
  const { declared, bindings } = change;
  return compact(...described, describeOneUser(declared.keys(), decided.resolutions, bindings), ...refused);
}

function findConsequences(
  planned: ChangeToPlan,
  { leaving, waiting }: DecidedChange,
  context: PlanningContext,
): Consequences {
  // Not all protected users, or no pool: any of them may turn out to be declared again.
  const isOpen = waiting.length > 0 && !(context.protectedUsersKnown && context.pool !== undefined);
  const suspendedMayChange = isOpen || maySuspendedChange(planned, leaving, waiting);
  return {
    revoking: new Set([...leaving, ...waiting].filter(mayRevoke).map(({ id }) => id)),
    returning: isOpen ? undefined : findReturning(waiting, suspendedMayChange),
    suspendedMayChange,
  };
}

/** The set after the change, as the other sets are checked against it. */
function plannedSetOf(
  { change, isOpen, readBindings, rebound }: ChangeToPlan,
  { leaving, waiting, resolutions }: DecidedChange,
): PlannedSet {
  const { type, declared, prior, retained, suspendDays, difference } = change;
  return {
    isOpen,
    readBindings,
    rebound,
    type,
    declared,
    retained,
    added: difference.added.keys(),
    leavers: [...leaving, ...waiting.filter(mayRevoke)],
    suspendDays,
    prior: prior.keys(),
    resolutions,
  };
}

/**
 * Whether an apply may change anything for those who wait. Then none of the attributes about them may be
 * known: the engine refuses an apply whose plan, made again, has another value. So a plan may know a value
 * only if nothing that the apply learns, of the configuration, of a late look-up or of one that failed,
 * changes it. What somebody does to them in between is not learned: it is another change than the one that
 * was reviewed, and the engine refuses it (docs/guides/trust.md, P13).
 */
function maySuspendedChange(
  planned: ChangeToPlan,
  leaving: readonly Leaver[],
  waiting: readonly Leaver[],
): boolean {
  const { suspendDays, waiting: before } = planned.change;
  const leavingIds = new Set(leaving.map(({ id }) => id));
  const suspends = suspendDays > 0 && leaving.some(mayRevoke);
  const leavesAgain = before.some(({ id }) => leavingIds.has(id));
  const changes = waiting.some(
    (leaver) => leaver.fate.kind !== "no_call" || mayRevoke(leaver) || meaningOf(leaver).forgets,
  );
  return suspends || leavesAgain || changes || mayLearnOfUncertain(planned, waiting);
}

/** Whether the apply may still learn what becomes of those of whom the look-ups told too little. */
function mayLearnOfUncertain(
  { isChanged, isRefreshed, rebound }: ChangeToPlan,
  waiting: readonly Leaver[],
): boolean {
  const uncertain = waiting.filter((leaver) => reasonOf(leaver)?.kind === "uncertain");
  // An apply refreshes nothing: its plan has learned what there was to learn. But those who return or are due
  // may have been open in the approved plan. So the apply looks once more, and tells of them.
  if (!isRefreshed) return uncertain.some(({ returns, waiting: user }) => returns || user?.isDue);
  // A plan without any change must stay empty, and no apply carries it out.
  const isEmpty = !isChanged && rebound.size === 0;
  return !isEmpty && uncertain.length > 0;
}

/**
 * Finds those of whom a plan says whether they are reactivated. A later look-up may show that one who could
 * not be looked up is to be.
 */
function findReturning(waiting: readonly Leaver[], suspendedMayChange: boolean): ReturningUser[] {
  return waiting.flatMap((leaver) => {
    const { id, fate, returns, waiting: user } = leaver;
    if (!returns || !user) return [];
    const mayTurnOut = reasonOf(leaver)?.kind === "uncertain" && user.isOurs && suspendedMayChange;
    return [{ id, userId: user.userId, mayReturn: fate.kind === "reactivate" || mayTurnOut }];
  });
}

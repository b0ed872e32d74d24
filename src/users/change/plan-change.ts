import { IdIndex } from "../ids/id-index";
import { userIdKey } from "../ids/id-types";
import type { ApprovedPlan } from "./approved-plan";
import { type ChangeContext, decideChange, type Decision, type SetChange } from "./decide";
import { type Fate, type Leaver, leaversWith, mayEnd } from "./fate";

/** A change of a set that is to be planned. */
export interface ChangeToPlan {
  readonly change: SetChange;
  /** What somebody approved, if an apply makes this plan and the engine hands that on. */
  readonly approved?: ApprovedPlan | undefined;
  /** Whether the pool and all protected users are known. Otherwise somebody may turn out to be declared again. */
  readonly isReachable: boolean;
}

/** What the plan of a change shows: the decision, and what follows from it. */
export interface ChangePlan extends Decision {
  /** The ids whose users it deletes or suspends: certainly, or perhaps, because the look-up failed. */
  readonly ending: ReadonlySet<string>;
  /** Of `waiting`, those whom it deletes. */
  readonly due: readonly Leaver[];
  /** The removed ids that stay in the set, because nobody has reviewed whom they name. */
  readonly unreviewed: readonly string[];
  /** Those who are declared again. */
  readonly returning: readonly ReturningUser[];
  /** Whether anything may change for the users who wait, but for a postponed day. */
  readonly changesWaiting: boolean;
  /** Whether it may decide who is locked out: of users who are declared, and not only to be deleted later. */
  readonly changesLockedOut: boolean;
}

/** Plans a change of a set: decides the fate of everybody whom it concerns, and says what an apply may change. Deletes nobody. */
export async function planChange(
  { change, approved, isReachable }: ChangeToPlan,
  context: ChangeContext,
): Promise<ChangePlan> {
  const decision = await decideChange(change, context);
  const { leaving, waiting } = decision;
  const changesWaiting = mayChangeWaiting(change, decision, isReachable);
  const named = [...(approved?.reactivating ?? []), ...(approved?.staying ?? [])];
  return {
    ...decision,
    ending: new Set([...leaving, ...waiting].filter(mayEnd).map(({ id }) => id)),
    due: leaversWith(waiting, "delete"),
    unreviewed: leaversWith(leaving, "unreviewed").map(({ id }) => id),
    returning: findReturning(change, waiting, named, changesWaiting),
    changesWaiting,
    changesLockedOut: waiting.some(
      ({ fate }) =>
        fate.kind === "reactivate" || (fate.kind === "release" && fate.reason.kind === "not_ours"),
    ),
  };
}

/** Whether somebody is to be suspended, deleted or reactivated, or may be: a call may fail, and a date that is known at plan would differ. */
function mayChangeWaiting(
  { suspendDays = 0, undeclared }: SetChange,
  { leaving, waiting }: Decision,
  isReachable: boolean,
): boolean {
  const isSuspending = leaving.some(
    (leaver) => leaver.waiting !== undefined || (suspendDays > 0 && mayEnd(leaver)),
  );
  const isOpen = waiting.length > 0 && !isReachable;
  // Somebody comes back in this change, and only the look-up at apply may show that the user is suspended.
  const isReturning = waiting.some(({ id, attempt }) => attempt && undeclared?.has(id));
  return isSuspending || isOpen || isReturning || waiting.some(({ fate }) => fate.kind !== "wait");
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
    ...change
  }: SetChange,
  leavers: readonly Leaver[],
  approved: readonly string[],
  changesWaiting: boolean,
): ReturningUser[] {
  const suspended = [
    ...waiting.filter(({ id }) => !change.difference?.removed.has(id)),
    ...[...attempts].map(([id, { userId }]) => ({ id, userId, isOurs: true })),
  ];
  if (suspended.length === 0) return [];
  const names = new IdIndex(declared.keys(), type);
  const bound = new Set(
    [...bindings].flatMap(([id, userId]) => (declared.has(id) ? [userIdKey(userId)] : [])),
  );
  const named = new Set([...(change.lastLockedOut ?? []), ...approved]);
  const fates = new Map(leavers.map((leaver) => [keyOf(leaver.id, userIdOf(leaver)), leaver.fate]));
  return suspended.flatMap(({ id, userId, isOurs }) => {
    const fate = fates.get(keyOf(id, userId));
    // Who is perhaps suspended by this set stays so until somebody else acts, which no plan is about.
    const isLeftAlone = fate?.kind === "wait" && fate.why?.kind === "perhaps_ours" && !approved.includes(id);
    const isReturning =
      fate?.kind === "reactivate" ||
      (!isLeftAlone && (named.has(id) || names.matchId(id) !== undefined || bound.has(userIdKey(userId))));
    return isReturning ? [{ id, userId, mayReturn: isOurs && mayReactivate(fate, changesWaiting) }] : [];
  });
}

/** Certainly, or perhaps. Without a fate, the change does nothing to the user, who is certainly not suspended. */
function mayReactivate(fate: Fate | undefined, changesWaiting: boolean): boolean {
  if (fate?.kind === "reactivate") return true;
  if (fate?.kind !== "wait" || !fate.why || !changesWaiting) return false;
  // The look-ups at apply may show the user, as suspended.
  switch (fate.why.kind) {
    case "unconfirmed":
      return true;
    case "absent":
    case "no_status":
    case "undecided":
      return fate.why.isDeclared === true;
    default:
      return false;
  }
}

function userIdOf({ waiting, attempt }: Leaver): string {
  return (waiting ?? attempt)?.userId ?? "";
}

function keyOf(id: string, userId: string): string {
  return `${id}\0${userIdKey(userId)}`;
}

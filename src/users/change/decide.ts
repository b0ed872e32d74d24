import { compact } from "../../lists";
import type { Resolution } from "../look-up/resolution";
import { confirmAbsent, resolveIds } from "../look-up/user-look-ups";
import { UserIdType } from "../directory";
import { deletionDay, type WaitingUser } from "../waiting-user";
import { count, describeIds, type Refusal } from "../wording";
import { type DecidedFates, type Leaver, leaversWith, mayRevoke, noCall, reasonOf } from "../fate";
import { boundIdsToLookUp, decideLeavers } from "./leavers";
import { findLockedOut } from "./locked-out";
import { countRevoked, holdAboveLimit, peopleRevoked, refuseAboveLimits } from "./limits";
import type { ApprovedPlan, ChangeContext, SetChange } from "./set-change";
import { decideWaiting, HELD, RELEASED } from "./waiting";
import { detectWrongPoolAtRemoval } from "./wrong-pool";

/** What a change does to everybody concerned, and whether it may be carried out. */
export interface DecidedChange extends DecidedFates {
  /** Of the removed and the added ids, and of those who are due. */
  readonly resolutions: ReadonlyMap<string, Resolution>;
  /** Why the change is refused; empty if it may be carried out. */
  readonly refusals: readonly Refusal[];
}

/**
 * Decides the fate of everybody concerned by a change of a set: those who leave, and those who wait. It
 * looks them up unless they are known, and absent ones once more. Then it checks the deletions against the
 * limits of the set and of the operator, and against the signs of a wrong pool. Deletes nobody. Plan and
 * apply of both resource types begin with it.
 *
 * @param approved given at apply
 */
export async function decideChange(
  change: SetChange,
  context: ChangeContext,
  approved?: ApprovedPlan,
): Promise<DecidedChange> {
  const { removed } = change.difference;
  const before = waitingAfterDelay(change);
  const earlier = before.filter(({ id }) => !removed.has(id));

  const { leaving, resolutions, wrongPool } = await decideRemoved(change, context, approved);
  // In a wrong pool, nobody is counted: everybody seems to be gone.
  const refusals = wrongPool
    ? [wrongPool]
    : compact(
        refuseNeverBound(change, leaving),
        refuseAboveLimits(change, leaving),
        countLeavers(change, leaving, context),
      );
  const decided = {
    leaving,
    refusals,
    isRightPool: wrongPool === undefined,
  };
  // An apply that is refused changes nothing.
  if (approved && refusals.length > 0) return { ...decided, waiting: [], lockedOut: [], resolutions };

  const waiting = await decideWaiting({ change, context, resolutions, approved }, earlier);
  const hold = holdOrCountDue(change, { leaving, waiting: waiting.leavers }, context);
  const lost = change.lost.map((id): Leaver => ({ id, label: "", fate: RELEASED.lost }));
  const leavers = waiting.leavers.map((leaver) => withinPlan(leaver, hold, approved));
  const reactivated = leaversWith(leavers, "reactivate").map(({ fate }) => fate.user.userId);
  return {
    ...decided,
    waiting: [...leavers, ...lost],
    lockedOut: findLockedOut(change, resolutions, reactivated),
    resolutions: new Map([...resolutions, ...resolutionsOfDue(waiting.leavers, waiting.users)]),
  };
}

async function decideRemoved(
  change: SetChange,
  context: ChangeContext,
  approved: ApprovedPlan | undefined,
): Promise<Pick<DecidedChange, "leaving" | "resolutions"> & { readonly wrongPool?: Refusal | undefined }> {
  const { type, prior, declared, difference, bindings, undeclared } = change;
  const removed = [...difference.removed.keys()];
  // Survivors, too: the last apply may have suspended those who are declared again without confirming it.
  const ids = [...removed, ...difference.added.keys(), ...undeclared];
  const firstLook = await resolveIds(context, ids, type, "looking up removed and added users");
  const resolutions = await confirmAbsent(removed, firstLook, type, context);
  if (removed.length === 0) return { leaving: [], resolutions };
  const bound = boundIdsToLookUp(removed, type, bindings ?? new Map<string, string>(), resolutions);
  const doing = "looking up earlier users of removed ids";
  const boundUsers = await resolveIds(context, bound, UserIdType.USER_ID, doing);
  const found = { resolutions, boundUsers };
  const { protectedUsers } = context;
  const leaving = decideLeavers({ ...change, ...difference, ...found, protectedUsers, approved });
  const wrongPool = await detectWrongPoolAtRemoval({
    resolutions,
    // Without bindings, all users of the prior set count as known.
    knownIds: bindings ?? prior,
    bindings: type === UserIdType.USER_ID ? undefined : bindings,
    removed,
    declared: declared.keys(),
    lookUp: (some) => resolveIds(context, some, type, "looking up a sample of remaining users"),
  });
  return { leaving, resolutions, wrongPool: context.acceptEmptyPool ? undefined : wrongPool };
}

/**
 * The users who wait. If the change raises the days, they count from the suspension anew. If it lowers them,
 * nobody's day comes earlier (P14).
 */
function waitingAfterDelay({ waiting, suspendDays }: SetChange): readonly WaitingUser[] {
  return waiting.map((user) => {
    if (!user.isOurs || user.statusChangedAt === undefined) return user;
    const deleteFrom = deletionDay(Date.parse(user.statusChangedAt), suspendDays);
    return deleteFrom > user.deleteFrom ? { ...user, deleteFrom, isDue: false } : user;
  });
}

/**
 * Counts those who leave in the run (P15).
 *
 * @returns why the operator's limit does not allow so many
 */
function countLeavers(
  change: SetChange,
  leaving: readonly Leaver[],
  context: ChangeContext,
): Refusal | undefined {
  const people = peopleRevoked(change, leaving);
  return people.length > 0 ? context.countInRun(people, false) : undefined;
}

/**
 * A set that never found any user has no bindings, so removed users would keep their accounts without a
 * message (P2, P3).
 */
function refuseNeverBound(
  { type, prior, bindings, allowMissingUsers }: SetChange,
  leaving: readonly Leaver[],
): Refusal | undefined {
  const never = leaving.filter((leaver) => reasonOf(leaver)?.kind === "never_found");
  if (never.length === 0 || bindings?.size !== 0 || allowMissingUsers) return undefined;
  const ids = never.map(({ id }) => id);
  return {
    summary: `None of the ${count(prior.size, "user")} of this set was ever found in GenAuth, as far as its state knows`,
    detail:
      `The removed users may still have accounts, under ids of another type than ${type} or in another user pool, and would keep them:\n` +
      `${describeIds(ids, prior)}\nNobody was deleted. Check user_id_type, the host and the access key id. If these users were never created, set allow_missing_users = true for this change.`,
    attribute: "users",
  };
}

/**
 * Finds why nobody who is due is deleted (P1, P15). If nothing of the set holds them, it counts them in the
 * run, all of them or none.
 *
 * @returns the reason as the end of a sentence; `undefined` if they may be deleted
 */
function holdOrCountDue(
  change: SetChange,
  { leaving, waiting }: Pick<DecidedChange, "leaving" | "waiting">,
  context: ChangeContext,
): string | undefined {
  const dueNow = waiting.filter(mayRevoke);
  const due = dueNow.length;
  if (due === 0) return undefined;
  if (context.holdDueDeletions) return HELD.because;
  const revoked = countRevoked(leaving);
  const ofSet = holdAboveLimit(change, due, revoked);
  if (ofSet !== undefined) return ofSet;
  const people = [
    ...dueNow.flatMap((leaver) => leaver.waiting?.userId ?? []),
    ...peopleRevoked(change, leaving),
  ];
  const ofRun = context.countInRun(people, true);
  return ofRun && `${ofRun.detail} They wait.`;
}

/**
 * A user who is due waits on if something holds all who are due. So does one whose deletion or reactivation
 * nobody has approved (P13).
 */
function withinPlan(leaver: Leaver, hold: string | undefined, approved: ApprovedPlan | undefined): Leaver {
  const isReturning = leaver.fate.kind === "reactivate";
  if (!isReturning && !mayRevoke(leaver)) return leaver;
  const isUnplanned = approved?.allows(leaver.id, isReturning ? "reactivate" : "delete") === false;
  if (isReturning) return isUnplanned ? { ...leaver, fate: noCall({ kind: "return_not_planned" }) } : leaver;
  const because = hold ?? (isUnplanned ? NOT_PLANNED : undefined);
  return because === undefined ? leaver : { ...leaver, fate: noCall({ kind: "held", because }) };
}

const NOT_PLANNED =
  "the plan did not delete them, so nobody has reviewed their deletion. Plan again and review the new plan.";

function resolutionsOfDue(
  leavers: readonly Leaver[],
  users: ReadonlyMap<string, Resolution>,
): [id: string, resolution: Resolution][] {
  return leaversWith(leavers, "delete").flatMap(({ id, fate }): [string, Resolution][] => {
    const resolution = users.get(fate.userId);
    return resolution ? [[id, resolution]] : [];
  });
}

import type { Resolution } from "../look-up/resolution";
import { confirmAbsent } from "../look-up/user-look-ups";
import { UserIdType } from "../user-id-type";
import { postpone, type WaitingUser } from "../waiting-user";
import { count, describeIds } from "../wording";
import { attemptsOfLost, decideAttempts } from "./attempts";
import { type Leaver, leaversWith, noCall, reasonOf } from "./fate";
import { boundIdsToLookUp, decideLeavers, diffUserSets, type UserSetDifference } from "./leavers";
import { findHold, keyInRun, type Refusal, refuseByLimits } from "./limits";
import type { ChangeContext, ApprovedPlan, SetChange } from "./set-change";
import { decideWaiting } from "./waiting";
import { detectWrongPoolAtRemoval } from "./wrong-pool";

/** What a change does to everybody whom it concerns, and whether it may be carried out. */
export interface Decision {
  /** The removed ids, in the order of the prior set. One who waits already is shown with `waiting`. */
  readonly leaving: readonly Leaver[];
  /**
   * Those who left before, in their order; then those of whom the state remembers nothing; then, with `attempt`, declared users whom an
   * earlier call may have suspended.
   */
  readonly waiting: readonly Leaver[];
  /** Of the removed and the added ids, and of those who are due. */
  readonly resolutions: ReadonlyMap<string, Resolution>;
  /** Why the change is refused; empty if it may be carried out. */
  readonly refusals: readonly Refusal[];
  /** Whether the look-ups can be trusted. In a wrong pool, everybody seems to be gone. */
  readonly isRightPool: boolean;
}

/**
 * Decides the fate of everybody whom a change of a set concerns: those who leave, those who wait, and declared users whom the set may have
 * locked out. It looks them up unless they are known, looks up absent ones again, and checks the deletions against the guards, the operator's
 * limit and the signs of a wrong pool. Deletes nobody.
 * Plan and apply of both resource types begin with it.
 *
 * @param approved given at apply
 */
export async function decideChange(
  change: SetChange,
  context: ChangeContext,
  approved?: ApprovedPlan,
): Promise<Decision> {
  const difference = change.difference ?? diffUserSets(change.prior, change.declared);
  const { removed } = difference;
  const before = new Map(waitingAfterDelay(change).map((user) => [user.id, user]));
  const earlier = [...before.values()].filter(({ id }) => !removed.has(id));
  const due = earlier.flatMap(({ isDue, userId }) => (isDue ? [userId] : []));
  const key = keyInRun(change, removed.keys(), due);
  const countInRun = (isAllOrNothing: boolean) => (deletions: number) =>
    context.runLimit(key, deletions, isAllOrNothing);
  const { leaving, resolutions, wrongPool } = await decideRemoved(change, difference, context, approved);
  const refusals = wrongPool
    ? [wrongPool]
    : [...refuseNeverBound(change, leaving), ...refuseByLimits(change, leaving, countInRun(false))];
  const decision = {
    leaving: leaving.map((leaver): Leaver => {
      const waiting = before.get(leaver.id);
      return waiting ? { ...leaver, waiting: { ...waiting, isDue: false } } : leaver;
    }),
    refusals,
    isRightPool: wrongPool === undefined,
  };
  // An apply that is refused changes nothing.
  if (approved && refusals.length > 0) return { ...decision, waiting: [], resolutions };
  const { leavers, users } = await decideWaiting(change, earlier, resolutions, context, approved);
  const hold = context.holdDueDeletions
    ? OPERATORS_HOLD
    : findHold(change, { leaving, waiting: leavers }, countInRun(true));
  const returned = await attemptsOfLost(change, context, approved);
  const attempts = new Map([...returned, ...(change.attempts ?? [])]);
  const suspects = await decideAttempts({ ...change, attempts }, removed, resolutions, context, approved);
  const suspected = new Set(suspects.map(({ id }) => id));
  const lost = (change.lost ?? []).flatMap((id): Leaver[] =>
    suspected.has(id) ? [] : [{ id, label: "", fate: noCall({ kind: "release_lost" }) }],
  );
  return {
    ...decision,
    waiting: [
      ...leavers.map((leaver) => reactivateApproved(deleteApproved(leaver, hold, approved), approved)),
      ...lost,
      ...suspects.map((leaver) => reactivateApproved(leaver, approved)),
    ],
    resolutions: new Map([...resolutions, ...resolutionsOfDue(leavers, users)]),
  };
}

const OPERATORS_HOLD = "this pipeline holds due deletions (GENAUTH_DUE_DELETIONS=hold).";

async function decideRemoved(
  change: SetChange,
  { removed, added }: UserSetDifference,
  context: ChangeContext,
  approved: ApprovedPlan | undefined,
): Promise<Pick<Decision, "leaving" | "resolutions"> & { readonly wrongPool?: Refusal | undefined }> {
  const { type, prior, declared, bindings, retained, suspendDays = 0 } = change;
  const { lookUps, stop, progress, protectedUsers } = context;
  const options = (doing: string) => ({ stop, onProgress: progress?.begin(doing) });
  const ids = [...removed.keys()];
  const firstLook = await lookUps.resolve(
    [...ids, ...added.keys()],
    type,
    options("looking up removed and added users"),
  );
  const resolutions = await confirmAbsent(ids, firstLook, type, lookUps, context);
  if (ids.length === 0) return { leaving: [], resolutions };
  const boundUsers = await lookUps.resolve(
    boundIdsToLookUp(ids, type, bindings ?? new Map<string, string>(), resolutions),
    UserIdType.USER_ID,
    options("looking up earlier users of removed ids"),
  );
  const suspends = suspendDays > 0;
  const leaving = decideLeavers({
    type,
    removed,
    declared,
    added: added.keys(),
    retained,
    suspends,
    isPlanned: approved && ((id) => approved.allows(id, suspends ? "suspend" : "delete")),
    protectedUsers,
    bindings,
    resolutions,
    boundUsers,
  });
  const wrongPool = await detectWrongPoolAtRemoval({
    // Without bindings, all users of the prior set count as known.
    knownIds: bindings ?? prior,
    bindings: type === UserIdType.USER_ID ? undefined : bindings,
    removed: ids,
    declared: declared.keys(),
    resolutions,
    boundUsers,
    lookUp: (some) => lookUps.resolve(some, type, options("looking up a sample of remaining users")),
  });
  return { leaving, resolutions, wrongPool: context.acceptEmptyPool ? undefined : wrongPool };
}

/**
 * The users who wait, later by the days that the change adds to those that each waits for already. Days that were taken away since, and come
 * back, add nothing: a commit that is reverted and applied again would postpone without end.
 */
function waitingAfterDelay({ waiting = [], suspendDays = 0 }: SetChange): readonly WaitingUser[] {
  return waiting.map((user) => {
    const later = suspendDays - user.days;
    if (later <= 0) return user;
    return { ...user, deleteFrom: postpone(user.deleteFrom, later), days: suspendDays, isDue: false };
  });
}

/** A user who is due waits on if there is a hold, or if nobody has approved the deletion. */
function deleteApproved(
  leaver: Leaver,
  hold: string | undefined,
  approved: ApprovedPlan | undefined,
): Leaver {
  if (leaver.fate.kind !== "delete") return leaver;
  const because = hold ?? (approved?.allows(leaver.id, "delete") === false ? NOT_PLANNED : undefined);
  return because === undefined ? leaver : { ...leaver, fate: noCall({ kind: "wait_passed_over", because }) };
}

/** A user whose reactivation nobody has approved waits on. */
function reactivateApproved(leaver: Leaver, approved: ApprovedPlan | undefined): Leaver {
  if (leaver.fate.kind !== "reactivate" || approved?.allows(leaver.id, "reactivate") !== false) return leaver;
  return { ...leaver, fate: noCall({ kind: "return_not_planned" }) };
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

/** A set that never found any user has no bindings, so removed users would keep their accounts without a message. */
function refuseNeverBound(
  { type, prior, bindings, allowMissingUsers }: SetChange,
  leaving: readonly Leaver[],
): Refusal[] {
  const never = leaving.filter((leaver) => reasonOf(leaver)?.kind === "never_found");
  if (never.length === 0 || bindings?.size !== 0 || allowMissingUsers) return [];
  const ids = never.map(({ id }) => id);
  return [
    {
      summary: `None of the ${count(prior.size, "user")} of this set was ever found in GenAuth`,
      detail:
        `The removed users may still have accounts, under ids of another type than ${type} or in another user pool, and would keep them:\n` +
        `${describeIds(ids, prior)}\nNobody was deleted. Check user_id_type, the host and the access key id. If these users were never created, set allow_missing_users = true for this change.`,
      attribute: "users",
    },
  ];
}

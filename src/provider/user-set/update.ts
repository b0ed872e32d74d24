import { error, UNKNOWN, type Diagnostic, type StateResponse } from "../../plugin";
import {
  applyRemovals,
  countDeletions,
  DeleteBy,
  DeletionRun,
  describeDueSurvivors,
  describeHarmed,
  describeNotOurs,
  describeNotReactivated,
  describeWaiting,
  isSameUserId,
  isUnchanged,
  keptRemovals,
  NOT_DELETED,
  NOT_SUSPENDED,
  reactivateUsers,
  removalsOf,
  suspendUsers,
  type WaitingMessage,
  type ReactivationResult,
  type Removal,
  type RemovalOf,
  type RemovalResult,
  type Survivor,
  type SuspensionResult,
  type Waiting,
  type WaitingUser,
  type WaitReason,
} from "../../users";
import { notKnownAtApply, refusalDiagnostics, setWarning } from "./diagnostics";
import { diffSet, idTypeOf, suspendDaysOf, usersOf, type Change } from "./model";
import { decodePrivateData } from "./private-data";
import { isPlannedDeletion, lateChecks, planSetRemovals, type SetUpdate } from "./removals";
import type { UserSetModel, userSetSchema } from "./schema";
import { stateAfter } from "./updated-state";
import { dueRemovals, keepLate, planWaiting, waitingUsersOf, type WaitingPlan } from "./waiting";

type Response = StateResponse<typeof userSetSchema>;

/**
 * Deletes the removed users that may be deleted, reads back until they are gone, and puts survivors back into the state, so
 * that the next plan shows them again.
 */
export async function updateUserSet(prior: UserSetModel, change: Change): Promise<Response> {
  const { planned, config, privateData, context } = change;
  const held = usersOf(prior) ?? new Map<string, string>();
  const declared = usersOf(planned);
  if (!declared) return notKnownAtApply(prior, privateData);

  const data = decodePrivateData(privateData, held.keys());
  const difference = diffSet(held, declared, data.newcomers);
  const update = { prior, planned, declared, difference, config, data, context };
  const plan = await planSetRemovals(update, true);
  const { resolutions, refusals } = plan;
  if (refusals.length > 0) return { state: prior, privateData, diagnostics: refusalDiagnostics(refusals) };

  const { pool, stop, logger, progress } = context;
  const waiting =
    planned.suspended === UNKNOWN
      ? await planWaiting(update, resolutions, countDeletions(plan.removals), true)
      : undefined;
  const isSuspending = suspendDaysOf(planned) > 0;
  const tell = progress.begin("deleting users");
  const due = waiting ? dueRemovals(waiting) : [];
  const atOnce = isSuspending
    ? plan.removals.filter(({ outcome }) => outcome.kind !== "delete")
    : plan.removals;
  const deletion = await applyRemovals(
    [...atOnce, ...due],
    pool && {
      ...pool,
      type: idTypeOf(prior),
      ...(planned.delete_by === DeleteBy.USER_ID && { deleteBy: DeleteBy.USER_ID }),
      ...lateChecks(update),
      stop,
      onProgress: ({ gone, survivors, kept, total }) => tell({ done: gone + survivors + kept, total }),
    },
  );
  // After the deletions, so that nothing takes time between their look-up and their call.
  const status = await changeStatuses(
    update,
    waiting,
    isSuspending ? removalsOf(plan.removals, "delete") : [],
  );
  const isDue = new Set(due.map(({ id }) => id));
  const survivors = [
    ...deletion.survivors.filter(({ id }) => !isDue.has(id)),
    ...(status?.suspension.survivors ?? []),
  ];
  logger.info("user set applied", {
    removed: plan.removals.length,
    gone: deletion.gone.length,
    suspended: status?.suspension.waiting.length ?? 0,
    survivors: survivors.length,
    declared: declared.size,
  });
  const settled = waiting && keepLate(waiting, deletion, context);
  const notSuspended = keptRemovals(status?.suspension.kept ?? []);
  const removals = [...deletion.removals.filter(({ id }) => !isDue.has(id)), ...notSuspended];
  const waitingUsers = waitingAfter(update, settled, status, { ...deletion, removals });
  const suspensionEndings = isSuspending
    ? endSuspensions(plan.removals, status, deletion)
    : new Map<string, string>();
  const after = stateAfter({
    ...update,
    removals,
    removed: plan.removals.length,
    resolutions,
    survivors,
    isSuspending,
    deletionEndings: deletion.endings,
    suspensionEndings,
    waiting: waitingUsers,
    check: pool?.incremental,
  });
  const dueSurvivors = deletion.survivors.filter(({ id }) => isDue.has(id));
  const results = waitingResults(dueSurvivors, status);
  return {
    ...after,
    diagnostics: [...after.diagnostics, ...notCarriedOut(update, settled), ...results],
  };
}

/** What became of the statuses that this change sets. */
interface StatusChanges {
  readonly suspension: SuspensionResult;
  readonly reactivation: ReactivationResult;
}

/** Reactivates users who are declared again, and suspends those who leave. `undefined` if no pool can be reached. */
async function changeStatuses(
  update: SetUpdate,
  waiting: WaitingPlan | undefined,
  leaving: readonly RemovalOf<"delete">[],
): Promise<StatusChanges | undefined> {
  const { prior, planned, context, data } = update;
  const { pool, stop } = context;
  if (!pool) return undefined;
  const run = new DeletionRun({ ...pool, type: idTypeOf(prior), ...lateChecks(update), stop });
  const returned = waiting?.waiting.flatMap(({ user, outcome }) =>
    outcome.kind === "reactivate" ? [user] : [],
  );
  const { firstReactivation, firstSuspension, readFullUsers } = pool;
  const reactivation = await reactivateUsers(run, returned ?? [], {
    first: firstReactivation,
    readFullUsers,
  });
  const failed = [...reactivation.failed, ...(waiting?.waiting.flatMap(notLookedUp) ?? [])];
  const suspension = await suspendUsers(
    run,
    leaving.map(({ id, label, outcome: { userId } }) => ({ id, label, userId })),
    { days: suspendDaysOf(planned), seen: data.seen, first: firstSuspension, readFullUsers },
  );
  const shadowed = waiting?.shadowed ?? [];
  const continued = suspension.waiting.map((user) => continueWaiting(user, shadowed));
  return { suspension: { ...suspension, waiting: continued }, reactivation: { ...reactivation, failed } };
}

/** A user who is declared again, and of whom this apply does not know enough to reactivate anybody. */
function notLookedUp({ user: { id, label }, outcome }: Waiting): Survivor[] {
  const why = outcome.kind === "waits" ? outcome.why : undefined;
  if (why?.kind !== "undecided" || !why.isDeclared) return [];
  return [{ id, label, reason: why.failure.message, failure: why.failure }];
}

/** The users who wait after the apply. */
function waitingAfter(
  update: SetUpdate,
  plan: WaitingPlan | undefined,
  status: StatusChanges | undefined,
  { gone, survivors, removals }: Pick<RemovalResult, "gone" | "survivors" | "removals">,
): WaitingUser[] {
  // The engine holds the apply to a known `suspended`: only its dates may have been postponed.
  if (!plan) return [...waitingUsersOf(update).users];
  const isGone = new Set(gone);
  const isFailed = new Set(status?.reactivation.failed.map(({ id }) => id));
  const stay = plan.waiting.filter(({ user: { id }, outcome }) => {
    switch (outcome.kind) {
      case "waits":
        return true;
      case "due":
        return !isGone.has(id);
      case "reactivate":
        return isFailed.has(id);
      case "released":
      case "gone":
        return false;
    }
  });
  const suspended = status?.suspension.waiting ?? [];
  const isSuspended = new Set(suspended.map(({ id }) => id));
  const isKept = new Set(removalsOf(removals, "kept").flatMap(keptForGood));
  const shadowed = plan.shadowed.filter(
    ({ id }) => !(isGone.has(id) || isSuspended.has(id) || isKept.has(id)),
  );
  const isTried = new Set(survivors.flatMap(({ id, mayBeDeleted }) => (mayBeDeleted ? [id] : [])));
  const waiting = stay.map(({ user, outcome }): WaitingUser =>
    outcome.kind === "due" && isTried.has(user.id) ? { ...user, isDeletionTried: true } : user,
  );
  return [...waiting, ...shadowed, ...suspended];
}

/** A user who is still declared under another id waits on for the reactivation; others who are kept are not to be deleted later. */
function keptForGood({ id, outcome: { reason } }: RemovalOf<"kept">): string[] {
  return reason.kind === "declared_as" ? [] : [id];
}

/**
 * A user who was declared again, was not reactivated, and leaves once more: waits the full days from now, and this set suspended
 * the user if it did before and nobody has changed the status since.
 */
function continueWaiting(user: WaitingUser, shadowed: readonly WaitingUser[]): WaitingUser {
  const before = shadowed.find(({ id }) => id === user.id);
  if (!before || !isSameUserId(before.userId, user.userId)) return user;
  const deleteFrom = before.deleteFrom > user.deleteFrom ? before.deleteFrom : user.deleteFrom;
  return { ...user, deleteFrom, isOurs: user.isOurs || (before.isOurs && isUnchanged(before, user)) };
}

/** How each removed id ended, in the words of the `suspensions` attribute. */
function endSuspensions(
  removals: readonly Removal[],
  status: StatusChanges | undefined,
  { endings }: Pick<RemovalResult, "endings">,
): Map<string, string> {
  const waiting = new Map(status?.suspension.waiting.map((user) => [user.id, user]));
  return new Map(
    removals.map(({ id }): [string, string] => {
      const user = waiting.get(id);
      if (user) return [id, user.isOurs ? "suspended" : "not suspended by this set"];
      const ending = endings.get(id);
      return [id, ending === undefined || ending === NOT_DELETED ? NOT_SUSPENDED : ending];
    }),
  );
}

/** Tells who is released, perhaps only since the plan, and why users whose deletion or reactivation the plan shows were passed over. */
function notCarriedOut({ planned }: SetUpdate, plan: WaitingPlan | undefined): Diagnostic[] {
  const changed = (plan?.waiting ?? []).filter(
    ({ user, outcome }) =>
      outcome.kind === "released" ||
      (outcome.kind !== "due" && user.isDue && isPlannedDeletion(planned, user.id)) ||
      (outcome.kind === "waits" && isPassedOver(outcome.why)),
  );
  return warnOfWaiting(describeWaiting(changed));
}

/** Whether the user is declared again, and this apply could not tell whether to reactivate the user. */
function isPassedOver(why: WaitReason | undefined): boolean {
  return (why?.kind === "absent" || why?.kind === "no_status") && why.isDeclared === true;
}

function warnOfWaiting(message: WaitingMessage | undefined): Diagnostic[] {
  return message ? [setWarning(message.summary, message.detail, message.ids)] : [];
}

/** What an apply has to report about users who waited. */
function waitingResults(due: readonly Survivor[], status: StatusChanges | undefined): Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  const { failed = [], harmed = [], released = [] } = status?.reactivation ?? {};
  if (harmed.length > 0) {
    const { summary, detail } = describeHarmed(harmed);
    diagnostics.push(error(summary, detail));
  }
  if (failed.length > 0) {
    const { summary, detail } = describeNotReactivated(failed);
    diagnostics.push(error(summary, detail));
  }
  const message = describeWaiting(
    released.map(({ user, reason }) => ({ user, outcome: { kind: "released", reason } })),
  );
  const notOurs = status?.suspension.waiting.filter(({ isOurs }) => !isOurs) ?? [];
  diagnostics.push(...warnOfWaiting(message), ...warnOfWaiting(describeNotOurs(notOurs)));
  if (due.length > 0) {
    const { summary, detail } = describeDueSurvivors(due);
    diagnostics.push(error(summary, detail));
  }
  return diagnostics;
}

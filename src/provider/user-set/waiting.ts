import { createHash } from "node:crypto";
import { UNKNOWN, type Diagnostic } from "../../plugin";
import { checkDeletionLimit, LedgerError } from "../../operator";
import {
  count,
  describePlan,
  describeWaiting,
  evaluateWaiting,
  isSameUserId,
  NOT_DELETED,
  postpone,
  UserLookUps,
  type DirectoryUser,
  type KeptUser,
  type ReleaseReason,
  type Removal,
  type RemovalResult,
  type Resolution,
  type Waiting,
  type WaitingOutcome,
  type WaitingUser,
} from "../../users";
import type { ProviderContext } from "../context";
import { setWarning } from "./diagnostics";
import { datesIn, idTypeOf, retainedOf, suspendDaysOf } from "./model";
import { isPlannedDeletion, NOT_KNOWN_YET, type SetUpdate } from "./removals";
import type { UserSetModel } from "./schema";

/** What a change does to the users of a set who wait for their deletion. */
export interface WaitingPlan {
  /** In the order of the state's `suspended`. */
  readonly waiting: readonly Waiting[];
  /** Ids in the state's `suspended` that the private data does not know. */
  readonly lost: readonly string[];
  /** Users whose id leaves `users` in this change as well: the removal of that id decides. */
  readonly shadowed: readonly WaitingUser[];
}

/** The users who wait, by the state and its private data, with the days that the change adds. */
export function waitingUsersOf({ prior, planned, difference, data }: SetUpdate): Omit<
  WaitingPlan,
  "waiting"
> & {
  readonly users: readonly WaitingUser[];
} {
  const later = Math.max(0, suspendDaysOf(planned) - suspendDaysOf(prior));
  const users: WaitingUser[] = [];
  const lost: string[] = [];
  const shadowed: WaitingUser[] = [];
  for (const [id, date] of datesIn(prior)) {
    const record = data.waiting.get(id);
    if (!record) lost.push(id);
    else {
      const user = { id, ...record, deleteFrom: later > 0 ? postpone(date, later) : date };
      if (difference.removed.has(id)) shadowed.push({ ...user, isDue: false });
      else users.push(later > 0 ? { ...user, isDue: false } : user);
    }
  }
  return { users, lost, shadowed };
}

/**
 * Decides what happens to the users of a set who wait.
 *
 * @param resolutions of the added ids
 * @param leaving how many users leave the set in this change
 * @param atApply looks users who are due up again, and deletes nobody whom the plan does not delete
 */
export async function planWaiting(
  update: SetUpdate,
  resolutions: ReadonlyMap<string, Resolution>,
  leaving: number,
  atApply = false,
): Promise<WaitingPlan> {
  const { users, lost, shadowed } = waitingUsersOf(update);
  if (users.length === 0) return { waiting: [], lost, shadowed };
  const { prior, planned, declared, data, context } = update;
  const { pool, protectedUsers, operatorProtected, stop, progress } = context;
  const waiting = await evaluateWaiting(
    {
      type: idTypeOf(prior),
      waiting: users,
      declared,
      bindings: data.bindings,
      resolutions,
      retained: retainedOf(planned),
      protectedUsers,
      isDeclaredElsewhere: (user) =>
        !operatorProtected.match(user) && protectedUsers.match(user) !== undefined,
    },
    { lookUps: pool?.lookUps ?? new UserLookUps(NOT_KNOWN_YET), stop, progress, fresh: atApply },
  );
  const held = whyHeld(update, waiting, leaving);
  return {
    waiting: waiting.map((one) => {
      if (one.outcome.kind !== "due") return one;
      const by = held ?? (atApply && !isPlannedDeletion(planned, one.user.id) ? NOT_PLANNED : undefined);
      return by === undefined ? one : { ...one, outcome: { kind: "waits", why: { kind: "held", by } } };
    }),
    lost,
    shadowed,
  };
}

const NOT_PLANNED =
  "the plan did not delete them, so nobody has reviewed their deletion. Plan again and review the new plan.";

/** Why nobody who is due is deleted: a limit would be exceeded, or the operator holds due deletions. */
function whyHeld(update: SetUpdate, waiting: readonly Waiting[], leaving: number): string | undefined {
  const due = waiting.filter(({ outcome }) => outcome.kind === "due");
  if (due.length === 0) return undefined;
  const { planned, context, prior } = update;
  const { limits, ledger } = context;
  if (limits.holdDueDeletions) return "this pipeline holds due deletions (GENAUTH_DUE_DELETIONS=hold).";
  const most = planned.max_deletions;
  if (typeof most === "number" && due.length + leaving > most) {
    const are = due.length === 1 ? "is" : "are";
    const leave = leaving === 1 ? "leaves" : "leave";
    const also = leaving > 0 ? ` and ${leaving} ${leave} the set` : "";
    return `${count(due.length, "user")} ${are} due${also}, more than max_deletions (${most}). All of them wait until it is raised to at least ${due.length + leaving}.`;
  }
  if (limits.maxDeletions === undefined) return undefined;
  // All who are marked, though some may be released since the plan: plan and apply of one run count under the same key.
  const users = waiting.flatMap(({ user }) => (user.isDue ? [user.userId] : [])).sort();
  const digest = createHash("sha256").update(JSON.stringify(users)).digest("hex").slice(0, 16);
  const key = `${typeof prior.id === "string" ? prior.id : ""} due ${digest}`;
  try {
    const [problem] = checkDeletionLimit(ledger(key, due.length, limits.maxDeletions), limits);
    return problem && `${problem.detail} All of them wait.`;
  } catch (cause) {
    if (!(cause instanceof LedgerError)) throw cause;
    return cause.message;
  }
}

/** The same plan once it is carried out, with an outcome for users who were due and were kept right before their call. */
export function keepLate(
  plan: WaitingPlan,
  { kept }: Pick<RemovalResult, "kept">,
  context: ProviderContext,
): WaitingPlan {
  const reasons = new Map(kept.map(({ id, reason }) => [id, reason]));
  const waiting = plan.waiting.map((one): Waiting => {
    const reason = reasons.get(one.user.id);
    if (one.outcome.kind !== "due" || !reason) return one;
    return { ...one, outcome: outcomeOfKept(one.outcome.user, reason, context) };
  });
  return { ...plan, waiting };
}

function outcomeOfKept(
  user: DirectoryUser,
  reason: KeptUser["reason"],
  { operatorProtected }: ProviderContext,
): WaitingOutcome {
  const release = (why: ReleaseReason): WaitingOutcome => ({ kind: "released", reason: why });
  switch (reason.kind) {
    case "retained":
      return release(reason);
    case "status_changed": {
      const { status } = reason;
      if (status === undefined) return { kind: "waits", why: { kind: "no_status" } };
      return release({ kind: "status_changed", status, declared: false });
    }
    case "rebound":
    case "moved":
      return release({ kind: "id_changed", user: reason.user });
    case "several": {
      const other = reason.users.find(({ userId }) => !isSameUserId(userId, user.userId));
      return release({ kind: "id_changed", user: other ?? user });
    }
    case "protected":
      // Declared again, as far as is known: the next plan reactivates the user, if this set suspended the user.
      return operatorProtected.matchId(reason.id, reason.type)
        ? release(reason)
        : { kind: "waits", why: { kind: "held", by: DECLARED_BY_NOW } };
  }
}

const DECLARED_BY_NOW =
  "protected_users names them by now, so another set declares them by now. The next plan shows what becomes of them.";

/** The users who are deleted because their day has come, and those who wait although it has, as removals. */
export function dueRemovals({ waiting }: WaitingPlan): readonly Removal[] {
  return waiting.flatMap(({ user: { id, label, userId, status, statusChangedAt }, outcome }): Removal[] => {
    if (outcome.kind !== "due") return [];
    const heldStatus = {
      ...(status !== undefined && { status }),
      ...(statusChangedAt !== undefined && { statusChangedAt }),
    };
    const name = outcome.user.name ?? outcome.user.username;
    return [
      { id, label, outcome: { kind: "delete", userId, heldStatus, ...(name !== undefined && { name }) } },
    ];
  });
}

/**
 * The elements of `removals` for users whose day had come at the last refresh. Plan and apply have the same ids, because a refresh alone
 * marks them, and the engine refuses an element that turns out to be gone.
 */
export function plannedDue({ waiting }: WaitingPlan): [id: string, value: string | typeof UNKNOWN][] {
  return waiting.flatMap(({ user, outcome }): [string, string | typeof UNKNOWN][] =>
    user.isDue ? [[user.id, outcome.kind === "due" ? UNKNOWN : NOT_DELETED]] : [],
  );
}

/** The users who are due, as look-ups by id, for the check against other sets. */
export function dueResolutions({ waiting }: WaitingPlan): [id: string, resolution: Resolution][] {
  return waiting.flatMap(({ user: { id, userId }, outcome }): [string, Resolution][] =>
    outcome.kind === "due" ? [[id, { kind: "found", userId, user: outcome.user }]] : [],
  );
}

/** Whether an apply may change `suspended` beyond postponed dates. */
function isWaitingChanged({ waiting, lost, shadowed }: WaitingPlan, context: ProviderContext): boolean {
  if (lost.length + shadowed.length > 0) return true;
  // Protected users, or a pool, that are not known yet may turn out to be declared again.
  if (waiting.length > 0 && !(context.protectedUsersKnown && context.pool)) return true;
  return waiting.some(({ outcome }) => outcome.kind !== "waits");
}

/**
 * `suspended` in a plan: unknown if somebody is to be suspended, deleted or reactivated, because a call may fail. A date that is
 * known at plan would differ from the one at apply.
 */
export function plannedSuspended(
  update: SetUpdate,
  plan: WaitingPlan,
  isSuspending: boolean,
): UserSetModel["suspended"] {
  if (isSuspending || isWaitingChanged(plan, update.context)) return UNKNOWN;
  const { suspended } = update.prior;
  if (suspended === null || plan.waiting.length === 0) return suspended;
  return new Map(plan.waiting.map(({ user: { id, deleteFrom } }) => [id, deleteFrom]));
}

/** What a reviewer has to read about the users who wait. */
export function waitingDiagnostics(plan: WaitingPlan, kept: number): Diagnostic[] {
  const due = dueRemovals(plan);
  const diagnostics: Diagnostic[] = [];
  if (due.length > 0) {
    const { summary, detail } = describePlan({ removals: due, kept, isBinding: true });
    const ids = due.map(({ id }) => id);
    diagnostics.push(setWarning(summary, detail, ids));
  }
  const message = describeWaiting(plan.waiting, plan.lost);
  if (message) diagnostics.push(setWarning(message.summary, message.detail, message.ids));
  return diagnostics;
}

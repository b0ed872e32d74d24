import { type CallOptions, CallRun } from "../calls/call-run";
import { reactivateUsers, suspendUsers } from "../calls/change-status";
import { deleteUsers, type DeletionProgress } from "../calls/delete-users";
import { type Ending, type LateKeepReason, type LateReason, survive } from "../calls/ending";
import type { FirstSuspension } from "../calls/first-suspension";
import { isSameUserId } from "../ids/id-types";
import { markOf } from "../status";
import { dateOf } from "../waiting-user";
import type { DecidedChange } from "./decide";
import {
  type EndedLeaver,
  type Endings,
  type Fate,
  type Leaver,
  leaversWith,
  meaningOf,
  noCall,
  reasonOf,
} from "../fate";
import { ProtectedUsers } from "./protection";
import { byMatch, reasonWords } from "../messages/reason-words";
import type { ChangeContext, SetChange } from "./set-change";
import { NO_STATUS, RELEASED } from "./waiting";

/** How the calls of a change are made. */
export interface ChangeCalls extends Pick<
  CallOptions,
  "directory" | "maxAttempts" | "confirmWithinMs" | "deleteBy" | "record" | "sleep"
> {
  /**
   * Suspends the first user of the process alone; needed if a user may be suspended. All changes of the
   * process share it.
   */
  readonly firstSuspension?: FirstSuspension;
  /** Reports the progress of the deletions, at the start and after each 50 users. */
  readonly onProgress?: (progress: DeletionProgress) => void;
}

/**
 * Carries out what was decided without a refusal: deletes users, gives others their status back, suspends
 * others, and reads back what GenAuth shows. A user who could not be looked up, or whose fate nobody has
 * reviewed, is left alone and becomes a survivor.
 *
 * @param calls absent if no pool can be reached yet
 */
export async function carryOut(
  change: SetChange,
  { leaving, waiting }: DecidedChange,
  context: ChangeContext,
  calls: ChangeCalls | undefined,
): Promise<Endings> {
  const ended = new Map<Leaver, Ending>();
  if (calls) {
    const options = callOptions(change, context, calls);
    const run = new CallRun(options);
    // Deletions first, so that nothing takes time between their look-up and their call. They have a run of
    // their own: a key that may not delete may still suspend, and give a status back.
    const deleted = await deleteLeavers([...leaving, ...waiting], options);
    const reactivated = await reactivate(run, waiting);
    const suspended = await suspend(run, leaving, change, calls);
    for (const [leaver, ending] of [...deleted, ...reactivated, ...suspended]) ended.set(leaver, ending);
  }
  const endingsOf = (leavers: readonly Leaver[]): EndedLeaver[] =>
    leavers.map((leaver) => endLeaver(leaver, ended.get(leaver) ?? endWithoutCall(leaver), context));
  return { leaving: endingsOf(leaving), waiting: endingsOf(waiting) };
}

/** A leaver with the ending, and with the fate that the look-up right before the call left. */
function endLeaver(leaver: Leaver, ending: Ending, context: ChangeContext): EndedLeaver {
  if (ending.kind !== "unchanged" || !ending.because) return { ...leaver, ending };
  const left = { ...leaver, fate: fateAfterLook(leaver, ending.because, context) };
  return { ...left, ending: endWithoutCall(left) };
}

type EndedCalls = readonly (readonly [leaver: Leaver, ending: Ending])[];

/** How the calls of a change are made, and who is kept right before them. */
type CallsOfChange = CallOptions & Pick<ChangeCalls, "onProgress">;

function callOptions(
  { type, retained }: SetChange,
  context: ChangeContext,
  calls: ChangeCalls,
): CallsOfChange {
  const retainedIds = ProtectedUsers.of(new Map([[type, retained]]));
  return {
    ...calls,
    type,
    // The operator's id first: it keeps the user for good, and what another set declares may change.
    findProtectedId: (user) => context.operatorProtected?.match(user) ?? context.protectedUsers.match(user),
    isRetained: (user) => retainedIds.match(user) !== undefined,
    stop: context.stop,
  };
}

async function deleteLeavers(leavers: readonly Leaver[], options: CallsOfChange): Promise<EndedCalls> {
  const users = leaversWith(leavers, "delete").map((leaver) => {
    const { id, label, fate } = leaver;
    return { id, label, userId: fate.userId, due: fate.due, leaver };
  });
  if (users.length === 0) return [];
  return [...(await deleteUsers({ ...options, users }))].map(([{ leaver }, ending]) => [leaver, ending]);
}

async function reactivate(run: CallRun, waiting: readonly Leaver[]): Promise<EndedCalls> {
  const users = leaversWith(waiting, "reactivate").map((leaver) => {
    const { id, label, fate } = leaver;
    return { id, label, userId: fate.user.userId, ...markOf(fate.user), leaver };
  });
  return [...(await reactivateUsers(run, users))].map(([{ leaver }, ending]) => [leaver, ending]);
}

async function suspend(
  run: CallRun,
  leaving: readonly Leaver[],
  { suspendDays: days }: SetChange,
  { firstSuspension: first }: ChangeCalls,
): Promise<EndedCalls> {
  const users = leaversWith(leaving, "suspend").map((leaver) => {
    const { id, label, fate } = leaver;
    return { id, label, userId: fate.userId, leaver };
  });
  if (users.length === 0) return [];
  if (!first) throw new Error("A set that suspends users needs to know the first suspension of the process.");
  return [...(await suspendUsers(run, users, { days, first }))].map(([{ leaver }, ending]) => [
    leaver,
    ending,
  ]);
}

/** The fate of a user without a call, by what the look-up right before the call showed (P9, P10, P14). */
function fateAfterLook({ fate }: Leaver, because: LateReason, context: ChangeContext): Fate {
  switch (because.kind) {
    case "status_changed":
      return because.status === undefined ? NO_STATUS : RELEASED.changed(because);
    case "day_not_come":
      return noCall({ kind: "held", because: dayNotCome(because.deleteFrom, because.serviceTime) });
    default: {
      // The reason itself is enough for somebody who leaves with this change.
      const isDue = fate.kind === "delete" && fate.due !== undefined;
      return isDue ? fateOfDue(fate.userId, because, context) : noCall(because);
    }
  }
}

/** The fate of a user who waited until the day, and whom the set does not delete any more. */
function fateOfDue(userId: string, because: LateKeepReason, { operatorProtected }: ChangeContext): Fate {
  switch (because.kind) {
    case "retained":
      return RELEASED.retained;
    case "rebound":
    case "moved":
      return RELEASED.otherId(because.user);
    case "several": {
      const other = because.users.find((user) => !isSameUserId(user.userId, userId));
      return RELEASED.otherId(other ?? { userId, identities: [] });
    }
    case "protected":
      // Declared again, as far as is known: the next plan reactivates the user, if this set suspended the
      // user.
      return !operatorProtected || operatorProtected.matchId(because.id, because.type)
        ? RELEASED.protected(byMatch(because))
        : noCall({ kind: "held", because: DECLARED_BY_NOW });
  }
}

const DECLARED_BY_NOW =
  "another set declares them meanwhile: protected_users, or an id that the other set adds, names them. The next plan shows what becomes of them.";

function dayNotCome(deleteFrom: string, now: number | undefined): string {
  const day = dateOf(Date.parse(deleteFrom));
  return now === undefined
    ? `GenAuth's answers hold no Date header, so nobody can tell whether the day ${day} has come.`
    : `GenAuth's clock says ${dateOf(now)}, and their day is ${day}. It said another time to the refresh before. Plan again with a refresh.`;
}

/** How it ended without a call. */
function endWithoutCall(leaver: Leaver): Ending {
  const reason = reasonOf(leaver);
  // Somebody who is declared, and still suspended.
  const isAwaited = reason?.kind === "uncertain" && leaver.returns === true;
  if (!reason || !(isAwaited || meaningOf(leaver).failsRun)) return { kind: "unchanged" };
  return "failure" in reason
    ? survive(reason.failure.message, reason.failure)
    : survive(reasonWords(reason).sentence);
}

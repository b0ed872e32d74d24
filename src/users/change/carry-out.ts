import { type CallOptions, CallRun, type LateKeepReason } from "../calls/call-run";
import { deleteUsers, type DeletionProgress } from "../calls/delete-users";
import { ArchiveReader, type UserArchive } from "../calls/archive";
import { FirstChange } from "../calls/first-change";
import { reactivateUsers, type SuspensionOptions, suspendUsers } from "../calls/suspend-users";
import { isSameUserId } from "../ids/id-types";
import { markOf } from "../status";
import { dateOf, type WaitingUser } from "../waiting-user";
import type { Decision } from "./decide";
import type { ChangeContext, SetChange } from "./set-change";
import {
  type EndedLeaver,
  type Ending,
  type Endings,
  type Fate,
  type Leaver,
  leaversWith,
  meaningOf,
  noCall,
  reasonOf,
} from "./fate";
import { ProtectedUsers } from "./protection";
import { byMatch, reasonWords } from "./reasons";
import { NO_STATUS, RELEASED } from "./waiting";

/** How the calls of a change are made. */
export interface ChangeCalls
  extends
    Pick<
      CallOptions,
      "directory" | "maxAttempts" | "confirmWithinMs" | "deleteBy" | "record" | "archive" | "sleep"
    >,
    Partial<Pick<SuspensionOptions, "readFullUsers">> {
  /** Checks the first suspension of the process; needed if a user may be suspended. */
  readonly firstSuspension?: SuspensionOptions["first"];
  /** The same for the first reactivation. */
  readonly firstReactivation?: SuspensionOptions["first"];
  /** Reports the progress of the deletions, at the start and after each 50 users. */
  readonly onProgress?: (progress: DeletionProgress) => void;
}

/**
 * What all changes of one process share: the first change of a status in it is checked, and whom it has deleted is not taken for somebody whom
 * another call has deleted.
 *
 * @param archive the pool's archive of deleted users
 */
export function shareCalls(archive: UserArchive) {
  const findings = {};
  return {
    archive: new ArchiveReader(archive),
    firstSuspension: new FirstChange("Suspended", findings),
    firstReactivation: new FirstChange("Activated", findings),
  } satisfies Partial<ChangeCalls>;
}

/**
 * Carries a decision without refusals out: deletes users, gives others their status back, suspends others, and reads back what GenAuth shows.
 * A user who could not be looked up, or whose fate nobody has reviewed, is left alone and becomes a survivor.
 *
 * @param calls absent if no pool can be reached yet
 */
export async function carryOut(
  change: SetChange,
  { leaving, waiting }: Decision,
  context: ChangeContext,
  calls: ChangeCalls | undefined,
): Promise<Endings> {
  const ended = new Map<Leaver, EndedLeaver>();
  if (calls) {
    const options = callOptions(change, context, calls);
    const run = new CallRun(options);
    // Deletions first, so that nothing takes time between their look-up and their call. They have a run of their own: a key that may not
    // delete may still suspend, and give a status back.
    for (const [leaver, end] of [
      ...(await deleteLeavers([...leaving, ...waiting], options, context)),
      ...(await reactivate(run, waiting, calls)),
      ...(await suspend(run, leaving, change, calls)),
    ])
      ended.set(leaver, { ...leaver, ...end });
  }
  const endingsOf = (leavers: readonly Leaver[]): EndedLeaver[] =>
    leavers.map((leaver) => ended.get(leaver) ?? untouched(leaver));
  return { leaving: endingsOf(leaving), waiting: endingsOf(waiting) };
}

/** How it ended for a leaver, with the fate that it turned out to be if it is another one. */
type Ended = [leaver: Leaver, end: { readonly ending: Ending; readonly fate?: Fate }];

/** Whoever was left alone right before the call. */
function leftAlone(leaver: Leaver, fate: Fate): Ended {
  return [leaver, { ending: UNCHANGED, fate }];
}

const UNCHANGED: Ending = { kind: "unchanged" };

function callOptions({ type, retained }: SetChange, context: ChangeContext, calls: ChangeCalls) {
  const retainedIds = ProtectedUsers.of(new Map([[type, retained]]));
  return {
    ...calls,
    type,
    // The operator's id first: it keeps the user for good, and what another set declares may change.
    findProtectedId: (user) => context.operatorProtected?.match(user) ?? context.protectedUsers.match(user),
    isRetained: (user) => retainedIds.match(user) !== undefined,
    stop: context.stop,
  } satisfies CallOptions;
}

async function deleteLeavers(
  leavers: readonly Leaver[],
  options: ReturnType<typeof callOptions>,
  context: ChangeContext,
): Promise<Ended[]> {
  const users = leaversWith(leavers, "delete").map((leaver) => {
    const { id, label, fate, waiting } = leaver;
    return { id, label, userId: fate.userId, due: fate.expectedStatus && waiting, leaver };
  });
  if (users.length === 0) return [];
  return [...(await deleteUsers({ ...options, users }))].map(([{ leaver }, ending]) =>
    ending.kind === "kept"
      ? leftAlone(leaver, fateOfKept(leaver, ending.reason, context))
      : [leaver, { ending }],
  );
}

/** The fate of a user who was kept right before the call that was to delete the user. */
function fateOfKept(leaver: Leaver, reason: LateKeepReason, { operatorProtected }: ChangeContext): Fate {
  // Only users whose day has come must still have a status. All others leave with this change, also if they wait already.
  const isDue = leaver.fate.kind === "delete" && leaver.fate.expectedStatus !== undefined;
  if (!isDue || !leaver.waiting) return keptFate(leaver, reason);
  const { userId } = leaver.waiting;
  switch (reason.kind) {
    case "retained":
      return RELEASED.retained;
    case "day_not_come":
      return noCall({ kind: "held", because: dayNotCome(leaver.waiting, reason.serviceTime) });
    case "status_changed":
      return reason.status === undefined ? NO_STATUS : RELEASED.changed(reason);
    case "rebound":
    case "moved":
      return RELEASED.otherId(reason.user);
    case "several":
      return RELEASED.otherId(
        reason.users.find((user) => !isSameUserId(user.userId, userId)) ?? { userId, identities: [] },
      );
    case "protected":
      // Declared again, as far as is known: the next plan reactivates the user, if this set suspended the user.
      return !operatorProtected || operatorProtected.matchId(reason.id, reason.type)
        ? RELEASED.protected(byMatch(reason))
        : noCall({ kind: "held", because: DECLARED_BY_NOW });
  }
}

function keptFate({ fate }: Leaver, reason: LateKeepReason): Fate {
  return reason.kind === "status_changed" || reason.kind === "day_not_come" ? fate : noCall(reason);
}

function dayNotCome({ deleteFrom }: WaitingUser, now: number | undefined): string {
  const day = dateOf(Date.parse(deleteFrom));
  return now === undefined
    ? `GenAuth's answers hold no Date header, so nobody can tell whether the day ${day} has come.`
    : `GenAuth's clock says ${dateOf(now)}, and their day is ${day}. It said another time to the refresh before. Plan again with a refresh.`;
}

const DECLARED_BY_NOW =
  "another set declares them meanwhile: protected_users, or an id that the other set adds, names them. The next plan shows what becomes of them.";

async function reactivate(run: CallRun, waiting: readonly Leaver[], calls: ChangeCalls): Promise<Ended[]> {
  const users = leaversWith(waiting, "reactivate").map((leaver) => {
    const { userId } = leaver.fate.user;
    return { ...leaver, userId, ...markOf(leaver.fate.user), leaver };
  });
  if (users.length === 0) return [];
  const options = checkedBy(calls.firstReactivation, calls);
  return [...(await reactivateUsers(run, users, options))].map(([{ leaver }, ending]) => {
    return ending.kind === "released" ? leftAlone(leaver, RELEASED.changed(ending)) : [leaver, { ending }];
  });
}

async function suspend(
  run: CallRun,
  leaving: readonly Leaver[],
  { suspendDays: days = 0 }: SetChange,
  calls: ChangeCalls,
): Promise<Ended[]> {
  const users = leaversWith(leaving, "suspend").map((leaver) => ({ ...leaver, ...leaver.fate, leaver }));
  if (users.length === 0) return [];
  const options = { days, ...checkedBy(calls.firstSuspension, calls) };
  return [...(await suspendUsers(run, users, options))].map(([{ id, label, leaver }, ending]) => {
    if (ending.kind === "kept") return leftAlone(leaver, keptFate(leaver, ending.reason));
    if (ending.kind === "survivor") return [leaver, { ending }];
    return [leaver, { ending: { kind: "suspended", user: { id, label, ...ending.user } } }];
  });
}

/** How the first change of the process to a status is checked. */
function checkedBy(first: FirstChange | undefined, { readFullUsers }: ChangeCalls) {
  if (!first || !readFullUsers)
    throw new Error("A set that suspends or reactivates users needs the calls for it.");
  return { first, readFullUsers };
}

/** How it ended without a call. */
function untouched(leaver: Leaver): EndedLeaver {
  const reason = reasonOf(leaver);
  // Somebody who is declared, and still suspended.
  const isAwaited = reason?.kind === "uncertain" && leaver.returns === true;
  if (!reason || !(isAwaited || meaningOf(leaver).failsRun)) return { ...leaver, ending: UNCHANGED };
  return {
    ...leaver,
    ending:
      "failure" in reason
        ? { kind: "survivor", reason: reason.failure.message, failure: reason.failure }
        : { kind: "survivor", reason: reasonWords(reason).sentence },
  };
}

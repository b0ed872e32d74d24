import { printable } from "../../text";
import { type DirectoryFailure, type DirectoryUser, UserIdType } from "../directory";
import { IdIndex } from "../ids/id-index";
import { mayNameUser, userIdKey } from "../ids/id-types";
import { findArchived } from "../look-up/archive";
import { type Resolution, resolutionOf } from "../look-up/resolution";
import { confirmAbsent, resolveIds } from "../look-up/user-look-ups";
import { isUnchanged, markOf, type StatusMark } from "../status";
import type { WaitingUser } from "../waiting-user";
import { poolName } from "../wording";
import { type Fate, type Leaver, noCall } from "../fate";
import { DeclaredAnywhere } from "./protection";
import { byMatch } from "../messages/reason-words";
import type { ChangeContext, DecisionBasis } from "./set-change";

/**
 * Decides what happens to each user who waits, by one look-up of the system user id. A user is deleted or
 * reactivated only if the status is still the one with which the user began to wait (docs/guides/trust.md,
 * P10). In case of uncertainty the user waits on (S6, S8, S11).
 *
 * @param waiting those who left before this change
 * @returns each with a fate, in the given order; and what their look-ups found, by system user id
 */
export async function decideWaiting(
  { change, context, resolutions, approved }: DecisionBasis,
  waiting: readonly WaitingUser[],
): Promise<{ readonly leavers: readonly Leaver[]; readonly users: ReadonlyMap<string, Resolution> }> {
  // The operator may hold since the plan was made, and an engine that plans again before an apply shows no
  // message of that plan.
  const unchanged = ({ isDue }: WaitingUser): Fate =>
    noCall(isDue && context.holdDueDeletions ? HELD : { kind: "wait" });
  if (waiting.length === 0 || approved?.changesWaiting === false)
    return { leavers: waiting.map((user) => leaverOf(user, { fate: unchanged(user) })), users: new Map() };
  const userIds = waiting.map(({ userId }) => userId);
  const doing = "looking up users who wait";
  const look = await resolveIds(context, userIds, UserIdType.USER_ID, doing, approved !== undefined);
  const users = await confirmAbsent(userIds, look, UserIdType.USER_ID, context);
  const shownStatuses = findShownStatuses(waiting, users);
  const known: Known = {
    context,
    type: change.type,
    shownStatuses,
    archived: await findArchivedWaiting(
      waiting.filter(({ status = "" }) => !shownStatuses.has(status)),
      users,
      context,
    ),
    declared: new DeclaredAnywhere({ ...change, resolutions }, context),
    retained: new IdIndex(change.retained, change.type),
  };
  return {
    leavers: waiting.map((user) => leaverOf(user, decide(user, resolutionOf(user.userId, users), known))),
    users,
  };
}

/** Why the operator's setting deletes nobody who is due. */
export const HELD = {
  kind: "held",
  because: "this pipeline holds due deletions (GENAUTH_DUE_DELETIONS=hold).",
} as const;

type Decided = Pick<Leaver, "fate" | "returns">;

/** A user who waits, as a leaver. */
function leaverOf(waiting: WaitingUser, decided: Decided): Leaver {
  const { id, label } = waiting;
  return { id, label, waiting, ...decided };
}

/** What decides about them. */
interface Known {
  readonly context: ChangeContext;
  readonly type: UserIdType;
  /** See {@link findShownStatuses}. */
  readonly shownStatuses: ReadonlySet<string>;
  /** Those of the others whom GenAuth lists as deleted since they were suspended. */
  readonly archived: ReadonlySet<string>;
  readonly declared: DeclaredAnywhere;
  readonly retained: IdIndex;
}

/**
 * The statuses of those whom the look-ups show unchanged: the service does not hide users with these, and it
 * is the right pool. A user with one of them is gone if no look-up shows the user.
 */
function findShownStatuses(
  waiting: readonly WaitingUser[],
  users: ReadonlyMap<string, Resolution>,
): ReadonlySet<string> {
  return new Set(
    waiting.flatMap((user) => {
      const resolution = resolutionOf(user.userId, users);
      const isShown = resolution.kind === "found" && isUnchanged(user, resolution.user);
      return isShown && user.status !== undefined ? [user.status] : [];
    }),
  );
}

/**
 * Of users whom no look-up shows, those who are in the list of deleted users since they began to wait
 * (trust.md, S8).
 */
async function findArchivedWaiting(
  waiting: readonly WaitingUser[],
  users: ReadonlyMap<string, Resolution>,
  { archive, stop }: ChangeContext,
): Promise<ReadonlySet<string>> {
  // The list is read from a time on, so it cannot tell of somebody who began to wait at an unknown one.
  const absent = waiting.filter(
    ({ userId, statusChangedAt = "" }) =>
      users.get(userId)?.kind === "absent" && !Number.isNaN(Date.parse(statusChangedAt)),
  );
  if (!archive || absent.length === 0) return new Set();
  const times = absent.map(({ statusChangedAt = "" }) => Date.parse(statusChangedAt));
  return await findArchived(
    archive,
    absent.map(({ userId }) => userId),
    times.reduce((earliest, time) => Math.min(earliest, time)),
    stop,
  );
}

function decide(waiting: WaitingUser, resolution: Resolution, known: Known): Decided {
  const { id, userId, status = "" } = waiting;
  const { declared, retained, shownStatuses, archived } = known;
  if (retained.matchId(id) !== undefined) return { fate: RELEASED.retained };
  if (resolution.kind === "found") return decideShown(waiting, resolution.user, known);
  const isGone =
    shownStatuses.has(status) || archived.has(userIdKey(userId)) || declared.namesOther(id, userId);
  if (resolution.kind === "absent" && isGone) return { fate: RELEASED.gone };
  const returns = declared.declaresId(id) && !declared.namesOther(id, userId);
  if (resolution.kind === "undecided")
    return { fate: notLookedUp(waiting, returns, resolution.failure), returns };
  return { fate: uncertain(HIDDEN), returns };
}

function decideShown(waiting: WaitingUser, user: DirectoryUser, known: Known): Decided {
  const { type, declared, retained, context } = known;
  const { protectedUsers, operatorProtected } = context;
  if (retained.match(user)) return { fate: RELEASED.retained };
  // The guard, which knows the operator's file only, does not let a call for such a user pass either.
  const byOperator = operatorProtected?.match(user);
  if (byOperator) return { fate: RELEASED.protected(byMatch(byOperator)) };
  const returns = declared.declares(user);
  if (user.status === undefined) return { fate: NO_STATUS, returns };
  if (!isUnchanged(waiting, user)) return { fate: RELEASED.changed(user), returns };
  if (returns) {
    const protectedBy = declared.idOf(user) === undefined ? protectedUsers.match(user) : undefined;
    return {
      fate: waiting.isOurs ? { kind: "reactivate", user, protectedBy } : RELEASED.notOurs(user),
      returns,
    };
  }
  const failure = declared.findUncertainty(user);
  if (failure) return { fate: notLookedUp(waiting, returns, failure) };
  const protectedId = protectedUsers.match(user) ?? protectedUsers.matchId(waiting.id, type);
  if (protectedId) return { fate: RELEASED.protected(byMatch(protectedId)) };
  if (declared.matchId(waiting.id) !== undefined || !mayNameUser(waiting.id, type, user))
    return { fate: RELEASED.otherId(user) };
  if (!waiting.isDue) return { fate: noCall({ kind: "wait" }) };
  const { userId, name = user.username } = user;
  const due = { ...markOf(waiting), deleteFrom: waiting.deleteFrom };
  return { fate: { kind: "delete", userId, due, name } };
}

/**
 * The fate of somebody whose look-up failed. If the day has come, that is the failure of a deletion, as for
 * those who leave: an apply looks once more, and fails if it cannot (S6).
 */
function notLookedUp({ isDue }: WaitingUser, returns: boolean, failure: DirectoryFailure): Fate {
  return isDue && !returns
    ? noCall({ kind: "not_looked_up", failure })
    : uncertain(printable(failure.message));
}

function uncertain(why: string): Fate {
  return noCall({ kind: "uncertain", because: `Neither deleted nor reactivated, and wait on: ${why}` });
}

const HIDDEN =
  "GenAuth's look-ups show nobody who waits with this status, and no list of archived users names these. So they may be hidden, or gone. If they are gone, put their ids into retained_ids for one apply.";
/** The fate of somebody whose status GenAuth does not show. */
export const NO_STATUS = uncertain(
  "GenAuth does not show their status, so nobody can tell whether somebody has changed it.",
);

function released(because: string, note?: string): Fate {
  return noCall({ kind: "released", because, note });
}

/** Why a set neither deletes nor reactivates somebody any more who waited. */
export const RELEASED = {
  gone: noCall({
    kind: "released",
    because: "Gone: no look-up finds these suspended users any more.",
    isGone: true,
  }),
  retained: released(
    "Released because the id is in retained_ids. They keep their account and stay suspended.",
  ),
  protected: (note: string) =>
    released("Released because the user is protected. They keep their account and stay suspended.", note),
  changed: ({ status }: StatusMark) =>
    released(
      "Released because somebody has changed their status, or set it again, since they left. They keep their account and that status.",
      status === undefined ? "" : `status ${printable(status)}`,
    ),
  otherId: (user: DirectoryUser) =>
    released(
      "Released because the id names somebody else now, or the user has another id. The suspended user keeps the account and stays suspended.",
      `user ${printable(user.userId)}: ${poolName(user)}`,
    ),
  notOurs: ({ status = "" }: StatusMark) =>
    released(
      "Declared again or protected, but not reactivated by this set, because it is not certain that it suspended them. If they should have access, reactivate them in GenAuth.",
      `status ${printable(status)}`,
    ),
  lost: released(
    "Released: the state does not say whom these ids named when they were suspended, because its private data is missing. They keep the status that they have now. To delete one of them later, declare the id, apply, and remove it again.",
  ),
} as const;

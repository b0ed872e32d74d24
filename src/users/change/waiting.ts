import { type DirectoryFailure, type DirectoryUser, UserIdType } from "../directory";
import { IdIndex } from "../ids/id-index";
import { isSameUserId, mayNameUser } from "../ids/id-types";
import { type Resolution, resolutionOf } from "../look-up/resolution";
import { resolveIds } from "../look-up/user-look-ups";
import { isUnchanged, markOf, type StatusMark } from "../status";
import type { WaitingUser } from "../waiting-user";
import { type Fate, type Leaver, noCall } from "./fate";
import { DeclaredAnywhere, type ProtectedMatch } from "./protection";
import type { ChangeContext, DecisionBasis } from "./set-change";

/**
 * Decides what happens to each user who waits: looks all of them up by system user id, and those who are due, or not shown, by their
 * declared id as well. A user is deleted only if both show the same user with the status unchanged. In case of uncertainty the user waits on.
 *
 * @param waiting those who left before this change
 * @returns each with a fate, in the given order; and what their look-ups found, by system user id
 */
export async function decideWaiting(
  { change, context, resolutions, approved }: DecisionBasis,
  waiting: readonly WaitingUser[],
): Promise<{ readonly leavers: readonly Leaver[]; readonly users: ReadonlyMap<string, Resolution> }> {
  // The operator may hold since the plan was made, and an engine that plans again before an apply shows no message of that plan.
  const unchanged = ({ isDue }: WaitingUser): Fate =>
    noCall(isDue && context.holdDueDeletions ? HELD : { kind: "wait" });
  if (waiting.length === 0 || approved?.changesWaiting === false)
    return { leavers: waiting.map((user) => leaverOf(user, unchanged(user))), users: new Map() };
  const { type, retained } = change;
  const look = async (ids: readonly string[], by: UserIdType) =>
    await resolveIds(context, ids, by, "looking up users who wait", approved !== undefined);
  const userIds = waiting.map(({ userId }) => userId);
  const users = await look(userIds, UserIdType.USER_ID);
  const doubtful = waiting.filter((user) => user.isDue || resolutionOf(user.userId, users).kind === "absent");
  const ids = doubtful.map(({ id }) => id);
  const known: Known = {
    context,
    type,
    users,
    named: type === UserIdType.USER_ID ? users : await look(ids, type),
    declared: new DeclaredAnywhere({ ...change, resolutions }, context),
    retainedIds: new IdIndex(retained, type),
  };
  return { leavers: waiting.map((user) => leaverOf(user, decideWaitingUser(user, known))), users };
}

/** Why the operator's setting deletes nobody who is due. */
export const HELD = {
  kind: "wait_passed_over",
  because: "this pipeline holds due deletions (GENAUTH_DUE_DELETIONS=hold).",
} as const;

/** A user who waits, as a leaver. */
function leaverOf(waiting: WaitingUser, fate: Fate): Leaver {
  const { id, label } = waiting;
  return { id, label, fate, waiting };
}

/** What decides about them. */
interface Known {
  readonly context: ChangeContext;
  readonly type: UserIdType;
  /** By system user id. */
  readonly users: ReadonlyMap<string, Resolution>;
  /** By declared id, of those who are due or not shown. */
  readonly named: ReadonlyMap<string, Resolution>;
  readonly declared: DeclaredAnywhere;
  readonly retainedIds: IdIndex;
}

function decideWaitingUser(waiting: WaitingUser, known: Known): Fate {
  if (known.retainedIds.matchId(waiting.id) !== undefined) return noCall({ kind: "release_retained" });
  const resolution = resolutionOf(waiting.userId, known.users);
  if (resolution.kind === "found") return decideShownUser(waiting, resolution.user, known);
  // Otherwise two users would wait under one id once the new holder leaves, and one of them would be lost.
  if (known.declared.namesOther(waiting.id, waiting.userId)) return noCall({ kind: "release_new_account" });
  const isDeclared = known.declared.declaresId(waiting.id);
  if (resolution.kind === "undecided") return notLookedUp(resolution.failure, isDeclared);
  if (resolution.kind === "absent") {
    if (waiting.isDeletionTried) return noCall({ kind: "release_gone" });
    const other = known.named.get(waiting.id);
    // The id passed on, so the former owner, hidden or gone, does not have it any more.
    if (other?.kind === "found" && !isSameUserId(other.userId, waiting.userId))
      return noCall({ kind: "release_id_changed", user: other.user });
  }
  return noCall({ kind: isDeclared ? "return_hidden" : "wait_hidden" });
}

function decideShownUser(waiting: WaitingUser, user: DirectoryUser, known: Known): Fate {
  const { type, declared, context } = known;
  const { protectedUsers } = context;
  if (known.retainedIds.match(user)) return noCall({ kind: "release_retained" });
  // The guard, which knows the operator's file only, does not let a call for such a user pass either.
  const byOperator = context.operatorProtected?.match(user);
  if (byOperator) return noCall({ ...byOperator, kind: "release_protected" });
  if (declared.idOf(user) !== undefined) return decideReturned(waiting, user);
  if (declared.declares(user)) return decideReturned(waiting, user, protectedUsers.match(user));
  const uncertain = declared.findUncertainty(user);
  if (uncertain) return notLookedUp(uncertain, false);
  if (declared.matchId(waiting.id) !== undefined) return noCall({ kind: "release_new_account" });
  const protectedId = protectedUsers.match(user) ?? protectedUsers.matchId(waiting.id, type);
  if (protectedId) return noCall({ ...protectedId, kind: "release_protected" });
  if (user.status === undefined) return noCall({ kind: "wait_no_status" });
  if (!isUnchanged(waiting, user))
    return noCall({ kind: "release_status_changed", ...otherStatus(waiting, user) });
  return waiting.isDue ? decideDue(waiting, user, known) : noCall({ kind: "wait" });
}

function decideReturned(waiting: WaitingUser, user: DirectoryUser, protectedBy?: ProtectedMatch): Fate {
  if (user.status === undefined) return noCall({ kind: "return_no_status" });
  if (!isUnchanged(waiting, user))
    return noCall({ kind: "release_return_changed", ...otherStatus(waiting, user) });
  return waiting.isOurs
    ? { kind: "reactivate", user, protectedBy }
    : noCall({ kind: "release_not_ours", status: user.status });
}

function decideDue(waiting: WaitingUser, user: DirectoryUser, { type, named }: Known): Fate {
  const { userId } = waiting;
  const resolution = resolutionOf(type === UserIdType.USER_ID ? userId : waiting.id, named);
  if (resolution.kind === "undecided") return notLookedUp(resolution.failure, false);
  // A look-up that lags may miss a user who still has the id.
  if (resolution.kind === "absent" && mayNameUser(waiting.id, type, user))
    return noCall({ kind: "wait_hidden" });
  const holder = resolution.kind === "found" ? resolution.user : user;
  if (resolution.kind !== "found" || !isSameUserId(holder.userId, userId))
    return noCall({ kind: "release_id_changed", user: holder });
  return { kind: "delete", userId, expectedStatus: markOf(waiting), name: user.name ?? user.username };
}

function notLookedUp(failure: DirectoryFailure, isDeclared: boolean): Fate {
  return noCall({ kind: isDeclared ? "return_not_looked_up" : "wait_not_looked_up", failure });
}

/** What a reason says of a status that is not the one with which the user began to wait. */
export function otherStatus(before: StatusMark, { status = "" }: StatusMark) {
  return { status, isSame: status === before.status };
}

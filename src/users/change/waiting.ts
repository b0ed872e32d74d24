import type { DirectoryFailure, DirectoryUser } from "../directory";
import { IdIndex } from "../ids/id-index";
import { isSameUserId, mayNameUser } from "../ids/id-types";
import { type Resolution, resolutionOf } from "../look-up/resolution";
import { isUnchanged, markOf, type StatusMark } from "../status";
import { UserIdType } from "../user-id-type";
import type { WaitingUser } from "../waiting-user";
import { type Fate, type Leaver, noCall } from "./fate";
import { isDeclaredElsewhere, isIdDeclaredElsewhere, type ProtectedMatch, StillDeclared } from "./protection";
import type { ChangeContext, ApprovedPlan, SetChange } from "./set-change";

/** Those who wait, each with a fate, in the given order. */
export interface DecidedWaiting {
  readonly leavers: readonly Leaver[];
  /** What their look-ups found, by system user id. */
  readonly users: ReadonlyMap<string, Resolution>;
}

/**
 * Decides what happens to each user who waits: looks all of them up by system user id, and those who are due, or not shown, by their
 * declared id as well. A user is deleted only if both show the same user with the status unchanged. In case of uncertainty the user waits on.
 *
 * @param waiting those who left before this change
 * @param resolutions the current user of each added id
 * @param approved given at apply. If it changes nothing for them, all of them wait on
 */
export async function decideWaiting(
  change: SetChange,
  waiting: readonly WaitingUser[],
  resolutions: ReadonlyMap<string, Resolution>,
  context: ChangeContext,
  approved: ApprovedPlan | undefined,
): Promise<DecidedWaiting> {
  if (waiting.length === 0 || approved?.changesWaiting === false)
    return { leavers: waiting.map((user) => leaverOf(user, noCall({ kind: "wait" }))), users: new Map() };
  const { lookUps, stop, progress } = context;
  const { type, retained } = change;
  const fresh = approved !== undefined;
  const options = { stop, fresh, onProgress: progress?.begin("looking up users who wait") };
  const users = await lookUps.resolve(
    waiting.map(({ userId }) => userId),
    UserIdType.USER_ID,
    options,
  );
  const isNamed = ({ isDue, userId }: WaitingUser): boolean =>
    isDue || resolutionOf(userId, users).kind === "absent";
  const ids = waiting.filter(isNamed).map(({ id }) => id);
  const known: Known = {
    ...context,
    type,
    users,
    named: type === UserIdType.USER_ID ? users : await lookUps.resolve(ids, type, options),
    stillDeclared: new StillDeclared({ ...change, resolutions }),
    retainedIds: new IdIndex(retained, type),
  };
  return { leavers: waiting.map((user) => leaverOf(user, decideWaitingUser(user, known))), users };
}

/** A user who waits, as a leaver. */
function leaverOf(waiting: WaitingUser, fate: Fate): Leaver {
  const { id, label } = waiting;
  return { id, label, fate, waiting };
}

/** What decides about them. */
interface Known extends Pick<ChangeContext, "protectedUsers" | "operatorProtected"> {
  readonly type: UserIdType;
  /** By system user id. */
  readonly users: ReadonlyMap<string, Resolution>;
  /** By declared id, of those who are due or not shown. */
  readonly named: ReadonlyMap<string, Resolution>;
  readonly stillDeclared: StillDeclared;
  readonly retainedIds: IdIndex;
}

function decideWaitingUser(waiting: WaitingUser, context: Known): Fate {
  if (context.retainedIds.matchId(waiting.id) !== undefined) return noCall({ kind: "release_retained" });
  const resolution = resolutionOf(waiting.userId, context.users);
  // Otherwise two users would wait under one id once the new holder leaves, and one of them would be lost.
  if (resolution.kind !== "found" && context.stillDeclared.namesOther(waiting.id, waiting.userId))
    return noCall({ kind: "release_new_account" });
  const { type, stillDeclared, protectedUsers, operatorProtected } = context;
  const isDeclared =
    stillDeclared.matchId(waiting.id) !== undefined ||
    isIdDeclaredElsewhere(waiting.id, type, protectedUsers, operatorProtected);
  switch (resolution.kind) {
    case "undecided":
      return notLookedUp(resolution.failure, isDeclared);
    case "absent": {
      if (waiting.isDeletionTried) return noCall({ kind: "release_gone" });
      const other = context.named.get(waiting.id);
      // The id passed on, so the former owner, hidden or gone, does not have it any more.
      if (other?.kind === "found" && !isSameUserId(other.userId, waiting.userId))
        return noCall({ kind: "release_id_changed", user: other.user });
      return noCall({ kind: isDeclared ? "return_hidden" : "wait_hidden" });
    }
    case "several":
      return noCall({ kind: isDeclared ? "return_hidden" : "wait_hidden" });
    case "found":
      return decideShownUser(waiting, resolution.user, context);
  }
}

function decideShownUser(waiting: WaitingUser, user: DirectoryUser, context: Known): Fate {
  const { type, stillDeclared, retainedIds, protectedUsers, operatorProtected } = context;
  if (retainedIds.match(user)) return noCall({ kind: "release_retained" });
  // The guard, which knows the operator's file only, does not let a call for such a user pass either.
  const byOperator = operatorProtected?.match(user);
  if (byOperator) return noCall({ ...byOperator, kind: "release_protected" });
  if (stillDeclared.idOf(user) !== undefined) return decideReturned(waiting, user);
  if (isDeclaredElsewhere(user, protectedUsers, operatorProtected))
    return decideReturned(waiting, user, protectedUsers.match(user));
  const uncertain = stillDeclared.findUncertainty(user);
  if (uncertain) return notLookedUp(uncertain, false);
  if (stillDeclared.matchId(waiting.id) !== undefined) return noCall({ kind: "release_new_account" });
  const protectedId = protectedUsers.match(user) ?? protectedUsers.matchId(waiting.id, type);
  if (protectedId) return noCall({ ...protectedId, kind: "release_protected" });
  if (user.status === undefined) return noCall({ kind: "wait_no_status" });
  if (!isUnchanged(waiting, user))
    return noCall({ kind: "release_status_changed", ...otherStatus(waiting, user) });
  return waiting.isDue ? decideDue(waiting, user, context) : noCall({ kind: "wait" });
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
  const resolution = resolutionOf(type === UserIdType.USER_ID ? waiting.userId : waiting.id, named);
  switch (resolution.kind) {
    case "undecided":
      return notLookedUp(resolution.failure, false);
    case "found":
      return isSameUserId(resolution.userId, waiting.userId)
        ? deletionOf(waiting, user)
        : noCall({ kind: "release_id_changed", user: resolution.user });
    case "absent":
      // A look-up that lags may miss a user who still has the id.
      return mayNameUser(waiting.id, type, user)
        ? noCall({ kind: "wait_hidden" })
        : noCall({ kind: "release_id_changed", user });
    case "several":
      return noCall({ kind: "release_id_changed", user });
  }
}

function deletionOf(waiting: WaitingUser, user: DirectoryUser): Fate {
  const name = user.name ?? user.username;
  const { userId } = waiting;
  return { kind: "delete", userId, expectedStatus: markOf(waiting), name };
}

function notLookedUp(failure: DirectoryFailure, isDeclared: boolean): Fate {
  return noCall({ kind: isDeclared ? "return_not_looked_up" : "wait_not_looked_up", failure });
}

/** What a reason says of a status that is not the one with which the user began to wait. */
export function otherStatus(
  before: StatusMark,
  { status = "" }: StatusMark,
): { status: string; isSame: boolean } {
  return { status, isSame: status === before.status };
}

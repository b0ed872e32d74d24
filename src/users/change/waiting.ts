import type { DirectoryUser } from "../directory";
import { IdIndex } from "../ids/id-index";
import { isSameUserId, mayNameUser } from "../ids/id-types";
import { type Resolution, resolutionOf } from "../look-up/resolution";
import type { UserLookUps } from "../look-up/user-look-ups";
import type { ProgressWatch } from "../progress";
import { isUnchanged, markOf } from "../status";
import { UserIdType } from "../user-id-type";
import type { WaitingUser } from "../waiting-user";
import type { Fate, Leaver, ReleaseReason } from "./fate";
import { type ProtectedUsers, StillDeclared } from "./protection";

/** What decides about users who wait. */
export interface WaitingRequest {
  readonly type: UserIdType;
  readonly waiting: readonly WaitingUser[];
  /** All ids that are declared after the change, with their labels. */
  readonly declared: ReadonlyMap<string, string>;
  /** The system user id that each declared id named when it was first seen. */
  readonly bindings: ReadonlyMap<string, string>;
  /** The current user of each added id. */
  readonly resolutions: ReadonlyMap<string, Resolution>;
  readonly retained: readonly string[];
  /** Users that no set may delete. */
  readonly protectedUsers: ProtectedUsers;
  /** Tells whether another set of the configuration declares a user, as far as is known. */
  readonly isDeclaredElsewhere: (user: DirectoryUser) => boolean;
}

/** How users who wait are looked up. */
export interface WaitingLookUps {
  readonly lookUps: UserLookUps;
  readonly stop?: AbortSignal;
  readonly progress?: ProgressWatch;
  /** At apply: whether to look up again those who were looked up before. */
  readonly fresh?: boolean;
}

/** Those who wait, each with a fate, in the given order. */
export interface DecidedWaiting {
  readonly leavers: readonly Leaver[];
  /** What their look-ups found, by system user id. */
  readonly users: ReadonlyMap<string, Resolution>;
}

/**
 * Decides what happens to each user who waits: looks all of them up by system user id, and those who are due, or not shown, by their
 * declared id as well. A user is deleted only if both show the same user with the status unchanged. In case of uncertainty the user waits on.
 */
export async function decideWaiting(
  request: WaitingRequest,
  { lookUps, stop, progress, fresh = false }: WaitingLookUps,
): Promise<DecidedWaiting> {
  const { waiting, type } = request;
  if (waiting.length === 0) return { leavers: [], users: new Map() };
  const options = { stop, fresh, onProgress: progress?.begin("looking up users who wait") };
  const users = await lookUps.resolve(
    waiting.map(({ userId }) => userId),
    UserIdType.USER_ID,
    options,
  );
  const isNamed = ({ isDue, userId }: WaitingUser): boolean =>
    isDue || resolutionOf(userId, users).kind === "absent";
  const ids = waiting.filter(isNamed).map(({ id }) => id);
  const named = type === UserIdType.USER_ID ? users : await lookUps.resolve(ids, type, options);
  const context: Context = {
    ...request,
    users,
    named,
    stillDeclared: new StillDeclared(request),
    retainedIds: new IdIndex(request.retained, type),
  };
  return { leavers: waiting.map((user) => leaverOf(user, decideFate(user, context))), users: context.users };
}

/** A user who waits, as a leaver. */
export function leaverOf(waiting: WaitingUser, fate: Fate): Leaver {
  const { id, label } = waiting;
  return { id, label, fate, waiting };
}

interface Context extends WaitingRequest {
  readonly users: ReadonlyMap<string, Resolution>;
  readonly named: ReadonlyMap<string, Resolution>;
  readonly stillDeclared: StillDeclared;
  readonly retainedIds: IdIndex;
}

function decideFate(waiting: WaitingUser, context: Context): Fate {
  if (context.retainedIds.matchId(waiting.id) !== undefined) return release({ kind: "retained" });
  const resolution = resolutionOf(waiting.userId, context.users);
  // Otherwise two users would wait under one id once the new holder leaves, and one of them would be lost.
  if (resolution.kind !== "found" && context.stillDeclared.namesOther(waiting.id, waiting.userId))
    return release({ kind: "new_account" });
  const isDeclared = context.stillDeclared.matchId(waiting.id) !== undefined;
  switch (resolution.kind) {
    case "undecided":
      return { kind: "wait", why: { kind: "undecided", failure: resolution.failure, isDeclared } };
    case "absent": {
      if (waiting.isDeletionTried) return { kind: "gone" };
      const other = context.named.get(waiting.id);
      // The id passed on, so the former owner, hidden or gone, does not have it any more.
      if (other?.kind === "found" && !isSameUserId(other.userId, waiting.userId))
        return release({ kind: "id_changed", user: other.user });
      return { kind: "wait", why: { kind: "absent", isDeclared } };
    }
    case "several":
      return { kind: "wait", why: { kind: "absent", isDeclared } };
    case "found":
      return decideFound(waiting, resolution.user, context);
  }
}

function decideFound(waiting: WaitingUser, user: DirectoryUser, context: Context): Fate {
  const { type, stillDeclared, retainedIds, protectedUsers } = context;
  if (retainedIds.match(user)) return release({ kind: "retained" });
  if (stillDeclared.idOf(user) !== undefined || context.isDeclaredElsewhere(user))
    return decideReturned(waiting, user);
  const uncertain = stillDeclared.findUncertainty(user);
  if (uncertain) return { kind: "wait", why: { kind: "undecided", failure: uncertain } };
  if (stillDeclared.matchId(waiting.id) !== undefined) return release({ kind: "new_account" });
  const protectedId = protectedUsers.match(user) ?? protectedUsers.matchId(waiting.id, type);
  if (protectedId) return release({ kind: "protected", ...protectedId });
  if (user.status === undefined) return withoutStatus(false);
  if (!isUnchanged(waiting, user)) return release(changed(user, false));
  return waiting.isDue ? decideDue(waiting, user, context) : { kind: "wait" };
}

function decideReturned(waiting: WaitingUser, user: DirectoryUser): Fate {
  if (user.status === undefined) return withoutStatus(true);
  if (!isUnchanged(waiting, user)) return release(changed(user, true));
  return waiting.isOurs
    ? { kind: "reactivate", user }
    : release({ kind: "not_ours", status: user.status ?? "" });
}

function decideDue(waiting: WaitingUser, user: DirectoryUser, { type, named }: Context): Fate {
  const resolution = resolutionOf(type === UserIdType.USER_ID ? waiting.userId : waiting.id, named);
  switch (resolution.kind) {
    case "undecided":
      return { kind: "wait", why: { kind: "undecided", failure: resolution.failure } };
    case "found":
      return isSameUserId(resolution.userId, waiting.userId)
        ? deletionOf(waiting, user)
        : release({ kind: "id_changed", user: resolution.user });
    case "absent":
      // A look-up that lags may miss a user who still has the id.
      return mayNameUser(waiting.id, type, user)
        ? { kind: "wait", why: { kind: "absent" } }
        : release({ kind: "id_changed", user });
    case "several":
      return release({ kind: "id_changed", user });
  }
}

function deletionOf(waiting: WaitingUser, user: DirectoryUser): Fate {
  const name = user.name ?? user.username;
  const { userId } = waiting;
  return { kind: "delete", userId, expectedStatus: markOf(waiting), name };
}

function withoutStatus(isDeclared: boolean): Fate {
  return { kind: "wait", why: { kind: "no_status", isDeclared } };
}

function changed(user: DirectoryUser, declared: boolean): ReleaseReason {
  return { kind: "status_changed", status: user.status ?? "", declared };
}

function release(reason: ReleaseReason): Fate {
  return { kind: "release", reason };
}

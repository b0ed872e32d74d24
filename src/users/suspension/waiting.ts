import type { DirectoryFailure, DirectoryUser } from "../directory";
import { IdIndex } from "../ids/id-index";
import { isSameUserId, mayNameUser } from "../ids/id-types";
import { type Resolution, resolutionOf } from "../look-up/resolution";
import type { UserLookUps } from "../look-up/user-look-ups";
import type { ProgressWatch } from "../progress";
import { type ProtectedMatch, type ProtectedUsers, StillDeclared } from "../removal/protection";
import { isUnchanged } from "../status";
import { UserIdType } from "../user-id-type";

/** The status that GenAuth gives users who may log in, and the one that a suspension sets. */
export const ACTIVATED = "Activated";
export const SUSPENDED = "Suspended";

/** The most days for which a set suspends users before it deletes them: long enough for any notice, short enough to come. */
export const MOST_SUSPEND_DAYS = 90;

/** Whether a number can be `suspend_days`. */
export function isSuspendDays(days: number): boolean {
  return Number.isSafeInteger(days) && days >= 0 && days <= MOST_SUSPEND_DAYS;
}

/** A user who left a set with `suspend_days`, and waits for the deletion. */
export interface WaitingUser {
  /** The id by which the set declared the user. */
  readonly id: string;
  /** The label it had while it was declared; may be empty. */
  readonly label: string;
  /** The system user id. */
  readonly userId: string;
  /** The status with which the user began to wait; absent if GenAuth showed none. */
  readonly status?: string;
  /** When that status was set, as GenAuth showed it; absent if GenAuth showed none. */
  readonly statusChangedAt?: string;
  /** Whether this set suspended the user. Nobody else is ever reactivated. */
  readonly isOurs: boolean;
  /** The day from which the user is deleted: RFC 3339, 00:00 UTC. */
  readonly deleteFrom: string;
  /** Whether a refresh found that the day has come by GenAuth's clock. */
  readonly isDue: boolean;
  /** Whether a call may have deleted the user, and no look-up confirmed it. Only then does absence mean that the user is gone. */
  readonly isDeletionTried?: boolean;
}

/** What a change does to a user who waits. */
export type WaitingOutcome =
  /** Nothing yet. `why` says what a reader has to know; absent before the day. */
  | { readonly kind: "waits"; readonly why?: WaitReason }
  /** The day has come, and the user is deleted. */
  | { readonly kind: "due"; readonly user: DirectoryUser }
  /** The user is declared again, and gets the status back that this set took away. */
  | { readonly kind: "reactivate"; readonly user: DirectoryUser }
  /** The set forgets the user, who keeps the account and the status. */
  | { readonly kind: "released"; readonly reason: ReleaseReason }
  /** An earlier apply tried to delete the user, whom no look-up shows any more. */
  | { readonly kind: "gone" };

/** Why a user waits on although something has happened. */
export type WaitReason =
  /** No look-up shows the user. That alone does not mean that the user is gone. */
  | { readonly kind: "absent"; readonly isDeclared?: boolean }
  /** `isDeclared`: the id is declared again, so the user would be reactivated. */
  | { readonly kind: "undecided"; readonly failure: DirectoryFailure; readonly isDeclared?: boolean }
  /** Look-ups show the user without a status, so nobody knows whether somebody has changed it. */
  | { readonly kind: "no_status"; readonly isDeclared?: boolean }
  /** More users are due than a limit allows, or the pipeline holds due deletions. */
  | { readonly kind: "held"; readonly by: string };

/** Why a set forgets a user who waits. */
export type ReleaseReason =
  /** The id is in `retained_user_ids`. */
  | { readonly kind: "retained" }
  | ({ readonly kind: "protected" } & ProtectedMatch)
  /** Declared again, but somebody else suspended the user. */
  | { readonly kind: "not_ours"; readonly status: string }
  /** The id is declared again for a new account of somebody else. */
  | { readonly kind: "new_account" }
  /** Somebody changed the status since. */
  | { readonly kind: "status_changed"; readonly status: string; readonly declared: boolean }
  /** The id names somebody else now, or the user has another id. `user` is whom the id names, or else who has another id. */
  | { readonly kind: "id_changed"; readonly user: DirectoryUser };

/** A user who waits, with what the change does. */
export interface Waiting {
  readonly user: WaitingUser;
  readonly outcome: WaitingOutcome;
}

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
  /** At apply: whether to look up again users who are due. */
  readonly fresh?: boolean;
}

/**
 * Decides what happens to each user who waits: looks all of them up by system user id, and those who are due by their declared
 * id as well. A user is deleted only if both show the same user with the status unchanged. In case of uncertainty the user waits on.
 */
export async function evaluateWaiting(
  request: WaitingRequest,
  { lookUps, stop, progress, fresh = false }: WaitingLookUps,
): Promise<Waiting[]> {
  const { waiting, type } = request;
  if (waiting.length === 0) return [];
  const options = { ...(stop && { stop }), fresh, onProgress: progress?.begin("looking up users who wait") };
  const due = waiting.filter(({ isDue }) => isDue);
  const byUserId = lookUps.resolve(
    waiting.map(({ userId }) => userId),
    UserIdType.USER_ID,
    options,
  );
  const byId =
    type === UserIdType.USER_ID
      ? byUserId
      : lookUps.resolve(
          due.map(({ id }) => id),
          type,
          options,
        );
  const context: Context = {
    ...request,
    users: await byUserId,
    named: await byId,
    stillDeclared: new StillDeclared(request),
    retainedIds: new IdIndex(request.retained, type),
  };
  return waiting.map((user) => ({ user, outcome: evaluate(user, context) }));
}

interface Context extends WaitingRequest {
  readonly users: ReadonlyMap<string, Resolution>;
  readonly named: ReadonlyMap<string, Resolution>;
  readonly stillDeclared: StillDeclared;
  readonly retainedIds: IdIndex;
}

function evaluate(waiting: WaitingUser, context: Context): WaitingOutcome {
  if (context.retainedIds.matchId(waiting.id) !== undefined) return released({ kind: "retained" });
  const resolution = resolutionOf(waiting.userId, context.users);
  // Otherwise two users would wait under one id once the new holder leaves, and one of them would be lost.
  if (resolution.kind !== "found" && context.stillDeclared.namesOther(waiting.id, waiting.userId))
    return released({ kind: "new_account" });
  const isDeclared = context.stillDeclared.matchId(waiting.id) !== undefined;
  switch (resolution.kind) {
    case "undecided":
      return { kind: "waits", why: { kind: "undecided", failure: resolution.failure, isDeclared } };
    case "absent":
      return waiting.isDeletionTried
        ? { kind: "gone" }
        : { kind: "waits", why: { kind: "absent", isDeclared } };
    case "several":
      return { kind: "waits", why: { kind: "absent", isDeclared } };
    case "found":
      return evaluateFound(waiting, resolution.user, context);
  }
}

function evaluateFound(waiting: WaitingUser, user: DirectoryUser, context: Context): WaitingOutcome {
  const { type, stillDeclared, retainedIds, protectedUsers } = context;
  if (retainedIds.match(user)) return released({ kind: "retained" });
  if (stillDeclared.idOf(user) !== undefined || context.isDeclaredElsewhere(user))
    return evaluateReturned(waiting, user);
  const uncertain = stillDeclared.findUncertainty(user);
  if (uncertain) return { kind: "waits", why: { kind: "undecided", failure: uncertain } };
  if (stillDeclared.matchId(waiting.id) !== undefined) return released({ kind: "new_account" });
  const protectedId = protectedUsers.match(user) ?? protectedUsers.matchId(waiting.id, type);
  if (protectedId) return released({ kind: "protected", ...protectedId });
  if (user.status === undefined) return withoutStatus(false);
  if (!isUnchanged(waiting, user)) return released(changed(user, false));
  return waiting.isDue ? evaluateDue(waiting, user, context) : { kind: "waits" };
}

function evaluateReturned(waiting: WaitingUser, user: DirectoryUser): WaitingOutcome {
  if (user.status === undefined) return withoutStatus(true);
  if (!isUnchanged(waiting, user)) return released(changed(user, true));
  return waiting.isOurs
    ? { kind: "reactivate", user }
    : released({ kind: "not_ours", status: user.status ?? "" });
}

function evaluateDue(waiting: WaitingUser, user: DirectoryUser, { type, named }: Context): WaitingOutcome {
  const resolution = resolutionOf(type === UserIdType.USER_ID ? waiting.userId : waiting.id, named);
  switch (resolution.kind) {
    case "undecided":
      return { kind: "waits", why: { kind: "undecided", failure: resolution.failure } };
    case "found":
      return isSameUserId(resolution.userId, waiting.userId)
        ? { kind: "due", user }
        : released({ kind: "id_changed", user: resolution.user });
    case "absent":
      // A look-up that lags may miss a user who still has the id.
      return mayNameUser(waiting.id, type, user)
        ? { kind: "waits", why: { kind: "absent" } }
        : released({ kind: "id_changed", user });
    case "several":
      return released({ kind: "id_changed", user });
  }
}

function withoutStatus(isDeclared: boolean): WaitingOutcome {
  return { kind: "waits", why: { kind: "no_status", isDeclared } };
}

function changed(user: DirectoryUser, declared: boolean): ReleaseReason {
  return { kind: "status_changed", status: user.status ?? "", declared };
}

function released(reason: ReleaseReason): WaitingOutcome {
  return { kind: "released", reason };
}

/** A day in milliseconds. */
const DAY_MS = 24 * 3600 * 1000;

/**
 * The day from which a user is deleted: so many days after a moment, rounded up to 00:00 UTC, so that the users of one apply have
 * one date.
 *
 * @param since milliseconds since 1970, by GenAuth's clock
 * @returns RFC 3339
 */
export function deletionDay(since: number, days: number): string {
  return rfc3339(Math.ceil(since / DAY_MS + days) * DAY_MS);
}

/** Later than any day that a set can wait for, so a mistake. */
const LATEST_TIME = Date.parse("9000-01-01T00:00:00Z");

/**
 * The latest of several times on GenAuth's clock, in milliseconds since 1970. One of them may be outdated, such as the date of an answer
 * that comes out of a cache, and a day that counted from it would come too early.
 *
 * @param times absent ones, and those that are no times, are left out
 */
export function latestTime(...times: readonly (number | undefined)[]): number | undefined {
  const known = times.filter((time) => time !== undefined && time < LATEST_TIME) as readonly number[];
  return known.length === 0 ? undefined : Math.max(...known);
}

/** A date that is later by so many days. */
export function postpone(date: string, days: number): string {
  return rfc3339(Date.parse(date) + days * DAY_MS);
}

function rfc3339(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(".000Z", "Z");
}

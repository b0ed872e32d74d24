import { DAY_MS } from "../waiting-user";
import type { DirectoryUser } from "../directory";
import { type Resolution, resolutionOf } from "../look-up/resolution";
import type { UserLookUps } from "../look-up/user-look-ups";
import { ACTIVATED, isSetBy, SUSPENDED, type SuspensionAttempt } from "../status";
import { UserIdType } from "../user-id-type";
import type { Fate, Leaver, WaitReason } from "./fate";
import { type DeclaredIds, isDeclaredElsewhere, type ProtectedUsers, StillDeclared } from "./protection";

/** What decides about users whom an earlier call of the set may have suspended. */
export interface AttemptRequest extends DeclaredIds {
  /** The calls, by the id that was removed. */
  readonly attempts: ReadonlyMap<string, SuspensionAttempt>;
  /** Ids that were not declared before the change. */
  readonly undeclared: ReadonlySet<string>;
  /** Tells whether another set of the configuration declares a user, as far as is known. */
  readonly isDeclaredElsewhere: (user: DirectoryUser) => boolean;
}

/** How they are looked up. */
export interface AttemptLookUps {
  readonly lookUps: UserLookUps;
  readonly stop?: AbortSignal;
  /** At apply: whether to look up again those who were looked up before. */
  readonly fresh: boolean;
  /** GenAuth's time after the look-ups, in milliseconds since 1970; absent if its answers hold none. */
  readonly now: () => number | undefined;
}

/** For how long after a call look-ups may still show the status before it. Far longer than any lag that was ever seen. */
const LATEST_MS = DAY_MS;

/**
 * Decides about declared users whom an earlier call of the set may have suspended, although no look-up confirmed it. Those whose status and
 * its time are those of the call are reactivated; all others wait, and are named, until their status is another one. Leaves out users who
 * are no longer declared, and those who are certainly not suspended.
 */
export async function decideAttempts(
  request: AttemptRequest,
  { lookUps, stop, fresh, now }: AttemptLookUps,
): Promise<Leaver[]> {
  const { attempts } = request;
  if (attempts.size === 0) return [];
  const userIds = [...attempts.values()].map(({ userId }) => userId);
  const users = await lookUps.resolve(userIds, UserIdType.USER_ID, { stop, fresh });
  const context: Context = { ...request, users, now: now(), stillDeclared: new StillDeclared(request) };
  return [...attempts].flatMap(([id, attempt]) => {
    const fate = decideFate(id, attempt, context);
    return fate ? [suspectOf(id, attempt, fate)] : [];
  });
}

/** A user whom an earlier call may have suspended, as a leaver. */
export function suspectOf(id: string, attempt: SuspensionAttempt, fate: Fate): Leaver {
  return { id, label: attempt.label, fate, attempt };
}

interface Context extends AttemptRequest {
  readonly users: ReadonlyMap<string, Resolution>;
  readonly now: number | undefined;
  readonly stillDeclared: StillDeclared;
}

function decideFate(id: string, attempt: SuspensionAttempt, context: Context): Fate | undefined {
  const { userId } = attempt;
  const { stillDeclared, users } = context;
  const resolution = resolutionOf(userId, users);
  if (resolution.kind !== "found") {
    if (stillDeclared.matchId(id) === undefined || stillDeclared.namesOther(id, userId)) return undefined;
    if (resolution.kind !== "undecided") return waits({ kind: "absent", isDeclared: true });
    return waits({ kind: "undecided", failure: resolution.failure, isDeclared: true });
  }
  const { user } = resolution;
  if (stillDeclared.idOf(user) === undefined && !context.isDeclaredElsewhere(user)) return undefined;
  switch (user.status) {
    case undefined:
      return waits({ kind: "no_status", isDeclared: true });
    case SUSPENDED:
      if (isSetBy(attempt, user)) return { kind: "reactivate", user };
      return waits({ kind: "perhaps_ours", status: user.status });
    case ACTIVATED:
      if (!mayBeLate(attempt, user, context.now)) return undefined;
      // Told once, when the user comes back.
      return context.undeclared.has(id) ? waits({ kind: "unconfirmed" }) : { kind: "wait" };
    default:
      return undefined;
  }
}

function waits(why: WaitReason): Fate {
  return { kind: "wait", why };
}

/** Whether look-ups may still show an active user as the user was before the call. */
function mayBeLate(
  { changedBefore, during }: SuspensionAttempt,
  { statusChangedAt }: DirectoryUser,
  now: number | undefined,
): boolean {
  if (!during || statusChangedAt !== changedBefore) return false;
  return now === undefined || now < during.until + LATEST_MS;
}

/** What tells at a refresh whom a set may have locked out. */
export interface LockedOutRequest extends DeclaredIds {
  /** Whom the set suspended, or may have suspended, by id. */
  readonly suspended: readonly (readonly [id: string, { readonly userId: string }])[];
  /** What their look-ups found, by system user id. */
  readonly users: ReadonlyMap<string, Resolution>;
  /** Users whom no set may delete, and those of them whom the operator protects; the configuration declares the others. */
  readonly protectedUsers: ProtectedUsers;
  readonly operatorProtected: ProtectedUsers;
  /** The ids that the last check found. */
  readonly before: readonly string[];
}

/**
 * Finds users who are suspended, whom the set may have suspended, and who are declared, here or in another set. One who could not be looked
 * up stays what the user was.
 *
 * @returns the ids by which the set knows them
 */
export function findLockedOut({
  suspended,
  users,
  before,
  protectedUsers,
  operatorProtected,
  ...request
}: LockedOutRequest): string[] {
  const stillDeclared = new StillDeclared(request);
  const wasBefore = new Set(before);
  return suspended.flatMap(([id, { userId }]) => {
    const resolution = resolutionOf(userId, users);
    if (resolution.kind !== "found") return wasBefore.has(id) ? [id] : [];
    const { user } = resolution;
    const isOut = user.status === undefined || user.status === SUSPENDED;
    const isDeclared =
      stillDeclared.idOf(user) !== undefined || isDeclaredElsewhere(user, protectedUsers, operatorProtected);
    return isOut && isDeclared ? [id] : [];
  });
}

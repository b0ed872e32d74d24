import { DAY_MS, latestTime } from "../waiting-user";
import type { DirectoryUser } from "../directory";
import { type Resolution, resolutionOf } from "../look-up/resolution";
import { ACTIVATED, isSetBy, SUSPENDED, type SuspensionAttempt } from "../status";
import { UserIdType } from "../user-id-type";
import { type Fate, type Leaver, noCall } from "./fate";
import {
  type DeclaredIds,
  isDeclaredElsewhere,
  isIdDeclaredElsewhere,
  type ProtectedUsers,
  StillDeclared,
} from "./protection";
import type { ChangeContext, ApprovedPlan, SetChange } from "./set-change";

/** For how long after a call look-ups may still show the status before it. Far longer than any lag that was ever seen. */
const LATEST_MS = DAY_MS;

/**
 * Decides about declared users whom an earlier call of the set may have suspended, although no look-up confirmed it. Those whose status and
 * its time are those of the call are reactivated; all others wait, and are named, until their status is another one. Leaves out users who
 * are no longer declared, and those who are certainly not suspended.
 *
 * @param removed the ids that leave with this change
 * @param resolutions the current user of each added id
 * @param approved given at apply. If it changes nothing for them, all of them wait on
 */
export async function decideAttempts(
  change: SetChange,
  removed: ReadonlyMap<string, string>,
  resolutions: ReadonlyMap<string, Resolution>,
  context: ChangeContext,
  approved: ApprovedPlan | undefined,
): Promise<Leaver[]> {
  const { attempts = new Map<string, SuspensionAttempt>(), undeclared = new Set<string>() } = change;
  const suspects = (fateOf: (id: string, attempt: SuspensionAttempt) => Fate | undefined): Leaver[] =>
    [...attempts].flatMap(([id, attempt]) => {
      const fate = fateOf(id, attempt);
      return fate ? [{ id, label: attempt.label, fate, attempt }] : [];
    });
  if (approved?.changesWaiting === false)
    return suspects((id) => (removed.has(id) ? undefined : noCall({ kind: "wait" })));
  if (attempts.size === 0) return [];
  const { lookUps, stop, serviceTime } = context;
  const userIds = [...attempts.values()].map(({ userId }) => userId);
  const fresh = approved !== undefined;
  const users = await lookUps.resolve(userIds, UserIdType.USER_ID, { stop, fresh });
  // GenAuth's time after the look-ups.
  const now = latestTime(serviceTime?.(), change.seen);
  const stillDeclared = new StillDeclared({ ...change, resolutions });
  return suspects((id, attempt) =>
    decideAttempt(id, attempt, { ...context, type: change.type, undeclared, users, now, stillDeclared }),
  );
}

/**
 * Takes users who were in `suspended`, of whom the state remembers nothing more, and who are declared, here or in another set, for users whom
 * a call of the set may have suspended. So they are named as long as they are suspended.
 *
 * @param approved given at apply
 * @returns what is known of them, by the id that was in `suspended`
 */
export async function attemptsOfLost(
  change: SetChange,
  context: ChangeContext,
  approved: ApprovedPlan | undefined,
): Promise<Map<string, SuspensionAttempt>> {
  const { lost = [], declared, type } = change;
  if (lost.length === 0) return new Map();
  const { lookUps, stop, protectedUsers, operatorProtected } = context;
  const resolutions = await lookUps.resolve(lost, type, { stop, fresh: approved !== undefined });
  const stillDeclared = new StillDeclared({ ...change, resolutions });
  return new Map(
    lost.flatMap((id): [string, SuspensionAttempt][] => {
      const resolution = resolutionOf(id, resolutions);
      if (resolution.kind !== "found") return [];
      const { user } = resolution;
      const name = stillDeclared.idOf(user);
      if (name === undefined && !isDeclaredElsewhere(user, protectedUsers, operatorProtected)) return [];
      return [[id, { label: declared.get(name ?? "") ?? "", userId: user.userId }]];
    }),
  );
}

/** What decides about them. */
interface Known extends Pick<ChangeContext, "protectedUsers" | "operatorProtected"> {
  readonly type: UserIdType;
  /** Ids that were not declared before the change. */
  readonly undeclared: ReadonlySet<string>;
  /** By system user id. */
  readonly users: ReadonlyMap<string, Resolution>;
  /** GenAuth's time, in milliseconds since 1970; `undefined` if its answers hold none. */
  readonly now: number | undefined;
  readonly stillDeclared: StillDeclared;
}

function decideAttempt(id: string, attempt: SuspensionAttempt, context: Known): Fate | undefined {
  const { userId } = attempt;
  const { type, stillDeclared, users, protectedUsers, operatorProtected } = context;
  const resolution = resolutionOf(userId, users);
  if (resolution.kind !== "found") {
    const isDeclared =
      stillDeclared.matchId(id) !== undefined ||
      isIdDeclaredElsewhere(id, type, protectedUsers, operatorProtected);
    if (!isDeclared || stillDeclared.namesOther(id, userId)) return undefined;
    if (resolution.kind !== "undecided") return noCall({ kind: "return_hidden" });
    return noCall({ kind: "return_not_looked_up", failure: resolution.failure });
  }
  const { user } = resolution;
  const isDeclared = stillDeclared.idOf(user) !== undefined;
  if (!isDeclared && !isDeclaredElsewhere(user, protectedUsers, operatorProtected)) return undefined;
  const protectedBy = isDeclared ? undefined : protectedUsers.match(user);
  switch (user.status) {
    case undefined:
      return noCall({ kind: "return_no_status" });
    case SUSPENDED:
      if (isSetBy(attempt, user)) return { kind: "reactivate", user, protectedBy };
      return noCall({ kind: "return_unproven", status: user.status });
    case ACTIVATED:
      if (!mayBeLate(attempt, user, context.now)) return undefined;
      // Told once, when the user comes back.
      return noCall({ kind: context.undeclared.has(id) ? "return_unconfirmed" : "return_late" });
    default:
      return undefined;
  }
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

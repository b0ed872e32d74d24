import { DAY_MS, latestTime } from "../waiting-user";
import { type DirectoryUser, UserIdType } from "../directory";
import { type Resolution, resolutionOf } from "../look-up/resolution";
import { resolveIds } from "../look-up/user-look-ups";
import { ACTIVATED, isSetBy, SUSPENDED, type SuspensionAttempt } from "../status";
import { type Fate, type Leaver, noCall } from "./fate";
import { DeclaredAnywhere, type DeclaredIds, type ProtectionSources } from "./protection";
import type { ChangeContext, DecisionBasis } from "./set-change";

const DOING = "looking up users who may be suspended";

/** For how long after a call look-ups may still show the status before it. Far longer than any lag that was ever seen. */
const LATEST_MS = DAY_MS;

/**
 * Decides about those whom the set may have suspended without knowing it: declared users of whom an earlier call is not confirmed, and whoever
 * was in `suspended`, and of whom the state remembers nothing. Of the latter, whoever is declared, here or in another set, is taken for one of
 * the former, and so is named as long as the suspension lasts. All others are released.
 *
 * @param removed the ids that leave with this change
 * @returns first those who are released
 */
export async function decideSuspects(
  basis: DecisionBasis,
  removed: ReadonlyMap<string, string>,
): Promise<Leaver[]> {
  const { change } = basis;
  const attempts = new Map([...(await attemptsOfLost(basis)), ...(change.attempts ?? [])]);
  const suspects = await decideAttempts({ ...basis, change: { ...change, attempts } }, removed);
  const suspected = new Set(suspects.map(({ id }) => id));
  const lost = (change.lost ?? []).filter((id) => !suspected.has(id));
  const release = noCall({ kind: "release_lost" });
  return [...lost.map((id): Leaver => ({ id, label: "", fate: release })), ...suspects];
}

/** What is known of declared users of whom nothing is remembered, by the id that was in `suspended`. */
async function attemptsOfLost({
  change,
  context,
  approved,
}: DecisionBasis): Promise<Map<string, SuspensionAttempt>> {
  const { lost = [], declared, type } = change;
  const found = new Map<string, SuspensionAttempt>();
  if (lost.length === 0) return found;
  const resolutions = await resolveIds(context, lost, type, DOING, approved !== undefined);
  const anywhere = new DeclaredAnywhere({ ...change, resolutions }, context);
  for (const id of lost) {
    const resolution = resolutionOf(id, resolutions);
    if (resolution.kind !== "found" || !anywhere.declares(resolution.user)) continue;
    const { user } = resolution;
    found.set(id, { label: declared.get(anywhere.idOf(user) ?? "") ?? "", userId: user.userId });
  }
  return found;
}

/**
 * Decides about declared users whom an earlier call of the set may have suspended, although no look-up confirmed it. Those whose status and
 * its time are those of the call are reactivated; all others wait, and are named, until their status is another one. Leaves out users who
 * are no longer declared, and those who are certainly not suspended.
 *
 * @param removed the ids that leave with this change
 */
export async function decideAttempts(
  { change, context, resolutions, approved }: DecisionBasis,
  removed: ReadonlyMap<string, string>,
): Promise<Leaver[]> {
  const attempts = [...(change.attempts ?? [])];
  if (approved?.changesWaiting === false)
    return attempts
      .filter(([id]) => !removed.has(id))
      .map(([id, attempt]) => leaverOf(id, attempt, noCall({ kind: "wait" })));
  if (attempts.length === 0) return [];
  const userIds = attempts.map(([, { userId }]) => userId);
  const users = await resolveIds(context, userIds, UserIdType.USER_ID, DOING, approved !== undefined);
  const known: Known = {
    context,
    undeclared: change.undeclared ?? new Set(),
    users,
    // After the look-ups.
    now: latestTime(context.serviceTime?.(), change.seen),
    declared: new DeclaredAnywhere({ ...change, resolutions }, context),
  };
  return attempts.flatMap(([id, attempt]) => {
    const fate = decideAttempt(id, attempt, known);
    return fate ? [leaverOf(id, attempt, fate)] : [];
  });
}

function leaverOf(id: string, attempt: SuspensionAttempt, fate: Fate): Leaver {
  return { id, label: attempt.label, fate, attempt };
}

/** What decides about them. */
interface Known {
  readonly context: ChangeContext;
  /** Ids that were not declared before the change. */
  readonly undeclared: ReadonlySet<string>;
  /** By system user id. */
  readonly users: ReadonlyMap<string, Resolution>;
  /** GenAuth's time, in milliseconds since 1970; `undefined` if its answers hold none. */
  readonly now: number | undefined;
  readonly declared: DeclaredAnywhere;
}

function decideAttempt(id: string, attempt: SuspensionAttempt, known: Known): Fate | undefined {
  const { declared } = known;
  const resolution = resolutionOf(attempt.userId, known.users);
  if (resolution.kind === "found")
    return declared.declares(resolution.user) ? decideShown(id, attempt, resolution.user, known) : undefined;
  if (!declared.declaresId(id) || declared.namesOther(id, attempt.userId)) return undefined;
  if (resolution.kind !== "undecided") return noCall({ kind: "return_hidden" });
  return noCall({ kind: "return_not_looked_up", failure: resolution.failure });
}

function decideShown(
  id: string,
  attempt: SuspensionAttempt,
  user: DirectoryUser,
  { declared, undeclared, now, context }: Known,
): Fate | undefined {
  switch (user.status) {
    case undefined:
      return noCall({ kind: "return_no_status" });
    case SUSPENDED: {
      if (!isSetBy(attempt, user)) return noCall({ kind: "return_unproven", status: user.status });
      const protectedBy = declared.idOf(user) === undefined ? context.protectedUsers.match(user) : undefined;
      return { kind: "reactivate", user, protectedBy };
    }
    case ACTIVATED:
      if (!mayBeLate(attempt, user, now)) return undefined;
      // Told once, when the user comes back.
      return noCall({ kind: undeclared.has(id) ? "return_unconfirmed" : "return_late" });
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
export interface LockedOutRequest extends DeclaredIds, ProtectionSources {
  /** Whom the set suspended, or may have suspended, by id. */
  readonly suspended: readonly (readonly [id: string, { readonly userId: string }])[];
  /** What their look-ups found, by system user id. */
  readonly users: ReadonlyMap<string, Resolution>;
  /** The ids that the last check found. */
  readonly before: readonly string[];
}

/**
 * Finds users who are suspended, whom the set may have suspended, and who are declared, here or in another set. One who could not be looked
 * up stays what the user was.
 *
 * @returns the ids by which the set knows them
 */
export function findLockedOut(request: LockedOutRequest): string[] {
  const declared = new DeclaredAnywhere(request, request);
  const wasBefore = new Set(request.before);
  const isOut = (id: string, userId: string): boolean => {
    const resolution = resolutionOf(userId, request.users);
    if (resolution.kind !== "found") return wasBefore.has(id);
    const { user } = resolution;
    return (user.status === undefined || user.status === SUSPENDED) && declared.declares(user);
  };
  return request.suspended.filter(([id, { userId }]) => isOut(id, userId)).map(([id]) => id);
}

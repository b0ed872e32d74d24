import { type DirectoryFailure, type DirectoryUser, UserIdType } from "../directory";
import { isSameUserId } from "../ids/id-types";
import { IdIndex } from "../ids/id-index";
import { type Resolution, resolutionOf } from "../look-up/resolution";
import { ACTIVATED } from "../status";
import { type ProtectedUsers, StillDeclared } from "./protection";
import { type Fate, isRevoked, type Leaver, noCall } from "../fate";
import type { Reason } from "../reasons";
import type { ApprovedPlan, SetChange, UserSetDifference } from "./set-change";

/** Everything that decides what happens to those who leave. */
export interface LeaversRequest
  extends UserSetDifference, Pick<SetChange, "type" | "declared" | "retained" | "bindings" | "suspendDays"> {
  readonly protectedUsers: ProtectedUsers;
  /** The current user of each removed and added id, and of other declared ids if they were looked up. */
  readonly resolutions: ReadonlyMap<string, Resolution>;
  /** The users of `boundIdsToLookUp`, by system user id. */
  readonly boundUsers?: ReadonlyMap<string, Resolution>;
  /** Given at apply. */
  readonly approved?: ApprovedPlan | undefined;
}

/**
 * Selects the system user ids to look up, by type `user_id`, so that `decideLeavers` can tell a deleted user
 * from a user with a changed id: the bindings of removed ids that name nobody now.
 *
 * @param removed the removed ids, of the given type
 * @param bindings the system user id that each id named when it was first seen
 * @param resolutions the current user of each removed id
 */
export function boundIdsToLookUp(
  removed: Iterable<string>,
  type: UserIdType,
  bindings: ReadonlyMap<string, string>,
  resolutions: ReadonlyMap<string, Resolution>,
): string[] {
  if (type === UserIdType.USER_ID) return [];
  const bound = [...removed].flatMap((id) => {
    const userId = bindings.get(id);
    return userId !== undefined && resolutions.get(id)?.kind === "absent" ? [userId] : [];
  });
  return [...new Set(bound)];
}

/**
 * Decides the fate of each removed id. A user is deleted or suspended only if all of this holds: the id
 * certainly names this one user, the set found the user while it declared the id (where it keeps bindings),
 * the user is not declared, retained or protected under any id, and the removal does not look like a rename.
 * In case of uncertainty, nothing happens to anybody. The rows of docs/guides/trust.md stand beside the
 * reasons, in reasons.ts.
 *
 * @returns a leaver for each removed id, in the given order
 */
export function decideLeavers(request: LeaversRequest): Leaver[] {
  const context = contextOf(request);
  return [...request.removed].map(([id, label]) => {
    const leaver = { id, label, fate: decideFate(id, label, context) };
    const isUnplanned = isRevoked(leaver) && request.approved?.allows(id, leaver.fate.kind) === false;
    return isUnplanned ? { ...leaver, fate: noCall({ kind: "not_planned" }) } : leaver;
  });
}

interface Context extends LeaversRequest {
  readonly stillDeclared: StillDeclared;
  readonly retainedIds: IdIndex;
  readonly renames: ReadonlyMap<string, LikelyRename>;
}

function contextOf(request: LeaversRequest): Context {
  const { added } = request;
  const resolutions = new Map(request.resolutions);
  for (const id of added.keys()) resolutions.set(id, resolutionOf(id, request.resolutions));
  return {
    ...request,
    stillDeclared: new StillDeclared({ ...request, resolutions }),
    retainedIds: new IdIndex(request.retained, request.type),
    renames: findRenames(added, resolutions),
  };
}

function decideFate(id: string, label: string, context: Context): Fate {
  if (context.retainedIds.matchId(id) !== undefined) return noCall({ kind: "retained" });
  const protectedId = context.protectedUsers.matchId(id, context.type);
  if (protectedId) return noCall({ kind: "protected", ...protectedId });
  const resolution = resolutionOf(id, context.resolutions);
  switch (resolution.kind) {
    case "undecided":
      return notLookedUp(resolution.failure);
    case "several":
      return noCall({ kind: "several", users: resolution.users });
    case "absent":
      return decideAbsent(id, context);
    case "found":
      return decideFound(id, label, resolution.user, context);
  }
}

function decideAbsent(id: string, context: Context): Fate {
  if (!context.bindings) return noCall({ kind: "gone" });
  const bound = context.bindings.get(id);
  if (bound === undefined) return noCall({ kind: "never_found" });
  if (context.type === UserIdType.USER_ID) return noCall({ kind: "gone" });
  const resolution = resolutionOf(bound, context.boundUsers ?? new Map<string, Resolution>());
  switch (resolution.kind) {
    case "absent":
      return noCall({ kind: "gone" });
    case "undecided":
      return notLookedUp(resolution.failure);
    case "several":
      return noCall({ kind: "several", users: resolution.users });
    case "found":
      return noCall(findKeepReason(resolution.user, context) ?? { kind: "moved", user: resolution.user });
  }
}

function decideFound(id: string, label: string, user: DirectoryUser, context: Context): Fate {
  const reason = findKeepReason(user, context);
  if (reason) return noCall(reason);
  const boundTo = context.type === UserIdType.USER_ID ? id : context.bindings?.get(id);
  if (boundTo !== undefined && !isSameUserId(boundTo, user.userId)) {
    return noCall({ kind: "rebound", boundTo, user });
  }
  if (boundTo === undefined && context.bindings) return noCall({ kind: "never_seen" });
  const failure = context.stillDeclared.findUncertainty(user);
  if (failure) return notLookedUp(failure);
  const rename = context.renames.get(label.trim());
  if (rename?.failure) return notLookedUp(rename.failure);
  if (rename) return noCall({ kind: "renamed", to: rename.to });
  const leaving = { userId: user.userId, name: user.name ?? user.username };
  if (context.suspendDays === 0) return { kind: "delete", ...leaving };
  return { kind: "suspend", ...leaving, isInactive: (user.status ?? ACTIVATED) !== ACTIVATED || undefined };
}

/** Finds a reason to keep a user that does not depend on the removed id. */
function findKeepReason(user: DirectoryUser, context: Context): Reason | undefined {
  if (context.retainedIds.match(user)) return { kind: "retained" };
  const protectedId = context.protectedUsers.match(user);
  if (protectedId) return { kind: "protected", ...protectedId };
  const declaredId = context.stillDeclared.idOf(user);
  return declaredId === undefined ? undefined : { kind: "declared_as", id: declaredId };
}

function notLookedUp(failure: DirectoryFailure): Fate {
  return noCall({ kind: "not_looked_up", failure });
}

/** An added id with the label of a removed id. */
interface LikelyRename {
  readonly to: string;
  /** Why it is not known whether the added id is in the pool; absent if it certainly is not. */
  readonly failure?: DirectoryFailure;
}

/**
 * Finds renames that reached the declared file before the pool (P4): added ids that are not in the pool, by
 * label.
 * An added id that is in the pool is a separate person, whatever its label.
 *
 * @param added the added ids with their labels; empty labels are ignored
 * @returns one such id for each label
 */
function findRenames(
  added: ReadonlyMap<string, string>,
  resolutions: ReadonlyMap<string, Resolution>,
): Map<string, LikelyRename> {
  const found = new Map<string, LikelyRename>();
  for (const [to, written] of added) {
    const label = written.trim();
    const resolution = resolutionOf(to, resolutions);
    if (label === "") continue;
    if (resolution.kind === "absent") found.set(label, { to });
    else if (resolution.kind === "undecided" && !found.has(label)) {
      found.set(label, { to, failure: resolution.failure });
    }
  }
  return found;
}

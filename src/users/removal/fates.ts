import type { DirectoryUser } from "../directory";
import { isSameUserId } from "../ids/id-types";
import { IdIndex } from "../ids/id-index";
import { type Resolution, resolutionOf } from "../look-up/resolution";
import { UserIdType } from "../user-id-type";
import type { Fate, KeepReason, Removal } from "./fate";
import type { ProtectedUsers } from "./protected-users";
import { type LikelyRename, renamesByLabel } from "./renames";
import { StillDeclared } from "./still-declared";

/** All that decides who is deleted. */
export interface RemovalRequest {
  readonly type: UserIdType;
  /** The ids that leave the set, with the labels they had. */
  readonly removed: ReadonlyMap<string, string>;
  /** Every id that is declared after the change, with its label. */
  readonly declared: ReadonlyMap<string, string>;
  /** Those of the declared ids that the change adds. */
  readonly added: Iterable<string>;
  /** Ids that may leave the set without being deleted. */
  readonly retained: readonly string[];
  /** At apply, removed ids of which the plan said that they are kept; default none. */
  readonly keptByPlan?: ReadonlySet<string>;
  readonly protectedUsers: ProtectedUsers;
  /**
   * By id, the system user id that a removed or declared id named when it was first seen. Not needed for type
   * `user_id`.
   */
  readonly bindings: ReadonlyMap<string, string>;
  /** Who each removed and added id names now; other declared ids too, where they were looked up. */
  readonly resolutions: ReadonlyMap<string, Resolution>;
  /** Who the ids of `boundIdsToLookUp` are, by system user id. */
  readonly boundUsers?: ReadonlyMap<string, Resolution>;
}

/**
 * The system user ids that must be looked up, by type `user_id`, before `decideRemovals` can tell a user who
 * is gone from one whose id was changed: what removed ids were bound to that name nobody now.
 *
 * @param removed the removed ids, of the given type
 * @param bindings by id, the system user id that it named when it was first seen
 * @param resolutions who each removed id names now
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
 * Decides what becomes of each id that leaves a set. Only an id that certainly names one user, who was not
 * somebody else before, is neither declared, retained nor protected under any id, and is no likely rename, is
 * deleted; whatever is unknown is not.
 *
 * @returns a removal for each removed id, in their order
 */
export function decideRemovals(request: RemovalRequest): Removal[] {
  const context = contextOf(request);
  return [...request.removed].map(([id, label]) => {
    const fate = decide(id, label, context);
    const isUnreviewed = fate.kind === "delete" && request.keptByPlan?.has(id);
    return { id, label, fate: isUnreviewed ? kept({ kind: "kept_by_plan" }) : fate };
  });
}

interface Context extends RemovalRequest {
  readonly stillDeclared: StillDeclared;
  readonly retainedIds: IdIndex;
  readonly renames: ReadonlyMap<string, LikelyRename>;
}

function contextOf(request: RemovalRequest): Context {
  const added = new Map([...request.added].map((id) => [id, request.declared.get(id) ?? ""]));
  const resolutions = new Map(request.resolutions);
  for (const id of added.keys()) resolutions.set(id, resolutionOf(id, request.resolutions));
  return {
    ...request,
    stillDeclared: new StillDeclared({ ...request, resolutions }),
    retainedIds: new IdIndex(request.retained, request.type),
    renames: renamesByLabel(added, resolutions),
  };
}

function decide(id: string, label: string, context: Context): Fate {
  if (context.retainedIds.matchId(id) !== undefined) return kept({ kind: "retained" });
  const protectedId = context.protectedUsers.matchId(id, context.type);
  if (protectedId) return kept({ kind: "protected", ...protectedId });
  const resolution = resolutionOf(id, context.resolutions);
  switch (resolution.kind) {
    case "undecided":
      return { kind: "undecided", failure: resolution.failure };
    case "several":
      return kept({ kind: "several", users: resolution.users });
    case "absent":
      return decideAbsent(id, context);
    case "found":
      return decideFound(id, label, resolution.user, context);
  }
}

function decideAbsent(id: string, context: Context): Fate {
  const bound = context.type === UserIdType.USER_ID ? undefined : context.bindings.get(id);
  if (bound === undefined) return { kind: "gone" };
  const resolution = resolutionOf(bound, context.boundUsers ?? new Map<string, Resolution>());
  switch (resolution.kind) {
    case "absent":
      return { kind: "gone" };
    case "undecided":
      return { kind: "undecided", failure: resolution.failure };
    case "several":
      return kept({ kind: "several", users: resolution.users });
    case "found":
      return kept(whyKept(resolution.user, context) ?? { kind: "moved", user: resolution.user });
  }
}

function decideFound(id: string, label: string, user: DirectoryUser, context: Context): Fate {
  const reason = whyKept(user, context);
  if (reason) return kept(reason);
  const boundTo = context.type === UserIdType.USER_ID ? id : context.bindings.get(id);
  if (boundTo !== undefined && !isSameUserId(boundTo, user.userId)) {
    return kept({ kind: "rebound", boundTo, user });
  }
  const doubt = context.stillDeclared.doubtAbout(user);
  if (doubt) return { kind: "undecided", failure: doubt };
  const rename = context.renames.get(label.trim());
  if (rename?.failure) return { kind: "undecided", failure: rename.failure };
  if (rename) return kept({ kind: "renamed", to: rename.to });
  const name = user.name ?? user.username;
  return { kind: "delete", userId: user.userId, ...(name !== undefined && { name }) };
}

/** Why a user is kept whatever the removed id is. */
function whyKept(user: DirectoryUser, context: Context): KeepReason | undefined {
  if (context.retainedIds.match(user)) return { kind: "retained" };
  const protectedId = context.protectedUsers.match(user);
  if (protectedId) return { kind: "protected", ...protectedId };
  const declaredId = context.stillDeclared.idOf(user);
  return declaredId === undefined ? undefined : { kind: "declared_as", id: declaredId };
}

function kept(reason: KeepReason): Fate {
  return { kind: "kept", reason };
}

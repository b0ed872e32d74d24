import type { DirectoryFailure, DirectoryUser } from "../directory";
import { isSameUserId } from "../ids/id-types";
import { IdIndex } from "../ids/id-index";
import { type Resolution, resolutionOf } from "../look-up/resolution";
import { UserIdType } from "../user-id-type";
import { type ProtectedUsers, StillDeclared } from "./protection";
import type { KeepReason, Removal, RemovalOutcome } from "./removal";

/** What a change of a user set does, by id. Ids are compared as they are written. */
export interface UserSetDifference {
  /** In the prior state, no longer declared: id to the label it had. Only these are ever deleted. */
  readonly removed: ReadonlyMap<string, string>;
  /** Newly declared: id to label. */
  readonly added: ReadonlyMap<string, string>;
}

/**
 * Compares two versions of a user set in time linear in their size. Each part keeps the order of the map it
 * comes from.
 *
 * @param prior id to label as applied last
 * @param declared id to label as declared now
 */
export function diffUserSets(
  prior: ReadonlyMap<string, string>,
  declared: ReadonlyMap<string, string>,
): UserSetDifference {
  return { removed: without(prior, declared), added: without(declared, prior) };
}

function without(
  users: ReadonlyMap<string, string>,
  others: ReadonlyMap<string, string>,
): Map<string, string> {
  const left = new Map<string, string>();
  for (const [id, label] of users) if (!others.has(id)) left.set(id, label);
  return left;
}

/** All that decides who is deleted. */
export interface EvaluationRequest {
  readonly type: UserIdType;
  /** The ids that leave the set, with the labels they had. */
  readonly removed: ReadonlyMap<string, string>;
  /** Every id that is declared after the change, with its label. */
  readonly declared: ReadonlyMap<string, string>;
  /** Those of the declared ids that the change adds. */
  readonly added: Iterable<string>;
  /** Ids that may leave the set without being deleted. */
  readonly retained: readonly string[];
  /** At apply: whether the plan said that the removed id may be deleted. Default that it did. */
  readonly isPlanned?: ((id: string) => boolean) | undefined;
  readonly protectedUsers: ProtectedUsers;
  /**
   * By id, the system user id that it named when it was first seen: the only licence to delete. Absent where nothing
   * remembers that, as for the null resource; then whoever has the id is deleted.
   */
  readonly bindings?: ReadonlyMap<string, string> | undefined;
  /** Who each removed and added id names now; other declared ids too, where they were looked up. */
  readonly resolutions: ReadonlyMap<string, Resolution>;
  /** Who the ids of `boundIdsToLookUp` are, by system user id. */
  readonly boundUsers?: ReadonlyMap<string, Resolution>;
}

/**
 * The system user ids that must be looked up, by type `user_id`, before `evaluateRemovals` can tell a user who
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
 * Decides what becomes of each id that leaves a set. Only an id that certainly names one user, whom this set saw while it
 * declared the id, who is neither declared, retained nor protected under any id, and is no likely rename, is deleted;
 * whatever is unknown is not.
 *
 * @returns a removal for each removed id, in their order
 */
export function evaluateRemovals(request: EvaluationRequest): Removal[] {
  const context = contextOf(request);
  return [...request.removed].map(([id, label]) => {
    const outcome = evaluate(id, label, context);
    const isUnplanned = outcome.kind === "delete" && request.isPlanned?.(id) === false;
    return { id, label, outcome: isUnplanned ? { kind: "unreviewed", why: "not_planned" } : outcome };
  });
}

interface Context extends EvaluationRequest {
  readonly stillDeclared: StillDeclared;
  readonly retainedIds: IdIndex;
  readonly renames: ReadonlyMap<string, LikelyRename>;
}

function contextOf(request: EvaluationRequest): Context {
  const added = new Map([...request.added].map((id) => [id, request.declared.get(id) ?? ""]));
  const resolutions = new Map(request.resolutions);
  for (const id of added.keys()) resolutions.set(id, resolutionOf(id, request.resolutions));
  const { bindings = new Map<string, string>() } = request;
  return {
    ...request,
    stillDeclared: new StillDeclared({ ...request, bindings, resolutions }),
    retainedIds: new IdIndex(request.retained, request.type),
    renames: renamesByLabel(added, resolutions),
  };
}

function evaluate(id: string, label: string, context: Context): RemovalOutcome {
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
      return evaluateAbsent(id, context);
    case "found":
      return evaluateFound(id, label, resolution.user, context);
  }
}

function evaluateAbsent(id: string, context: Context): RemovalOutcome {
  if (!context.bindings) return { kind: "gone" };
  const bound = context.bindings.get(id);
  if (bound === undefined) return { kind: "never_found" };
  if (context.type === UserIdType.USER_ID) return { kind: "gone" };
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

function evaluateFound(id: string, label: string, user: DirectoryUser, context: Context): RemovalOutcome {
  const reason = whyKept(user, context);
  if (reason) return kept(reason);
  const boundTo = context.type === UserIdType.USER_ID ? id : context.bindings?.get(id);
  if (boundTo !== undefined && !isSameUserId(boundTo, user.userId)) {
    return kept({ kind: "rebound", boundTo, user });
  }
  if (boundTo === undefined && context.bindings) return { kind: "unreviewed", why: "never_seen" };
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

function kept(reason: KeepReason): RemovalOutcome {
  return { kind: "kept", reason };
}

/** An added id that bears the label of a removed one. */
interface LikelyRename {
  readonly to: string;
  /** Why nobody can say whether the added id is in the pool; absent where it certainly is not. */
  readonly failure?: DirectoryFailure;
}

/**
 * Finds renames that reached the declared file before the pool: added ids that are not in the pool, by label.
 * An added id that is in the pool is a person of its own, whatever its label.
 *
 * @param added the ids that the change adds, with their labels; an empty label says nothing
 * @param resolutions what the look-ups said of them
 * @returns one such id for each label
 */
function renamesByLabel(
  added: ReadonlyMap<string, string>,
  resolutions: ReadonlyMap<string, Resolution>,
): Map<string, LikelyRename> {
  const renames = new Map<string, LikelyRename>();
  for (const [to, written] of added) {
    const label = written.trim();
    const resolution = resolutionOf(to, resolutions);
    if (label === "") continue;
    if (resolution.kind === "absent") renames.set(label, { to });
    else if (resolution.kind === "undecided" && !renames.has(label)) {
      renames.set(label, { to, failure: resolution.failure });
    }
  }
  return renames;
}

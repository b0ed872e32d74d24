import { userIdKey } from "../ids/id-types";
import { type Resolution, resolutionOf } from "../look-up/resolution";
import { confirmAbsent } from "../look-up/user-look-ups";
import { UserIdType } from "../user-id-type";
import { count, listUsers, MAX_LISTED, type Message, paragraphs } from "../wording";
import { boundIdsToLookUp, evaluateRemovals } from "./evaluate-removals";
import type { RemovalLookUps } from "./plan-removals";
import type { ProtectedUsers } from "./protection";
import { mayDelete, type Removal } from "./removal";

/** A change of a set's id type, which replaces the set: the ids of the two types cannot be compared. */
export interface TypeChange {
  /** The set before the change: its type, its users (id -> label), and the system user id that each id named. */
  readonly prior: {
    readonly type: UserIdType;
    readonly users: ReadonlyMap<string, string>;
    readonly bindings: ReadonlyMap<string, string>;
  };
  /** The set after the change. */
  readonly next: { readonly type: UserIdType; readonly ids: readonly string[] };
  /** Ids of either type that may leave the set without being deleted. */
  readonly retained: readonly string[];
  readonly protectedUsers: ProtectedUsers;
}

/**
 * Refuses a change of the id type that also removes users. A replaced set deletes nobody, so they would keep their accounts
 * without being in any set. Looks up the new ids; a user whom one of them names is still declared. Ids that were never found,
 * whose users are gone, or whose users would be kept anyway, do not count.
 *
 * @returns why the change must not be carried out; empty if no user is lost
 */
export async function refuseReleaseByTypeChange(
  change: TypeChange,
  access: RemovalLookUps,
): Promise<Message[]> {
  const { prior, next, retained, protectedUsers } = change;
  if (prior.bindings.size === 0) return [];
  const kept = retained.filter((id) => !prior.users.has(id));
  const newIds = await resolve([...next.ids, ...kept], next.type, access);
  const named = new Set([...newIds.values()].flatMap(userIdsOf).map(userIdKey));
  const leaving = [...prior.users].filter(([id]) => isBoundOutside(prior.bindings.get(id), named));
  const removed = new Map(leaving);
  if (removed.size === 0) return [];

  const firstLook = await resolve(removed.keys(), prior.type, access);
  const resolutions = await confirmAbsent([...removed.keys()], firstLook, prior.type, access.lookUps, access);
  const boundIds = boundIdsToLookUp(removed.keys(), prior.type, prior.bindings, resolutions);
  const removals = evaluateRemovals({
    type: prior.type,
    removed,
    declared: new Map(),
    added: [],
    retained,
    protectedUsers,
    bindings: prior.bindings,
    resolutions,
    boundUsers: await resolve(boundIds, UserIdType.USER_ID, access),
  });
  const released = removals.filter(mayDelete);
  return released.length > 0 ? [describeRelease(change, released, newIds)] : [];
}

function resolve(
  ids: Iterable<string>,
  type: UserIdType,
  { lookUps, stop, progress }: RemovalLookUps,
): Promise<ReadonlyMap<string, Resolution>> {
  const onProgress = progress?.begin("comparing the users of both id types");
  return lookUps.resolve(ids, type, { ...(stop && { stop }), onProgress });
}

function userIdsOf(resolution: Resolution): string[] {
  if (resolution.kind === "found") return [resolution.userId];
  return resolution.kind === "several" ? resolution.users.map(({ userId }) => userId) : [];
}

function isBoundOutside(userId: string | undefined, named: ReadonlySet<string>): boolean {
  return userId !== undefined && !named.has(userIdKey(userId));
}

function describeRelease(
  { prior, next }: TypeChange,
  released: readonly Removal[],
  newIds: ReadonlyMap<string, Resolution>,
): Message {
  const answers = [
    ...next.ids.map((id) => resolutionOf(id, newIds)),
    ...released.map(({ outcome }) => outcome),
  ];
  const [failure] = answers.flatMap((answer) =>
    answer.kind === "undecided" ? [answer.failure.message] : [],
  );
  const whom = count(released.length, "user");
  const listed = listUsers(released, MAX_LISTED);
  if (failure !== undefined) {
    return {
      summary: `Changing user_id_type may release ${whom}`,
      detail: paragraphs(
        `Some ids could not be looked up, so the new ids cannot be compared with the users of the set, by ${prior.type}. These may leave it, and would keep their accounts:\n${listed}`,
        `${failure} Nothing was changed. Plan again when GenAuth answers; if the provider's configuration is not known before apply, first apply what it comes from (-target).`,
      ),
    };
  }
  const found = next.ids.filter((id) => newIds.get(id)?.kind === "found").length;
  return {
    summary: `Changing user_id_type would release ${whom} that this change removes`,
    detail: paragraphs(
      `No ${next.type} that the set declares names ${released.length === 1 ? "this user" : "these users"}, so they leave the set (by ${prior.type}):\n${listed}`,
      `A change of the type replaces the set, which deletes nobody: they would keep their accounts and no longer be managed here. Of the ${count(next.ids.length, "declared id")}, ${found} ${found === 1 ? "was" : "were"} found by ${next.type}.`,
      `Nothing was changed. First remove these users in a change of its own, by ${prior.type}; to keep their accounts, add the ids to retained_user_ids in that change. Then change the type.`,
    ),
  };
}

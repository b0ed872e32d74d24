import { type DirectoryUser, type Resolution, userIdKey, UserIdType } from "../../users";
import type { Disguise } from "../disguise";
import type { ResolvedSet } from "./check-drift";
import type { UndeclaredUser } from "./drift-report";

/** Those in the pool whom no id of any set names, in the order of the pool. Survivors are told as such, not here. */
export function undeclaredUsers(
  pool: readonly DirectoryUser[],
  sets: readonly ResolvedSet[],
  disguise: Disguise,
): UndeclaredUser[] {
  const named = new Set(sets.flatMap(({ resolutions }) => [...resolutions.values()].flatMap(userIdKeysOf)));
  return pool
    .filter(({ userId }) => !named.has(userIdKey(userId)))
    .map(({ userId, name, username, email, status }) => {
      const shown = disguise({ id: userId, label: name ?? username ?? "" }, UserIdType.USER_ID, false);
      const hidden = shown.id !== userId;
      return {
        user_id: shown.id,
        name: shown.label,
        email: hidden ? "" : (email ?? ""),
        status: status ?? "",
      };
    });
}

function userIdKeysOf(resolution: Resolution): string[] {
  switch (resolution.kind) {
    case "found":
      return [userIdKey(resolution.userId)];
    case "several":
      return resolution.users.map(({ userId }) => userIdKey(userId));
    default:
      return [];
  }
}

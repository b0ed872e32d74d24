import { error, UNKNOWN, type Diagnostic } from "../plugin";
import { printable } from "../text";
import { checkUserId, isUserIdType, USER_ID_TYPES, type UserIdType } from "../users";
import type { ProviderModel } from "./schema";

/** Checks `protected_users` without any network; each problem points at its element. */
export function validateProtectedUsers(value: ProviderModel["protected_users"]): Diagnostic[] {
  if (value === null || value === UNKNOWN) return [];
  return [...value].flatMap(([type, ids]) => {
    const path = [{ attribute: "protected_users" }, { key: type }];
    if (!isUserIdType(type)) {
      return [error("Unknown id type", `"${printable(type)}" is none of ${USER_ID_TYPES.join(", ")}.`, path)];
    }
    if (ids === null) {
      const detail = "The list is null. Give a list of ids, or remove the entry.";
      return [error("Invalid protected users", detail, path)];
    }
    if (ids === UNKNOWN) return [];
    return ids.flatMap((id, index) => {
      if (id === UNKNOWN) return [];
      const problem =
        id === null ? "The id is null. Give an id, or remove the entry." : checkUserId(id, type);
      return problem ? [error("Invalid protected user", problem, [...path, { index }])] : [];
    });
  });
}

/** The protected ids by type. Unknown ids are left out, and told by `complete: false`. */
export function protectedIds(value: ProviderModel["protected_users"]): {
  ids: Map<UserIdType, string[]>;
  complete: boolean;
} {
  const ids = new Map<UserIdType, string[]>();
  if (value === null) return { ids, complete: true };
  if (value === UNKNOWN) return { ids, complete: false };
  let complete = true;
  for (const [type, list] of value) {
    if (list === UNKNOWN) complete = false;
    if (list === UNKNOWN || list === null) continue;
    const known = list.filter((id) => typeof id === "string");
    if (list.includes(UNKNOWN)) complete = false;
    if (isUserIdType(type)) ids.set(type, known);
  }
  return { ids, complete };
}

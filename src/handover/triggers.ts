import type { UserIdType } from "../users";

/** The trigger that holds the set's id type. No user's trigger can have its name. */
export const ID_TYPE_TRIGGER = "user_id_type";

/** What stands before the id in the name of a user's trigger. */
export const USER_TRIGGER = "user:";

/**
 * A set as the triggers of its `null_resource`: one a user, so that a plan shows each who leaves on a line of their
 * own.
 *
 * @param users id -> label, in whatever spelling the place asks for that they go to
 */
export function triggersOf(
  type: UserIdType,
  users: Readonly<Record<string, string>>,
): Record<string, string> {
  const triggers = Object.entries(users).map(([id, label]) => [USER_TRIGGER + id, label]);
  return Object.fromEntries([[ID_TYPE_TRIGGER, type], ...triggers]) as Record<string, string>;
}

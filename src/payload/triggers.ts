import { isUserIdType, type UserIdType } from "../users";

/** The users of a set by id, with their labels, and the type of the ids. */
export interface HeldSet {
  readonly type: UserIdType;
  readonly users: ReadonlyMap<string, string>;
}

/** The trigger with the set's id type. No user's trigger can have this name. */
export const ID_TYPE_TRIGGER = "user_id_type";

/** The prefix of a user's trigger, before the id. */
export const USER_TRIGGER = "user:";

/**
 * Makes the triggers of a set's `null_resource`: one for each user, so that a plan shows each removed user on
 * a separate line.
 *
 * @param users id -> label, escaped as their destination requires
 */
export function triggersOf(
  type: UserIdType,
  users: Readonly<Record<string, string>>,
): Record<string, string> {
  const triggers = Object.entries(users).map(([id, label]) => [USER_TRIGGER + id, label]);
  return Object.fromEntries([[ID_TYPE_TRIGGER, type], ...triggers]) as Record<string, string>;
}

/**
 * Reads the set that triggers hold.
 *
 * @returns the set; the first trigger that is none of a set, as `foreign`; `undefined` if no trigger names an
 *   id type
 */
export function heldSetOf({
  [ID_TYPE_TRIGGER]: type = "",
  ...triggers
}: Readonly<Record<string, string>>): HeldSet | { readonly foreign: string } | undefined {
  if (!isUserIdType(type)) return undefined;
  const users = new Map<string, string>();
  for (const [name, label] of Object.entries(triggers)) {
    if (!name.startsWith(USER_TRIGGER)) return { foreign: name };
    users.set(name.slice(USER_TRIGGER.length), label);
  }
  return { type, users };
}

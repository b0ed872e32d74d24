import * as z from "zod";
import { UserIdType } from "../users";
import { ID_TYPE_TRIGGER, USER_TRIGGER } from "./payload";

/** The users of a set by id, with their labels, and the type of the ids. */
export interface HeldSet {
  readonly type: UserIdType;
  readonly users: ReadonlyMap<string, string>;
}

/** The triggers of a set's `null_resource`. The names of the others than the id type are checked by `heldSetOf`. */
export const triggersSchema = z.object({ [ID_TYPE_TRIGGER]: z.enum(UserIdType) }).catchall(z.string());

/** Reads the set that triggers hold, or finds the first trigger that is none of a set. */
export function heldSetOf({
  [ID_TYPE_TRIGGER]: type,
  ...triggers
}: z.infer<typeof triggersSchema>): HeldSet | { readonly foreign: string } {
  const users = new Map<string, string>();
  for (const [name, label] of Object.entries(triggers)) {
    if (!name.startsWith(USER_TRIGGER)) return { foreign: name };
    users.set(name.slice(USER_TRIGGER.length), label);
  }
  return { type, users };
}

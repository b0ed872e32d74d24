import { error, UNKNOWN, type Diagnostic } from "../../plugin";
import { count, describeIds } from "../../users";
import type { ProviderContext } from "../context";
import { idTypeOf, lastDrift, retainedOf, usersOf } from "./model";
import type { UserSetModel } from "./schema";

/**
 * Notes that a set taken over from a `null_resource` is refreshed for the first time: no apply has checked
 * it, and no refresh has bound its users. An imported set is like that, too, but has no `removals`, and is
 * never tainted.
 *
 * @returns whether it is
 */
export function noteTakenOver(
  state: UserSetModel,
  privateData: Uint8Array,
  { takenOver }: ProviderContext,
): boolean {
  const isTakenOver = privateData.length === 0 && lastDrift(state) === undefined && state.removals !== null;
  if (isTakenOver) takenOver.set(state.id, state);
  return isTakenOver;
}

/**
 * Refuses a new set that replaces one taken over from a `null_resource`, if users would leave with that: the
 * new set would not know them. The engine plans a tainted set as a creation, without its users, and tells the
 * provider neither the taint nor the address. The only trace is that such a set was refreshed and not
 * planned, and that the new set declares users of it. Without a refresh, there is no trace.
 */
export function refuseLostMove(created: UserSetModel, { takenOver }: ProviderContext): Diagnostic[] {
  const declared = usersOf(created);
  if (!declared || created.user_id_type === UNKNOWN) return [];
  const retained = new Set(retainedOf(created));
  for (const moved of takenOver.values()) {
    const users = usersOf(moved) ?? new Map<string, string>();
    if (idTypeOf(moved) !== idTypeOf(created) || ![...users.keys()].some((id) => declared.has(id))) continue;
    const lost = [...users.keys()].filter((id) => !declared.has(id) && !retained.has(id));
    if (lost.length > 0) return [tainted(lost, users)];
  }
  return [];
}

function tainted(lost: readonly string[], users: ReadonlyMap<string, string>): Diagnostic {
  return error(
    `The moved set is replaced, which would lose ${count(lost.length, "removal")}`,
    `The null_resource is tainted, so the engine replaces the set that a moved block makes of it. A replaced set deletes nobody, and these users would keep their accounts:\n${describeIds(lost, users)}\nNobody was deleted. Run untaint with the address of the null_resource, and plan again.`,
  );
}

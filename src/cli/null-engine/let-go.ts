import { compare, describeIds } from "../../users";
import { isDestroying } from "./destruction";
import type { ParentProcess } from "./parent-process";
import type { Handover } from "./read-handover";

/**
 * Why the change of a set deletes nobody, as far as that shows without a call: for these, credentials are not needed.
 *
 * @returns a text for the log; `undefined` where somebody may have to go
 */
export function whyNobodyIsDeleted(
  { prior, declaration }: Handover,
  declared: ReadonlyMap<string, string>,
  { terraform, environment }: { terraform: ParentProcess; environment: NodeJS.ProcessEnv },
): string | undefined {
  const held = `${prior.users.size} ${prior.users.size === 1 ? "user" : "users"}`;
  if (prior.type !== declaration.userIdType) {
    return `The id type changes from ${prior.type} to ${declaration.userIdType}, so nobody is deleted: the ${held} of the former set are let go.`;
  }
  const { removed, added } = compare(prior.users, declared);
  if (isDestroying(terraform.args, environment)) {
    return `The set is destroyed, so nobody is deleted: its ${held} are let go.${lostRemovals(removed)}`;
  }
  if (removed.size + added.size > 0) return undefined;
  return `Nobody leaves the set, so nobody is deleted. Where the set itself is taken away or replaced, its ${held} are let go.`;
}

function lostRemovals(removed: ReadonlyMap<string, string>): string {
  if (removed.size === 0) return "";
  return `\nThese were taken out of it but not deleted; after this, nothing here remembers them:\n${describeIds([...removed.keys()], removed)}`;
}

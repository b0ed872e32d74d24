import { References, resolve } from "./references";
import { type CheckedSet, type DeclaredUser } from "./check-declaration";
import type { UserSet } from "./generated/user-set";
import { isTemplate, unescapeTemplate } from "./template-text";
import type { Users } from "./users";

/**
 * The attributes of a set as synth writes them, after aspects and overrides; expressions are text such as
 * `${var.people}`.
 */
export function writtenAttributes(set: UserSet): Readonly<Record<string, unknown>> {
  const { resource } = resolve(set, set.toTerraform()) as {
    readonly resource: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;
  };
  return Object.values(resource).flatMap((blocks) => Object.values(blocks))[0] ?? {};
}

/**
 * What a set declares when it is written. What only Terraform will know is left out.
 *
 * @param users those of the construct, which say where each comes from
 */
export function writtenDeclaration(set: UserSet, users: Users): CheckedSet {
  const attributes = writtenAttributes(set);
  const text = (name: string) => knownText(attributes[name]);
  const number = (name: string) => (typeof attributes[name] === "number" ? attributes[name] : undefined);
  const retained = attributes["retained_ids"];
  return {
    users: entriesOf(attributes["users"], users, resolve(set, users.toMap())),
    userIdType: text("user_id_type"),
    maxDeletions: number("max_deletions"),
    maxDeletionsPercent: number("max_deletions_percent"),
    suspendDays: number("suspend_days"),
    deleteBy: text("delete_by"),
    retainedIds: Array.isArray(retained) ? retained.flatMap((id) => knownText(id) ?? []) : [],
  };
}

/**
 * The `genauth_users` from which the ids of a set come, directly or through other blocks; `undefined` if
 * there is none. Labels may: they delete nobody.
 */
export function dataSourceOfUsers(set: UserSet): string | undefined {
  const { users, for_each: items } = writtenAttributes(set);
  const ids = typeof users === "object" && users !== null ? Object.keys(users).filter(isTemplate) : users;
  const expressions = JSON.stringify([ids, items]);
  let found: string | undefined;
  new References(set.cdktfStack).reach(expressions, (address) => {
    if (address.startsWith("data.genauth_users.")) found = address;
    return found !== undefined;
  });
  return found;
}

/** Why a set may not have its ids from a data source, and what to do. */
export function describeDataSource(address: string): string {
  return (
    `The ids of this set come from ${address}, so a user that it no longer finds would be deleted: nobody has declared who may have an account. ` +
    `Declare the users in a file, and write the first one with cdktf-genauth export.`
  );
}

/**
 * The users of the construct if they are what is written, with the place of each; otherwise those that are
 * written.
 */
function entriesOf(written: unknown, users: Users, own: unknown): readonly DeclaredUser[] {
  if (JSON.stringify(written ?? {}) === JSON.stringify(own)) return users._entries;
  if (typeof written !== "object" || written === null) return [];
  return Object.entries(written).flatMap(([id, label]) =>
    isTemplate(id) ? [] : [{ id: unescapeTemplate(id), label: knownText(label) ?? "" }],
  );
}

function knownText(value: unknown): string | undefined {
  return typeof value === "string" && !isTemplate(value) ? unescapeTemplate(value) : undefined;
}

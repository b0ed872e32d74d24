import { join } from "node:path";
import { NullProvider } from "@cdktf/provider-null/lib/provider";
import { App, LocalBackend, TerraformStack } from "cdktf";
import { newFolder } from "./at-end";
import { NullResourceUserSet, UserIdType, Users } from "../../src";
import type { Configuration, UserSetBlock } from "./configuration";

/** The attributes of the provider's block that the null resource supports too. */
const KNOWN = ["users", "user_id_type", "max_deletions", "max_deletions_percent", "retained_ids"];

/**
 * Synthesises a stack with a null provider.
 *
 * @param build declares the contents of the stack
 * @param use receives the stack's folder, which is removed afterwards
 */
export function withStack(build: (stack: TerraformStack) => void, use: (folder: string) => void): void {
  const outdir = newFolder();
  const app = new App({ outdir });
  const stack = new TerraformStack(app, "stack");
  new LocalBackend(stack, { path: "terraform.tfstate" });
  new NullProvider(stack, "null");
  build(stack);
  app.synth();
  use(join(outdir, "stacks/stack"));
}

/**
 * Declares a configuration with the null resource. Users in `protected_users` are declared by an additional set for each id
 * type, which protects them.
 *
 * @throws Error for attributes that the null resource does not support
 */
export function declareSets(
  stack: TerraformStack,
  { sets, provider = {}, blocks = {} }: Configuration,
): void {
  for (const [name, block] of Object.entries(sets)) declare(stack, name, block);
  const { protected_users = {}, ...others } = provider;
  for (const [type, users] of Object.entries(protected_users as Record<string, string[]>)) {
    declare(stack, `others_by_${type}`, { users, user_id_type: type });
  }
  refuse([...Object.keys(others), ...Object.keys(blocks)]);
}

function declare(stack: TerraformStack, name: string, block: UserSetBlock): void {
  const { users, user_id_type, max_deletions, max_deletions_percent, retained_ids } = block;
  refuse(Object.keys(block).filter((attribute) => !KNOWN.includes(attribute)));
  if (typeof users === "string") throw new Error("The null resource takes no expression for users.");
  new NullResourceUserSet(stack, name, {
    driftReport: true,
    users: isIds(users) ? Users.fromIds([...users]) : Users.fromMap({ ...users }),
    userIdType: user_id_type === undefined ? UserIdType.USER_ID : idTypeOf(user_id_type),
    ...(max_deletions !== undefined && { maxDeletions: max_deletions }),
    ...(max_deletions_percent !== undefined && { maxDeletionsPercent: max_deletions_percent }),
    ...(retained_ids !== undefined && { retainedIds: [...retained_ids] }),
  });
}

function idTypeOf(name: string): UserIdType {
  const type = Object.values(UserIdType).find((known: string) => known === name);
  if (type === undefined) throw new Error(`${name} is no id type.`);
  return type;
}

function isIds(users: readonly string[] | Readonly<Record<string, string>>): users is readonly string[] {
  return Array.isArray(users);
}

function refuse(names: readonly string[]): void {
  if (names.length > 0) throw new Error(`The null resource cannot be asked for: ${names.join(", ")}.`);
}

import { type TerraformResource, Token } from "cdktf";
import { caller } from "../../caller";
import { compact } from "../../lists";
import { compress, type Declaration, LARGEST_TEXT, triggersOf } from "../../payload";
import { collectUsersOfOthers, type StackUsers } from "../protected-users";
import { References } from "../references";
import type { UserSetProps } from "../user-set";

const ON_WINDOWS = "NullResourceUserSet runs a Unix shell, which Windows does not have. Use it inside WSL 2.";

/**
 * Terraform's time for triggers grows faster than their number: a plan of so many takes 21 s on two
 * processors (measured).
 */
const MOST_USERS = 10_000;

/** How many unknown values a message lists. */
const LISTED = 5;

/**
 * Checks that a `null_resource` supports all settings of a set.
 *
 * @param resource the set's resource
 * @returns a sentence for each problem: the reason and what to do
 */
export function findNullSetProblems(
  resource: TerraformResource,
  props: UserSetProps,
  declaration: () => Declaration,
): string[] {
  const references = new References(resource.cdktfStack);
  const unknown = findUnknownUsers(props, collectUsersOfOthers(resource));
  // Not its fqn: reading that would prevent later overrides of the name.
  const address = `${resource.terraformResourceType}.${resource.friendlyUniqueId}`;
  return [
    ...findReplacementProblems(references, address),
    ...findRepetitionProblems(references, address),
    ...unknown,
    ...(unknown.length === 0
      ? [...findTriggerProblems(references, address, props), ...findSizeProblems(props, declaration)]
      : []),
    ...compact(process.platform === "win32" && ON_WINDOWS),
  ];
}

/**
 * Checks that a set knows at synth what it needs: a destroy-time provisioner may only contain literals.
 *
 * @returns a sentence for each problem: what is unknown, and what to do
 */
export function findUnknownUsers(props: UserSetProps, { unknown }: StackUsers): string[] {
  const { users, retainedIds, maxDeletions, maxDeletionsPercent } = props;
  const problemOf = (what: string, values: readonly unknown[]) =>
    values.some((value) => Token.isUnresolved(value)) &&
    `${what} known only to Terraform (a CDKTF token), and NullResourceUserSet must know them at synth. ` +
      `Declare them as text or in a file, or use ManagedUserSet.`;
  const declared = [users.toMap(), ...users._entries.flatMap(({ id, label }) => [id, label])];
  const retained = [retainedIds, ...(retainedIds ?? [])];
  const more = unknown.length > LISTED ? `, and ${unknown.length - LISTED} more` : "";
  return compact(
    problemOf("Some of the users are", declared),
    problemOf(`Some ${caller.property("retainedIds")} are`, retained),
    problemOf("Its guards are", [maxDeletions, maxDeletionsPercent]),
    unknown.length > 0 &&
      `Ids of the stack's other sets are known only to Terraform (${unknown.slice(0, LISTED).join(", ")}${more}), so ` +
        `this set could delete users that another set declares. Declare those ids as text or in a file, ` +
        `use ManagedUserSet for this set, or put the two sets in different stacks.`,
  );
}

/**
 * The parts of a block that decide when and how often its object exists. Overrides may have put anything
 * there.
 */
interface Block {
  readonly triggers?: Readonly<Record<string, unknown>>;
  readonly count?: unknown;
  readonly for_each?: unknown;
  readonly lifecycle?: {
    readonly enabled?: unknown;
    readonly create_before_destroy?: unknown;
    readonly prevent_destroy?: unknown;
  };
}

function parseBlock(text: string | undefined): Block {
  return (JSON.parse(text ?? "{}") as Block | null) ?? {};
}

/**
 * Refuses meta-arguments that can remove an object while its block stays. The provisioner would then run as
 * for a replacement, and delete the users removed in the same change. Without them, the block is removed
 * together with its object, and Terraform runs no provisioner.
 */
function findRepetitionProblems(references: References, address: string): string[] {
  const { count, for_each, lifecycle } = parseBlock(references.blocks.get(address));
  return Object.entries({ count, for_each, "lifecycle.enabled": lifecycle?.enabled })
    .filter(([, value]) => value !== undefined)
    .map(
      ([name]) =>
        `${name} of its resource cannot be used in NullResourceUserSet: destroying a set could not be told from ` +
        "replacing it. Remove it, and declare the set conditionally in your code.",
    );
}

/**
 * With `create_before_destroy` on the set or on a resource that depends on it, Terraform does not run the
 * set's provisioner: the apply succeeds, and the removal is lost. `prevent_destroy` prevents every change of
 * the set.
 */
function findReplacementProblems(references: References, address: string): string[] {
  const { lifecycle } = parseBlock(references.blocks.get(address));
  const dependants = [...references.blocks].filter(
    ([dependant, block]) =>
      dependant !== address &&
      parseBlock(block).lifecycle?.create_before_destroy === true &&
      references.reach(block, (reached) => reached === address),
  );
  return compact(
    lifecycle?.create_before_destroy === true &&
      `create_before_destroy cannot be used in NullResourceUserSet: Terraform would not run the deletion. Remove it.`,
    lifecycle?.prevent_destroy === true &&
      `prevent_destroy cannot be used in NullResourceUserSet: every change of the set replaces it. Remove it.`,
    ...dependants.map(
      ([dependant]) =>
        `${dependant} has create_before_destroy and depends on this set, so it applies to the set as well, and Terraform would not ` +
        `run the deletion. Remove it there, or remove the dependency of ${dependant} on the set.`,
    ),
  );
}

/** Refuses overridden triggers: the plan shows the triggers, but the command follows the declared set. */
function findTriggerProblems(
  references: References,
  address: string,
  { users, userIdType }: UserSetProps,
): string[] {
  const { triggers = {} } = parseBlock(references.blocks.get(address));
  const declared = new Map(Object.entries(triggersOf(userIdType, users.toMap())));
  const planned = Object.entries(triggers);
  if (planned.length === declared.size && planned.every(([name, label]) => declared.get(name) === label))
    return [];
  return [
    "The triggers of its resource are not those of its users: an override has replaced them, so a plan would not show who " +
      "leaves. Remove the override of triggers, and declare the users in the set.",
  ];
}

function findSizeProblems(props: UserSetProps, declaration: () => Declaration): string[] {
  const { users, userIdType } = props;
  const count = users._entries.length;
  if (count > MOST_USERS) {
    return [
      `The set has ${count} users, and NullResourceUserSet supports ${MOST_USERS}: Terraform is slow with more. ` +
        "Use ManagedUserSet, or divide the set among stacks.",
    ];
  }
  const texts = [triggersOf(userIdType, users.toMap()), declaration()].map((value) =>
    compress(JSON.stringify(value)),
  );
  const longest = Math.max(...texts.map(({ length }) => length));
  if (longest <= LARGEST_TEXT) return [];
  return [
    `The declarations of this set and of the stack's other sets take ${Math.ceil(longest / 1000)} kB when compressed, but the ` +
      `environment of a process can hold only ${Math.floor(LARGEST_TEXT / 1000)} kB of them. Shorten the labels. Otherwise use ManagedUserSet, or divide the set among stacks.`,
  ];
}

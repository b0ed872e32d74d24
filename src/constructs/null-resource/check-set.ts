import { type TerraformMetaArguments, type TerraformResource, Token } from "cdktf";
import { caller } from "../../caller";
import { type DeleteBy, UserIdType } from "../../users";
import { compress, type Declaration, LARGEST_TEXT, triggersOf } from "../../payload";

/** The properties that a `ManagedUserSet` passes to its `null_resource`. */
export interface NullUserSetProps extends TerraformMetaArguments {
  readonly users: {
    /** The declared users, not escaped; empty if only Terraform will know them. */
    readonly _entries: readonly { readonly id: string; readonly label: string }[];
    /** Id -> label, escaped for `cdk.tf.json`, or a token. */
    toMap(): { [id: string]: string };
  };
  readonly userIdType: UserIdType;
  readonly maxDeletions?: number;
  readonly maxDeletionsPercent?: number;
  readonly suspendDays?: number;
  readonly retainedUserIds?: string[];
  readonly deleteBy?: DeleteBy;
  readonly allowUnknownUsers?: boolean;
  readonly allowMissingUsers?: boolean;
  readonly driftReport?: boolean;
}

/** The users in the rest of a stack: users of other sets, and users that GenAuth providers protect. */
export interface StackUsers {
  /** Sorted, by id type. */
  readonly ids: Readonly<Partial<Record<UserIdType, readonly string[]>>>;
  /** Ids that only Terraform will know, as expressions or paths of sets. */
  readonly unknown: readonly string[];
}

/** The blocks of a stack and their references. */
export interface StackReferences {
  /** The blocks as text in `cdk.tf.json`, by address. */
  readonly blocks: ReadonlyMap<string, string>;
  /** Whether an expression refers to a matching address, directly or through other blocks. */
  reach(expression: string, isSought: (address: string) => boolean): boolean;
}

/** Terraform's time for triggers grows faster than their number: a plan of so many takes 21 s on two processors (measured). */
const MOST_USERS = 10_000;

/** How many unknown values a message lists. */
const LISTED = 5;

const NULL_RESOURCE = caller.member("UserSetResourceType.NULL_RESOURCE");
const WITH_NULL_RESOURCE = `with ${NULL_RESOURCE}`;
const OTHER_TYPE = `use ${caller.member("UserSetResourceType.GENAUTH_USER_SET")}`;

/**
 * Checks that a `null_resource` supports all settings of a set.
 *
 * @param resource the set's resource
 * @returns a sentence for each problem: the reason and what to do
 */
export function findNullSetProblems(
  resource: TerraformResource,
  props: NullUserSetProps,
  stack: {
    readonly references: StackReferences;
    readonly usersOfOthers: StackUsers;
    readonly declaration: () => Declaration;
  },
): string[] {
  const unknown = findUnknownUsers(props, stack.usersOfOthers);
  // Not its fqn: reading that would prevent later overrides of the name.
  const address = `${resource.terraformResourceType}.${resource.friendlyUniqueId}`;
  return [
    ...findPropertyProblems(props),
    ...findReplacementProblems(stack.references, address),
    ...findRepetitionProblems(stack.references, address),
    ...unknown,
    ...(unknown.length === 0
      ? [
          ...findTriggerProblems(stack.references, address, props),
          ...findSizeProblems(props, stack.declaration),
        ]
      : []),
    ...(process.platform === "win32"
      ? [`${NULL_RESOURCE} runs a Unix shell, which Windows does not have. Use it inside WSL 2.`]
      : []),
  ];
}

/**
 * Checks that a set knows at synth what it needs: a destroy-time provisioner may only contain literals.
 *
 * @returns a sentence for each problem: what is unknown, and what to do
 */
export function findUnknownUsers(props: NullUserSetProps, { unknown }: StackUsers): string[] {
  const { users, retainedUserIds, maxDeletions, maxDeletionsPercent } = props;
  const problems: string[] = [];
  const refuse = (what: string): void =>
    void problems.push(
      `${what} known only to Terraform (a CDKTF token), and ${NULL_RESOURCE} must know them at synth. ` +
        `Declare them as text or in a file, or ${OTHER_TYPE}.`,
    );
  if (
    Token.isUnresolved(users.toMap()) ||
    users._entries.some(({ id, label }) => isToken(id) || isToken(label))
  )
    refuse("Some of the users are");
  if (isToken(retainedUserIds) || (retainedUserIds ?? []).some(isToken))
    refuse(`Some ${caller.property("retainedUserIds")} are`);
  if (isToken(maxDeletions) || isToken(maxDeletionsPercent)) refuse("Its guards are");

  if (unknown.length > 0) {
    const more = unknown.length > LISTED ? `, and ${unknown.length - LISTED} more` : "";
    problems.push(
      `Ids of the stack's other sets are known only to Terraform (${unknown.slice(0, LISTED).join(", ")}${more}), so ` +
        `this set could delete users that another set declares. Declare those ids as text or in a file, ` +
        `${OTHER_TYPE} for this set, or put the two sets in different stacks.`,
    );
  }
  return problems;
}

function isToken(value: unknown): boolean {
  return Token.isUnresolved(value);
}

/**
 * Whether a property can be used; otherwise, why not. Names every property, because one that is forgotten would be ignored. Those
 * that are refused have no effect here, or would break the order of replacement that deletions depend on.
 */
const SUPPORT: Readonly<Record<keyof NullUserSetProps, true | string>> = {
  users: true,
  userIdType: true,
  maxDeletions: true,
  maxDeletionsPercent: true,
  retainedUserIds: true,
  deleteBy: true,
  driftReport: true,
  dependsOn: true,
  lifecycle: true,
  provider: true,
  forEach: "Each instance would get the same users. Create one ManagedUserSet for each item in a loop.",
  count: "Each instance would get the same users. Create one ManagedUserSet for each in a loop.",
  provisioners:
    "A failed one would taint the set, and the removals of a tainted set are lost. Use a resource that depends on the set.",
  connection: "The set's provisioner needs no connection.",
  suspendDays: `A provisioner cannot come back days later to delete whom it suspended. Leave it out, or ${OTHER_TYPE}.`,
  allowUnknownUsers: `Users are always known at synth here. Leave it out, or ${OTHER_TYPE}.`,
  allowMissingUsers: `Nobody is looked up here when a set is created. Leave it out, or ${OTHER_TYPE}.`,
};

function findPropertyProblems(props: NullUserSetProps): string[] {
  const refused = Object.entries(SUPPORT)
    .filter(([name, support]) => support !== true && props[name as keyof NullUserSetProps] !== undefined)
    .map(([name, why]) => `${caller.property(name)} cannot be used ${WITH_NULL_RESOURCE}. ${why}`);
  if (props.provider?.terraformResourceType === "genauth") {
    refused.push(
      `The provider is a GenAuthProvider, and ${NULL_RESOURCE} needs a NullProvider. Leave provider out.`,
    );
  }
  return refused;
}

/** The parts of a block that decide when and how often its object exists. Overrides may have put anything there. */
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
 * Refuses meta-arguments that can remove an object while its block stays. The provisioner would then run as for a replacement,
 * and delete the users removed in the same change. Without them, the block is removed together with its object, and Terraform
 * runs no provisioner.
 */
function findRepetitionProblems(references: StackReferences, address: string): string[] {
  const { count, for_each, lifecycle } = parseBlock(references.blocks.get(address));
  return Object.entries({ count, for_each, "lifecycle.enabled": lifecycle?.enabled })
    .filter(([, value]) => value !== undefined)
    .map(
      ([name]) =>
        `${name} of its resource cannot be used ${WITH_NULL_RESOURCE}: destroying a set could not be told from ` +
        "replacing it. Remove it, and declare the set conditionally in your code.",
    );
}

/**
 * With `create_before_destroy` on the set or on a resource that depends on it, Terraform does not run the set's provisioner: the
 * apply succeeds, and the removal is lost. `prevent_destroy` prevents every change of the set.
 */
function findReplacementProblems(references: StackReferences, address: string): string[] {
  const { lifecycle } = parseBlock(references.blocks.get(address));
  const problems: string[] = [];
  if (lifecycle?.create_before_destroy === true) {
    problems.push(
      `create_before_destroy cannot be used ${WITH_NULL_RESOURCE}: Terraform would not run the deletion. Remove it.`,
    );
  }
  if (lifecycle?.prevent_destroy === true) {
    problems.push(
      `prevent_destroy cannot be used ${WITH_NULL_RESOURCE}: every change of the set replaces it. Remove it.`,
    );
  }
  for (const [dependant, block] of references.blocks) {
    if (dependant === address || parseBlock(block).lifecycle?.create_before_destroy !== true) continue;
    if (!references.reach(block, (reached) => reached === address)) continue;
    problems.push(
      `${dependant} has create_before_destroy and depends on this set, so it applies to the set as well, and Terraform would not ` +
        `run the deletion. Remove it there, or remove the dependency of ${dependant} on the set.`,
    );
  }
  return problems;
}

/** Refuses overridden triggers: the plan shows the triggers, but the command follows the declared set. */
function findTriggerProblems(
  references: StackReferences,
  address: string,
  { users, userIdType }: NullUserSetProps,
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

function findSizeProblems(props: NullUserSetProps, declaration: () => Declaration): string[] {
  const { users, userIdType } = props;
  const count = users._entries.length;
  const advice = `Otherwise ${OTHER_TYPE}, or divide the set among stacks.`;
  if (count > MOST_USERS) {
    return [
      `The set has ${count} users, and ${NULL_RESOURCE} supports ${MOST_USERS}: Terraform is slow with more. ` +
        `${OTHER_TYPE.replace("use", "Use")}, or divide the set among stacks.`,
    ];
  }
  const texts = [triggersOf(userIdType, users.toMap()), declaration()].map((value) =>
    compress(JSON.stringify(value)),
  );
  const longest = Math.max(...texts.map(({ length }) => length));
  if (longest <= LARGEST_TEXT) return [];
  return [
    `The declarations of this set and of the stack's other sets take ${Math.ceil(longest / 1000)} kB when compressed, but the ` +
      `environment of a process can hold only ${Math.floor(LARGEST_TEXT / 1000)} kB of them. Shorten the labels. ${advice}`,
  ];
}

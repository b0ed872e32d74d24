import { type TerraformMetaArguments, type TerraformResource, Token } from "cdktf";
import { type DeleteBy, UserIdType } from "../users";
import { compress, type Declaration, LARGEST_TEXT, triggersOf } from "./payload";

/** What a `ManagedUserSet` gives its `null_resource`. */
export interface NullUserSetProps extends TerraformMetaArguments {
  readonly users: {
    /** Each user as declared, not escaped; empty where only Terraform will know them. */
    readonly _entries: readonly { readonly id: string; readonly label: string }[];
    /** Id -> label, escaped for `cdk.tf.json`, or a token. */
    toMap(): { [id: string]: string };
  };
  readonly userIdType?: UserIdType;
  readonly maxDeletions?: number;
  readonly maxDeletionsPercent?: number;
  readonly retainedUserIds?: string[];
  readonly deleteBy?: DeleteBy;
  readonly allowUnknownUsers?: boolean;
  readonly allowMissingUsers?: boolean;
  readonly driftReport?: boolean;
}

/** Users that belong to the rest of a stack: those of its other sets, and those whom its GenAuth providers protect. */
export interface StackUsers {
  /** Sorted, by id type. */
  readonly ids: Readonly<Partial<Record<UserIdType, readonly string[]>>>;
  /** What only Terraform will know, as expressions or paths of sets: it cannot be a literal. */
  readonly unknown: readonly string[];
}

/** The blocks of a stack, and what they refer to. */
export interface StackReferences {
  /** By address, each as its text in `cdk.tf.json`. */
  readonly blocks: ReadonlyMap<string, string>;
  /** Says whether an expression refers to an address that is sought, directly or through other blocks. */
  reach(expression: string, isSought: (address: string) => boolean): boolean;
}

/** More than linear is what Terraform needs for triggers: 21 s for a plan of so many, on two processors (measured). */
const MOST_USERS = 10_000;

/** How many values that only Terraform will know are listed. */
const LISTED = 5;

const WITH_NULL_RESOURCE = "with UserSetResourceType.NULL_RESOURCE";
const OTHER_TYPE = "use UserSetResourceType.GENAUTH_USER_SET";

/**
 * Finds what a set asks for that a `null_resource` cannot do.
 *
 * @param resource the set's resource
 * @returns sentences with the reason and the way out; empty where all is well
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
  // Not its fqn: asking for that would forbid to override the name afterwards.
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
      ? [
          "UserSetResourceType.NULL_RESOURCE runs a Unix shell, which Windows does not have. Use it inside WSL 2.",
        ]
      : []),
  ];
}

/**
 * Finds what a set needs to know at synth and does not: Terraform gives a destroy-time provisioner literals and nothing else.
 *
 * @returns sentences that say what, and the way out
 */
export function findUnknownUsers(props: NullUserSetProps, { unknown }: StackUsers): string[] {
  const { users, retainedUserIds, maxDeletions, maxDeletionsPercent } = props;
  const problems: string[] = [];
  const refuse = (what: string): void =>
    void problems.push(
      `${what} known only to Terraform (a CDKTF token), and UserSetResourceType.NULL_RESOURCE must know them at synth. ` +
        `Give them as text or from a file, or ${OTHER_TYPE}.`,
    );
  if (
    Token.isUnresolved(users.toMap()) ||
    users._entries.some(({ id, label }) => isToken(id) || isToken(label))
  )
    refuse("Some of the users are");
  if (isToken(retainedUserIds) || (retainedUserIds ?? []).some(isToken)) refuse("Some retainedUserIds are");
  if (isToken(maxDeletions) || isToken(maxDeletionsPercent)) refuse("Its guards are");

  if (unknown.length > 0) {
    const more = unknown.length > LISTED ? `, and ${unknown.length - LISTED} more` : "";
    problems.push(
      `Ids of the stack's other sets are known only to Terraform (${unknown.slice(0, LISTED).join(", ")}${more}), so ` +
        `this set could delete somebody whom another one declares. Give those ids as text or from a file, ` +
        `${OTHER_TYPE} for this set, or put the two in different stacks.`,
    );
  }
  return problems;
}

function isToken(value: unknown): boolean {
  return Token.isUnresolved(value);
}

/** Properties that mean nothing here, or would break the order of replacement that deletions depend on. */
const REFUSED: Readonly<Partial<Record<keyof NullUserSetProps, string>>> = {
  forEach:
    "Each instance would get the same users. Make one ManagedUserSet for each item, in a loop of your own.",
  count: "Each instance would get the same users. Make one ManagedUserSet for each, in a loop of your own.",
  provisioners:
    "One that fails would taint the set, and the removals of a tainted set are lost. Use a resource that depends on it.",
  connection: "The set's own provisioner connects to nothing.",
  allowUnknownUsers: `Here users are always known at synth. Leave it out, or ${OTHER_TYPE}.`,
  allowMissingUsers: `Here nobody is looked up when a set is created. Leave it out, or ${OTHER_TYPE}.`,
};

function findPropertyProblems(props: NullUserSetProps): string[] {
  const refused = Object.entries(REFUSED)
    .filter(([name]) => props[name as keyof NullUserSetProps] !== undefined)
    .map(([name, why]) => `${name} cannot be used ${WITH_NULL_RESOURCE}. ${why}`);
  if (props.provider?.terraformResourceType === "genauth") {
    refused.push(
      "The provider is a GenAuthProvider, and UserSetResourceType.NULL_RESOURCE needs a NullProvider. Leave provider out.",
    );
  }
  return refused;
}

/** A block, as far as it says when and how often its object exists. Overrides may have put anything there. */
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
 * A block that stands for exactly one object disappears together with it, and then Terraform runs no provisioner. Where an
 * object can disappear while its block stays, the provisioner runs as for a replacement, and would carry out the removals of
 * the same change.
 */
function findRepetitionProblems(references: StackReferences, address: string): string[] {
  const { count, for_each, lifecycle } = parseBlock(references.blocks.get(address));
  return Object.entries({ count, for_each, "lifecycle.enabled": lifecycle?.enabled })
    .filter(([, value]) => value !== undefined)
    .map(
      ([name]) =>
        `${name} of its resource cannot be used ${WITH_NULL_RESOURCE}: a set that it takes away could not be told from ` +
        "one that is replaced. Take it out, and declare a set or not in code of your own.",
    );
}

/**
 * With `create_before_destroy`, on the set or on something that depends on it, Terraform does not run the set's
 * provisioner: the apply succeeds, and the removal is lost. `prevent_destroy` keeps the set from ever changing.
 */
function findReplacementProblems(references: StackReferences, address: string): string[] {
  const { lifecycle } = parseBlock(references.blocks.get(address));
  const problems: string[] = [];
  if (lifecycle?.create_before_destroy === true) {
    problems.push(
      `create_before_destroy cannot be used ${WITH_NULL_RESOURCE}: Terraform would not run the deletion. Take it out.`,
    );
  }
  if (lifecycle?.prevent_destroy === true) {
    problems.push(
      `prevent_destroy cannot be used ${WITH_NULL_RESOURCE}: every change of the set replaces it. Take it out.`,
    );
  }
  for (const [dependant, block] of references.blocks) {
    if (dependant === address || parseBlock(block).lifecycle?.create_before_destroy !== true) continue;
    if (!references.reach(block, (reached) => reached === address)) continue;
    problems.push(
      `${dependant} has create_before_destroy and depends on this set, which passes it on to the set: Terraform would not ` +
        `run the deletion. Take it out there, or let ${dependant} not depend on the set.`,
    );
  }
  return problems;
}

/** The plan shows the triggers, and the command obeys the declared set: an override must not set the two apart. */
function findTriggerProblems(
  references: StackReferences,
  address: string,
  { users, userIdType = UserIdType.USER_ID }: NullUserSetProps,
): string[] {
  const { triggers = {} } = parseBlock(references.blocks.get(address));
  const declared = new Map(Object.entries(triggersOf(userIdType, users.toMap())));
  const planned = Object.entries(triggers);
  if (planned.length === declared.size && planned.every(([name, label]) => declared.get(name) === label))
    return [];
  return [
    "The triggers of its resource are not those of its users: an override has put others in their place, and a plan would not " +
      'show who leaves. Take it out (addOverride("triggers", …)), and declare the users in the set.',
  ];
}

function findSizeProblems(props: NullUserSetProps, declaration: () => Declaration): string[] {
  const { users, userIdType = UserIdType.USER_ID } = props;
  const count = users._entries.length;
  const wayOut = `Otherwise ${OTHER_TYPE}, or divide the set among stacks.`;
  if (count > MOST_USERS) {
    return [
      `The set has ${count} users, and UserSetResourceType.NULL_RESOURCE takes ${MOST_USERS}: Terraform gets slow with more. ` +
        `${OTHER_TYPE.replace("use", "Use")}, or divide the set among stacks.`,
    ];
  }
  const texts = [triggersOf(userIdType, users.toMap()), declaration()].map((value) =>
    compress(JSON.stringify(value)),
  );
  const longest = Math.max(...texts.map(({ length }) => length));
  if (longest <= LARGEST_TEXT) return [];
  return [
    `The set and what the stack's other sets declare take ${Math.ceil(longest / 1000)} kB when compressed, and a process ` +
      `can be given ${Math.floor(LARGEST_TEXT / 1000)} kB: its variables have a size limit. Shorten the labels. ${wayOut}`,
  ];
}

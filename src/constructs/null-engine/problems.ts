import type { TerraformResource } from "cdktf";
import { compress, LARGEST_TEXT, triggersOf } from "../../handover";
import { UserIdType } from "../../users";
import { GenauthProvider } from "../generated/provider";
import type { ManagedUserSetProps } from "../managed-user-set-props";
import { References } from "../protected-users/references";
import { declarationOf } from "./declaration";
import { repetitionProblems } from "./repetition";
import { replacedBeforeDestroyedProblems } from "./replacement-order";
import { unknownUsersProblems } from "./unknown-users";

/** More than linear is what Terraform needs for triggers: 21 s for a plan of so many, on two processors (measured). */
const MOST_USERS = 10_000;

/**
 * What the null engine cannot do of what is asked.
 *
 * @param resource the set's resource
 * @returns sentences with the reason and the way out; empty where all is well
 */
export function nullEngineProblems(resource: TerraformResource, props: ManagedUserSetProps): string[] {
  const unknown = unknownUsersProblems(resource, props);
  const references = new References(resource.cdktfStack);
  // Not its fqn: asking for that would forbid to override the name afterwards.
  const address = `${resource.terraformResourceType}.${resource.friendlyUniqueId}`;
  return [
    ...propertyProblems(props),
    ...replacedBeforeDestroyedProblems(references, address),
    ...repetitionProblems(references, address),
    ...unknown,
    ...(unknown.length === 0 ? sizeProblems(resource, props) : []),
    ...(process.platform === "win32"
      ? ["Engine.NULL_RESOURCE runs a Unix shell, which Windows does not have. Use it inside WSL 2."]
      : []),
  ];
}

/** Properties that mean nothing here, or would break the order of replacement that deletions hang on. */
const REFUSED: Readonly<Partial<Record<keyof ManagedUserSetProps, string>>> = {
  forEach:
    "Each instance would get the same users. Make one ManagedUserSet for each item, in a loop of your own.",
  count: "Each instance would get the same users. Make one ManagedUserSet for each, in a loop of your own.",
  provisioners:
    "One that fails would taint the set, and the removals of a tainted set are lost. Use a resource that depends on it.",
  connection: "The set's own provisioner connects to nothing.",
  allowUnknownUsers: "Here users are always known at synth. Leave it out, or use Engine.PROVIDER.",
};

function propertyProblems(props: ManagedUserSetProps): string[] {
  const refused = Object.entries(REFUSED)
    .filter(([name]) => props[name as keyof ManagedUserSetProps] !== undefined)
    .map(([name, why]) => `${name} cannot be used with Engine.NULL_RESOURCE. ${why}`);
  if (props.provider instanceof GenauthProvider) {
    refused.push(
      "The provider is a GenAuthProvider, and Engine.NULL_RESOURCE needs a NullProvider. Leave provider out.",
    );
  }
  return refused;
}

function sizeProblems(resource: TerraformResource, props: ManagedUserSetProps): string[] {
  const { users, userIdType = UserIdType.USER_ID } = props;
  const count = users._entries.length;
  const wayOut = "Use Engine.PROVIDER, or divide the set among stacks.";
  if (count > MOST_USERS) {
    return [
      `The set has ${count} users, and Engine.NULL_RESOURCE takes ${MOST_USERS}: Terraform gets slow with more. ${wayOut}`,
    ];
  }
  const texts = [triggersOf(userIdType, users.toMap()), declarationOf(resource, props)].map((value) =>
    compress(JSON.stringify(value)),
  );
  const longest = Math.max(...texts.map(({ length }) => length));
  if (longest <= LARGEST_TEXT) return [];
  return [
    `The set and what the stack's other sets declare have ${Math.ceil(longest / 1000)} kB when compressed, and a process ` +
      `can be given ${Math.floor(LARGEST_TEXT / 1000)} kB: its variables have a size limit. Shorten the labels. ${wayOut}`,
  ];
}

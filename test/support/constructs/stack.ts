import { type TerraformStack, Testing } from "cdktf";
import { ManagedUserSet, type ManagedUserSetProps, UserIdType, Users } from "../../../src";

/**
 * Declares a set.
 *
 * @param users the users, or their ids
 * @param more other properties; the type of the ids is `USER_ID` if they name none
 */
export function declareSet(
  stack: TerraformStack,
  id: string,
  users: Users | string[],
  more: Partial<ManagedUserSetProps> = {},
): ManagedUserSet {
  return new ManagedUserSet(stack, id, {
    users: Array.isArray(users) ? Users.fromIds(users) : users,
    userIdType: UserIdType.USER_ID,
    ...more,
  });
}

/** What a stack writes for Terraform, as far as tests read it. */
export interface Synthesised {
  readonly provider: { readonly genauth: readonly Readonly<Record<string, unknown>>[] };
  readonly resource: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;
  readonly output: Readonly<Record<string, { readonly value: unknown }>>;
  readonly terraform: { readonly required_providers: Readonly<Record<string, unknown>> };
}

/** Synthesises a stack in memory. */
export function synthesise(stack: TerraformStack, validate?: boolean): Synthesised {
  return JSON.parse(Testing.synth(stack, validate)) as Synthesised;
}

/** The warnings of the last synth, each after the path of its construct. */
export function warningsOf(stack: TerraformStack): string[] {
  return stack.node
    .findAll()
    .flatMap(({ node }) =>
      node.metadata.flatMap(({ type, data }) => (type === "@cdktf/warn" ? [`${node.path}: ${data}`] : [])),
    );
}

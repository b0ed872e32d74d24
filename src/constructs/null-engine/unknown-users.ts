import { Token } from "cdktf";
import type { IConstruct } from "constructs";
import type { ManagedUserSetProps } from "../managed-user-set-props";
import { stackUsersOf } from "./stack-users";

/** What is told of values that only Terraform will know, at most. */
const LISTED = 5;

/**
 * What a set needs to know at synth and does not: Terraform hands a destroy-time provisioner literals and nothing else.
 *
 * @returns sentences that say what, and the way out
 */
export function unknownUsersProblems(resource: IConstruct, props: ManagedUserSetProps): string[] {
  const { users, retainedUserIds, maxDeletions, maxDeletionsPercent } = props;
  const problems: string[] = [];
  const refuse = (what: string): void =>
    void problems.push(
      `${what} known only to Terraform (a CDKTF token), and Engine.NULL_RESOURCE must know them at synth. ` +
        `Give them as text or from a file, or use Engine.PROVIDER.`,
    );
  if (
    Token.isUnresolved(users.toMap()) ||
    users._entries.some(({ id, label }) => isToken(id) || isToken(label))
  )
    refuse("Some of the users are");
  if (isToken(retainedUserIds) || (retainedUserIds ?? []).some(isToken)) refuse("Some retainedUserIds are");
  if (isToken(maxDeletions) || isToken(maxDeletionsPercent)) refuse("Its guards are");

  const { unknown } = stackUsersOf(resource);
  if (unknown.length > 0) {
    const more = unknown.length > LISTED ? `, and ${unknown.length - LISTED} more` : "";
    problems.push(
      `Ids of the stack's other sets are known only to Terraform (${unknown.slice(0, LISTED).join(", ")}${more}), so ` +
        `this set could delete somebody whom another one declares. Give those ids as text or from a file, use ` +
        `Engine.PROVIDER for this set, or put the two in different stacks.`,
    );
  }
  return problems;
}

function isToken(value: unknown): boolean {
  return Token.isUnresolved(value);
}

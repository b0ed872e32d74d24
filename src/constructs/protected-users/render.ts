import type { CollectedUsers, LeftOut } from "./collect";
import type { ProtectedIds } from "./protected-ids";
import { templateParts } from "./template";

/** Said at synth of a set whose ids, or some of them, `protected_users` does not hold. */
export const LEFT_OUT_WARNINGS: Readonly<Record<LeftOut, string>> = {
  cycle:
    "Some ids of this set come from the GenAuth provider itself, so its protected_users cannot name them: that would be a " +
    "cycle. Taken out of another set of this stack, these users are deleted although this set declares them. Declare " +
    "them as text, or add them to that set's retainedUserIds.",
  instance:
    "Some ids of this set differ by instance in a way that only Terraform knows, so the provider's protected_users cannot " +
    "name them. Taken out of another set of this stack, these users are deleted although this set declares them. Give " +
    "forEach a map that is known at synth, or add them to that set's retainedUserIds.",
};

/** `protected_users` as it goes to `cdk.tf.json`: for each id type a list, or an expression that makes one. */
export function renderProtectedUsers(collected: CollectedUsers): Record<string, string[] | string> {
  const lists = nonEmpty(collected).map(([type, { ids, listExpressions }]) => [
    type,
    listExpressions.length === 0 ? ids : `\${${listExpression(ids, listExpressions)}}`,
  ]);
  return Object.fromEntries(lists) as Record<string, string[] | string>;
}

/** The same as one expression, for `cdk.tf`: CDKTF's writer of HCL knows no lists in maps. */
export function protectedUsersExpression(collected: CollectedUsers): string {
  const lists = nonEmpty(collected).map(
    ([type, { ids, listExpressions }]) => `${type} = ${listExpression(ids, listExpressions)}`,
  );
  return `\${{ ${lists.join(", ")} }}`;
}

function nonEmpty({ ids }: CollectedUsers): [string, ProtectedIds][] {
  return [...ids]
    .filter(([, found]) => found.ids.length + found.listExpressions.length > 0)
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

function listExpression(ids: readonly string[], listExpressions: readonly string[]): string {
  const literal = `[${ids.map(quote).join(", ")}]`;
  return listExpressions.length === 0
    ? literal
    : `distinct(concat(${[literal, ...listExpressions].join(", ")}))`;
}

/** A string of `cdk.tf.json` as a quoted string of an expression: what is to be evaluated stays as it is. */
function quote(text: string): string {
  const parts = templateParts(text).map((part, index) =>
    index % 2 === 1 ? part : JSON.stringify(part).slice(1, -1),
  );
  return `"${parts.join("")}"`;
}

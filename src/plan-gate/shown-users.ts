import { parseDeclaration } from "../null-resource";
import { pieceNames, triggersOf, Variable } from "../payload";
import { resourceAddress, type PlanJson } from "../terraform-json";
import type { PlanFinding } from "./plan-fault";

/**
 * Compares the users that the null resource's command gets with those that reviewers see, where it replaces
 * the set.
 */
export function checkDeclaration(address: string, expressions: unknown, plan: PlanJson): PlanFinding[] {
  const replaced = plan.resource_changes.filter(
    ({ address: its, change }) =>
      resourceAddress(its) === address &&
      change.actions.includes("delete") &&
      change.actions.includes("create"),
  );
  const declared = declaredTriggers(expressions);
  if (declared === undefined)
    return [{ address, what: "a declaration of its users that the command would refuse" }];
  return replaced.flatMap(({ address: its, change }) => {
    const shown = membersOf(membersOf(change.after).get("triggers"));
    const unknown = membersOf(change.after_unknown).get("triggers");
    // All of them are unknown, so the plan shows nobody, and approves nobody.
    if (unknown === true) return [];
    const names = new Set([...shown.keys(), ...membersOf(unknown).keys(), ...declared.keys()]);
    const differs = [...names].some((name) =>
      membersOf(unknown).get(name) === true ? !declared.has(name) : shown.get(name) !== declared.get(name),
    );
    return differs ? [{ address: its, what: "other users for its command than its triggers show" }] : [];
  });
}

/**
 * The triggers of the users that a provisioner of this package declares; undefined if they cannot be read.
 */
function declaredTriggers(expressions: unknown): Map<string, unknown> | undefined {
  const variables = membersOf(membersOf(membersOf(expressions).get("environment")).get("constant_value"));
  const pieces = pieceNames(Variable.DECLARED).map((name) => variables.get(name));
  try {
    const { userIdType, users } = parseDeclaration(pieces.join(""));
    return membersOf(triggersOf(userIdType, Object.fromEntries(users)));
  } catch {
    // Whatever is wrong with it, the command would delete nobody.
    return undefined;
  }
}

function membersOf(value: unknown): Map<string, unknown> {
  return new Map(typeof value === "object" && value !== null ? Object.entries(value) : []);
}

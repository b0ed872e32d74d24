import { parsePlan } from "../../terraform-json";
import { type SavedPlan, showPlan } from "./show-plan";

/**
 * Whether a saved plan takes an object away for good, rather than to replace it.
 *
 * @param object the id of the `null_resource`: a random number, so no other object has it
 * @param stop gives up
 * @throws Error where the plan cannot be read, or does not say
 */
export async function takesAway(object: string, plan: SavedPlan, stop: AbortSignal): Promise<boolean> {
  const actions = await plannedActions(object, plan, stop).catch((cause: unknown) => {
    throw refusal(plan.file, cause instanceof Error ? cause.message : String(cause));
  });
  if (actions === "delete") return true;
  if (actions === "delete, create") return false;
  throw refusal(plan.file, `It says of the set: ${actions}.`);
}

async function plannedActions(object: string, plan: SavedPlan, stop: AbortSignal): Promise<string> {
  const { resource_changes: all } = parsePlan(await showPlan(plan, stop), HINT);
  const changes = all.filter(({ type, change }) => type === "null_resource" && change.before?.id === object);
  const [change] = changes;
  if (change === undefined || changes.length > 1)
    throw new Error("It does not name this set, or not it alone.");
  return change.change.actions.join(", ");
}

const HINT = "It is no plan that this version of genauth-users can read.";

function refusal(file: string, reason: string): Error {
  return new Error(
    `Nobody was deleted: the saved plan ${file} does not tell whether the set is replaced or taken away for good. ${reason}\n` +
      "The set stays in the state as it was. Keep the plan's file as it is until apply has ended: plan again, and apply that plan.",
  );
}

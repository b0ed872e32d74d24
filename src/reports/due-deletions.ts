import type { PlanJson } from "../terraform-json";
import { readRestOfApply } from "./plan-rest";
import { type Leaver, readSetChanges, type SetChange } from "./set-change";

/** Whether a plan deletes suspended users whose day has come, and whether it does anything else. */
export function classifyDueDeletions(
  plan: PlanJson,
  changes: readonly SetChange[],
): "none" | "alone" | "with_others" {
  if (!changes.some(({ leavers }) => leavers.some(isDue))) return "none";
  return addressesBesideDue(plan, changes).length === 0 ? "alone" : "with_others";
}

/** The addresses of what a plan changes besides deletions that are due. */
export function findBesideDueDeletions(plan: PlanJson): string[] {
  return addressesBesideDue(plan, readSetChanges(plan));
}

function addressesBesideDue(plan: PlanJson, changes: readonly SetChange[]): string[] {
  const sets = changes.filter((change) => !isOnlyDue(change));
  return [...new Set([...sets, ...readRestOfApply(plan)].map(({ address }) => address))];
}

/** The attributes that a deletion that is due changes. */
const CHANGED_BY_DUE_DELETION: ReadonlySet<string> = new Set([
  "suspended",
  "removals",
  "suspensions",
  "drift",
]);

function isOnlyDue({ action, changed, leavers }: SetChange): boolean {
  if (action === "none") return true;
  return (
    action === "update" &&
    changed.every((name) => CHANGED_BY_DUE_DELETION.has(name)) &&
    leavers.every((leaver) => isDue(leaver) || leaver.fate === "not_deleted")
  );
}

function isDue({ suspendedUntil }: Leaver): boolean {
  return suspendedUntil !== undefined;
}

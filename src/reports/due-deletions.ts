import type { PlanJson } from "../terraform-json";
import { readRestOfApply } from "./plan-rest";
import { type PlannedChange, type PlannedLeaver, readPlannedChanges } from "./planned-change";

/** Whether a plan deletes suspended users whose day has come, and whether it does anything else. */
export function classifyDueDeletions(
  plan: PlanJson,
  changes: readonly PlannedChange[],
): "none" | "alone" | "with_others" {
  if (!changes.some(({ leavers }) => leavers.some(isDue))) return "none";
  return addressesBesideDue(plan, changes).length === 0 ? "alone" : "with_others";
}

/** The addresses of what a plan changes besides deletions that are due. */
export function findBesideDueDeletions(plan: PlanJson): string[] {
  return addressesBesideDue(plan, readPlannedChanges(plan));
}

function addressesBesideDue(plan: PlanJson, changes: readonly PlannedChange[]): string[] {
  const sets = changes.filter((change) => !isOnlyDue(change));
  return [...new Set([...sets, ...readRestOfApply(plan)].map(({ address }) => address))];
}

/**
 * How many suspended users of a set were due when the plan was made, and are not deleted by it: a limit or the operator holds them,
 * or the look-ups do not find them.
 *
 * @param plannedAt when the plan was made; absent: not known, so nobody is counted
 */
export function countOverdue({ prior, planned }: PlannedChange, plannedAt: string | undefined): number {
  if (!prior || plannedAt === undefined) return 0;
  const now = Date.parse(plannedAt);
  return [...prior.suspended].filter(
    ([id, day]) => Date.parse(day) <= now && planned?.fates.get(id) !== "deleted" && !planned?.users.has(id),
  ).length;
}

/** The attributes that a deletion that is due changes. */
const CHANGED_BY_DUE_DELETION: ReadonlySet<string> = new Set([
  "suspended",
  "removals",
  "suspensions",
  "reactivations",
  "leaver_user_ids",
  "drift",
]);

function isOnlyDue({ action, changed, leavers, reactivated }: PlannedChange): boolean {
  if (action === "none") return true;
  return (
    action === "update" &&
    reactivated.length === 0 &&
    changed.every((name) => CHANGED_BY_DUE_DELETION.has(name)) &&
    leavers.every((leaver) => isDue(leaver) || leaver.fate === "not_deleted")
  );
}

function isDue({ suspendedUntil }: PlannedLeaver): boolean {
  return suspendedUntil !== undefined;
}

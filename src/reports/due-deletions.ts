import type { PlanJson } from "../terraform-json";
import type { PlanReport } from "./plan-report-schema";
import { readRestOfApply } from "./plan-rest";
import type { PlannedChange, PlannedLeaver } from "./planned-change";

/** Whether a plan deletes suspended users whose day has come, and the addresses of what it changes besides. */
export function readDueDeletions(
  plan: PlanJson,
  changes: readonly PlannedChange[],
): { readonly kind: PlanReport["due_deletions"]; readonly beside: readonly string[] } {
  const sets = changes.filter((change) => !isOnlyDue(change));
  const beside = [...new Set([...sets, ...readRestOfApply(plan)].map(({ address }) => address))];
  const isAny = changes.some(({ leavers }) => leavers.some(isDue));
  return { kind: !isAny ? "none" : beside.length === 0 ? "alone" : "with_others", beside };
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

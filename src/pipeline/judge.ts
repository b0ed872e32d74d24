import type { StackReport } from "../reports";

/** What a stack's plan needs before it is applied. */
export type Need = "nothing" | "no approval" | "approval";

/**
 * Decides what a plan needs. It reads data only, never text into which a user file can write.
 *
 * A plan needs no approval if it only creates or changes sets of the type genauth_user_set, nobody leaves or
 * returns, and no id passes to another account. A plan that changes nothing is not applied.
 */
export function needOf(report: StackReport): Need {
  const { sets, totals, plan_failed: hasFailed, verdict, whole } = report;
  const changed = sets.filter(({ action }) => action !== "none");
  const rest = report.rest.filter(({ kind }) => kind !== "output");
  if (hasFailed) return "approval";
  if (changed.length === 0 && report.rest.length === 0) return "nothing";
  const isCalm =
    whole &&
    verdict === "nobody_leaves" &&
    totals.reactivated + totals.rebound === 0 &&
    rest.length === 0 &&
    changed.every(
      ({ resource_type: type, action, ends_waiting: ends }) =>
        type === "genauth_user_set" && (action === "create" || action === "update") && !ends,
    );
  return isCalm ? "no approval" : "approval";
}

/** What the plans of a run do together: the word for the platform's files. */
export type RunChange = "nothing" | "without-deletions" | "approval" | "two-approvals";

/**
 * @param reports of the stacks that are applied
 * @param limit above which two people must approve
 */
export function runChangeOf(reports: readonly StackReport[], limit = Infinity): RunChange {
  const needs = reports.map(needOf);
  const deleted = reports.reduce((sum, { totals }) => sum + totals.deleted, 0);
  if (deleted > limit) return "two-approvals";
  if (needs.includes("approval")) return "approval";
  return needs.includes("no approval") ? "without-deletions" : "nothing";
}

/** How many people must approve. */
export function approvalsFor(change: RunChange): 0 | 1 | 2 {
  if (change === "two-approvals") return 2;
  return change === "approval" ? 1 : 0;
}

import type { StackReport } from "../reports";

/** What a stack's plan needs before it is applied. */
export type Need = "nothing" | "no approval" | "approval";

/**
 * Decides what a plan needs, from data and never from text that a user file can contribute to: a plan that only creates or changes a
 * genauth_user_set, which nobody leaves, that reactivates nobody and binds no id to another account, needs no approval; one that changes nothing is not applied.
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

import { expect, test } from "@jest/globals";
import { stackDocument, renderText, reportOnPlan } from "../../../src/reports";
import { attributeChange, planOf } from "../../support/reports/plan-json";

/** A plan that changes only limits of the set `staff`. */
const planFrom = (...change: Parameters<typeof attributeChange>) => planOf([attributeChange(...change)]);

test("limits that a change alters are told, with that of the run beside them", () => {
  const plan = planFrom(
    { max_deletions: 5, max_deletions_percent: 20, suspend_days: 14 },
    { max_deletions: 50, max_deletions_percent: 20, suspend_days: null },
  );
  const report = reportOnPlan(plan, { messages: [], refuse: { above: 30 } });
  expect(report.run_limit).toBe(30);
  expect(report.totals.limits_changed).toBe(1);
  expect(report.sets[0]?.changed_limits).toEqual([
    { limit: "max_deletions", before: 5, after: 50 },
    { limit: "suspend_days", before: 14, after: undefined },
  ]);
  expect(stackDocument(report).tone).toBe("attention");
});

test("a limit that is known only at apply is told as not known", () => {
  const plan = planFrom({ max_deletions: 5 }, {}, { max_deletions: true });
  const report = reportOnPlan(plan, { messages: [] });
  expect(report.sets[0]?.changed_limits).toEqual([{ limit: "max_deletions", before: 5, after: "unknown" }]);
});

test("limits that stay are not told", () => {
  const report = reportOnPlan(planFrom({ max_deletions: 5 }, { max_deletions: 5 }), { messages: [] });
  expect(report.totals.limits_changed).toBe(0);
  expect(renderText(stackDocument(report))).not.toContain("alters limits");
});

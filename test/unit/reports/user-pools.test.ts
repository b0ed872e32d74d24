import { expect, test } from "@jest/globals";
import { stackDocument, renderText, reportOnPlan } from "../../../src/reports";
import { planOf, setChange } from "../../support/reports/plan-json";

/** A plan in which `ada` leaves the set `staff`, and another set declares her. */
function planOfTwo(staffPool: string | null, otherPool: string | null | undefined) {
  const ada = { ada: "" };
  const bo = { bo: "" };
  const leaving = { before: { ...ada, ...bo }, after: bo, deleted: ["ada"] };
  return planOf([
    setChange("staff", leaving, { user_pool_name: staffPool }),
    setChange("other", { before: ada, after: ada }, { user_pool_name: otherPool }),
  ]);
}

test("a user whom a set of another pool declares is not declared elsewhere", () => {
  const report = reportOnPlan(planOfTwo("eu", "us"), { messages: [] });
  expect(report.leavers).toMatchObject([{ id: "ada", fate: "deleted", declared_in: [] }]);
  expect(report.totals.declared_elsewhere).toBe(0);
});

test.each([
  { otherSet: "the same pool", staff: "eu", other: "eu" },
  { otherSet: "a pool without a name", staff: "eu", other: null },
  { otherSet: "a pool without a name, in a state of an earlier version", staff: "eu", other: undefined },
  { otherSet: "any pool, if the leaver's has no name", staff: null, other: "us" },
])("a user whom a set of $otherSet declares is declared elsewhere", ({ staff, other }) => {
  const report = reportOnPlan(planOfTwo(staff, other), { messages: [] });
  expect(report.leavers).toMatchObject([{ declared_in: ["genauth_user_set.other"] }]);
  expect(report.totals.declared_elsewhere).toBe(1);
});

test("the report says which pool a set is in, where one has a name", () => {
  const report = reportOnPlan(planOfTwo("eu", "us"), { messages: [] });
  expect(report.sets.map(({ user_pool_name }) => user_pool_name)).toEqual(["eu", "us"]);
  expect(renderText(stackDocument(report))).toMatch(
    /Set +User pool +Change[^]*genauth_user_set\.staff +eu +changed/,
  );
  expect(renderText(stackDocument(reportOnPlan(planOfTwo(null, null), { messages: [] })))).not.toContain(
    "User pool",
  );
});

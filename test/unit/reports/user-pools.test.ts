import { expect, test } from "@jest/globals";
import { planDocument, renderText, reportOnPlan } from "../../../src/reports";
import { parsePlan } from "../../../src/terraform-json";

/** A plan in which `ada` leaves the set `staff`, and another set declares her. */
function planOf(staffPool: string | null, otherPool: string | null | undefined) {
  const change = (
    address: string,
    user_pool_name: string | null | undefined,
    before: string[],
    after: string[],
  ) => {
    const set = (ids: readonly string[]) => ({
      user_id_type: "username",
      users: Object.fromEntries(ids.map((id) => [id, ""])),
      removals: {},
      user_pool_name,
    });
    const left = before.filter((id) => !after.includes(id));
    return {
      address,
      type: "genauth_user_set",
      change: {
        actions: left.length > 0 ? ["update"] : ["no-op"],
        before: set(before),
        after: set(after),
        after_unknown: { removals: Object.fromEntries(left.map((id) => [id, true])) },
      },
    };
  };
  return parsePlan(
    JSON.stringify({
      format_version: "1.2",
      resource_changes: [
        change("genauth_user_set.staff", staffPool, ["ada", "bo"], ["bo"]),
        change("genauth_user_set.other", otherPool, ["ada"], ["ada"]),
      ],
    }),
  );
}

test("a user whom a set of another pool declares is not declared elsewhere", () => {
  const report = reportOnPlan(planOf("eu", "us"), { messages: [] });
  expect(report.leavers).toMatchObject([{ id: "ada", fate: "deleted", declared_in: [] }]);
  expect(report.totals.declared_elsewhere).toBe(0);
});

test.each([
  ["the same pool", "eu", "eu"],
  ["a pool without a name", "eu", null],
  ["a pool without a name, in a state of an earlier version", "eu", undefined],
  ["any pool, if the leaver's has no name", null, "us"],
])("a user whom a set of %s declares is declared elsewhere", (_what, staff, other) => {
  const report = reportOnPlan(planOf(staff, other), { messages: [] });
  expect(report.leavers).toMatchObject([{ declared_in: ["genauth_user_set.other"] }]);
  expect(report.totals.declared_elsewhere).toBe(1);
});

test("the report says which pool a set is in, where one has a name", () => {
  const report = reportOnPlan(planOf("eu", "us"), { messages: [] });
  expect(report.sets.map(({ user_pool_name }) => user_pool_name)).toEqual(["eu", "us"]);
  expect(renderText(planDocument(report))).toMatch(
    /Set +User pool +Change[^]*genauth_user_set\.staff +eu +changed/,
  );
  expect(renderText(planDocument(reportOnPlan(planOf(null, null), { messages: [] })))).not.toContain(
    "User pool",
  );
});

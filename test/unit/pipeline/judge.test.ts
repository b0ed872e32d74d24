import { expect, test } from "@jest/globals";
import { needOf } from "../../../src/pipeline/judge";
import { reportOnPlan } from "../../../src/reports";
import { planOf, setChange } from "../../support/reports/plan-json";

const users = { before: { ada: "Ada" }, after: { ada: "Ada Aydin" } };

/** What a plan needs that changes the set `staff`. @param more other attributes of the set */
function needOfChange(more: object = {}): string {
  return needOf(reportOnPlan(planOf([setChange("staff", users, more)]), { messages: [] }));
}

test("a label that changes needs no approval", () => {
  expect(needOfChange()).toBe("no approval");
});

test("an id that passes to another account needs an approval, though nobody leaves", () => {
  const rebindings = { ada: { former_user_id: "old", user_id: "new" } };
  expect(needOfChange({ rebindings })).toBe("approval");
});

import { expect, test } from "@jest/globals";
import { reportOnPlan } from "../../../src/reports";
import { planOf, setChange } from "../../support/reports/plan-json";

const REBOUND = { rebindings: { ada: { former_user_id: "old", user_id: "new" } } };
const users = { before: { ada: "Ada" }, after: { ada: "Ada" } };

test("an id that means another account is listed with both, and counted", () => {
  const report = reportOnPlan(planOf([setChange("staff", users, REBOUND)]), { messages: [] });
  expect(report.rebound).toMatchObject([{ id: "ada", label: "Ada", former_user_id: "old", user_id: "new" }]);
  expect(report.totals.rebound).toBe(1);
});

test("--redact shows neither account", () => {
  const report = reportOnPlan(planOf([setChange("staff", users, REBOUND)]), {
    messages: [],
    redactKey: "a key for the tests",
  });
  expect(report.rebound).toMatchObject([{ former_user_id: "", user_id: "" }]);
});

test("the rebindings of the last apply, which stand in an unchanged set, are not told again", () => {
  const set = setChange("staff", users, REBOUND);
  const unchanged = { ...set, change: { ...set.change, actions: ["no-op"] } };
  expect(reportOnPlan(planOf([unchanged]), { messages: [] }).rebound).toEqual([]);
});

import { describe, expect, test } from "@jest/globals";
import { type StackReport, reportOnRun } from "../../../src/reports";
import { parsePlan, type PlanJson } from "../../../src/terraform-json";
import { UserLookUps } from "../../../src/users";
import { planOf, setChange } from "../../support/reports/plan-json";
import { ModelDirectory } from "../../support/users/model-directory";
import { person } from "../../support/users/people";

const ada = person(1, { email: "ada@example.com", username: "ada" });

/** The plan of the stack `staff`, which `ada` leaves. */
const LEAVING = JSON.stringify(
  planOf([setChange("staff", { before: { ada: "", bo: "" }, after: { bo: "" }, deleted: ["ada"] })]),
);

/** The plan of another stack, whose set changes so. */
function guests(before: Readonly<Record<string, string>>, after = before, more: object = {}): PlanJson {
  return planOf([setChange("guests", { before, after }, more)]);
}

async function reportBeside(plan: PlanJson, isHeld = false): Promise<StackReport> {
  const { report } = await reportOnRun({
    json: LEAVING,
    messages: [],
    lookUps: new UserLookUps(new ModelDirectory([ada])),
    others: [{ stack: "guests", plan, isHeld }],
  });
  return report;
}

const declaredIn = async (...args: Parameters<typeof reportBeside>) =>
  (await reportBeside(...args)).leavers[0]?.declared_in;

describe("somebody who leaves a stack is still declared in another one", () => {
  test("by the same id", async () => {
    expect(await declaredIn(guests({ ada: "" }))).toEqual(["guests: genauth_user_set.guests"]);
  });

  test("by another id that the look-up shows", async () => {
    const plan = guests({ "ADA@example.com": "" }, undefined, { user_id_type: "email" });
    expect(await declaredIn(plan)).toEqual(["guests: genauth_user_set.guests"]);
  });

  test("if that stack only retains the user", async () => {
    const plan = guests({ dana: "" }, undefined, { retained_ids: ["ada"] });
    expect(await declaredIn(plan)).toEqual(["guests: genauth_user_set.guests"]);
  });

  test("before the change of a stack that is not applied, and not of one that is", async () => {
    const plan = guests({ ada: "", dana: "" }, { dana: "" });
    expect(await declaredIn(plan, true)).toEqual(["guests: genauth_user_set.guests"]);
    expect(await declaredIn(plan, false)).toEqual([]);
  });

  test("and not in a set of another user pool", async () => {
    const plan = guests({ ada: "" }, undefined, { user_pool_name: "us" });
    const own = setChange(
      "staff",
      { before: { ada: "" }, after: {}, deleted: ["ada"] },
      { user_pool_name: "eu" },
    );
    const { report } = await reportOnRun({
      json: JSON.stringify(planOf([own])),
      messages: [],
      others: [{ stack: "guests", plan }],
    });
    expect(report.leavers[0]?.declared_in).toEqual([]);
  });
});

test("a plan that failed declares those whom its state holds", async () => {
  const failed = parsePlan(JSON.stringify({ ...guests({ ada: "", dana: "" }, { dana: "" }), errored: true }));
  expect(await declaredIn(failed)).toEqual(["guests: genauth_user_set.guests"]);
});

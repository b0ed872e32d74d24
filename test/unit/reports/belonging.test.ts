import { describe, expect, test } from "@jest/globals";
import {
  parseMessages,
  stackDocument,
  type StackReport,
  renderText,
  reportOnPlan,
  reportOnRun,
} from "../../../src/reports";
import { parsePlan } from "../../../src/terraform-json";
import { describePlan } from "../../../src/users/messages/describe-plan";
import { planJson } from "../../support/reports/plan-json";

const PLANNED_AT = "2026-11-28T11:21:29Z";

/** The output of `terraform plan -json` that began and ended at these times, with these diagnostics. */
function output(from: string, until: string, ...diagnostics: readonly object[]): string {
  return [
    { "@timestamp": from, type: "version", terraform: "1.11.4" },
    ...diagnostics.map((diagnostic) => ({ "@timestamp": until, type: "diagnostic", diagnostic })),
    { "@timestamp": until, type: "change_summary", changes: { operation: "plan" } },
  ]
    .map((line) => JSON.stringify(line))
    .join("\n");
}

const ERROR = { severity: "error", summary: "Reference to undeclared resource", detail: "No such thing." };

function report(messages: string, more: object = { timestamp: PLANNED_AT }): StackReport {
  const plan = parsePlan(planJson({ stay: ["ada"], deleted: ["bo", "chidi"] }, more));
  return reportOnPlan(plan, parseMessages(messages));
}

describe("messages and a plan that do not belong together", () => {
  test.each([
    {
      what: "an old plan, and the messages of a run that failed before it wrote one",
      messages: output("2026-11-28T12:00:00.5Z", "2026-11-28T12:00:01Z", ERROR),
      says: "The messages have an error, and the plan has none",
    },
    {
      what: "an old plan, and newer messages",
      messages: output("2026-11-28T12:00:00.5Z", "2026-11-28T12:00:09Z"),
      says: "The messages are of a run from 2026-11-28T12:00:00.5Z, and the plan is of 2026-11-28T11:21:29Z",
    },
    {
      what: "a plan, and older messages",
      messages: output("2026-11-28T10:00:00Z", "2026-11-28T10:00:09Z"),
      says: "The messages are of a run from 2026-11-28T10:00:00Z, and the plan is of 2026-11-28T11:21:29Z",
    },
  ])("are found and refused: $what", ({ messages, says }) => {
    const found = report(messages);
    expect(found.refusals).toMatchObject([{ why: "other_plan" }]);
    const text = renderText(stackDocument(found)).replaceAll(/\s+/g, " ");
    expect(text).toMatch(/^REFUSED: The plan and the messages do not belong together/);
    expect(text).toContain(says);
  });

  test("are found if the plan failed and the messages hold no error", () => {
    const found = report(output("2026-11-28T11:21:29.8Z", "2026-11-28T11:21:30Z"), {
      timestamp: PLANNED_AT,
      errored: true,
    });
    expect(found.refusals.map(({ why }) => why)).toEqual(["plan_failed", "other_plan"]);
  });

  test.each([
    {
      what: "of the same run",
      messages: output("2026-11-28T11:21:29.8Z", "2026-11-28T11:25:30Z"),
      plan: { timestamp: PLANNED_AT },
    },
    {
      what: "of the same run, in another time zone",
      messages: output("2026-11-28T19:21:29.8+08:00", "2026-11-28T19:25:30+08:00"),
      plan: { timestamp: PLANNED_AT },
    },
    {
      what: "of a plan without a time",
      messages: output("2026-11-28T12:00:00Z", "2026-11-28T12:00:09Z"),
      plan: {},
    },
    { what: "without times", messages: JSON.stringify({ type: "version" }), plan: { timestamp: PLANNED_AT } },
    {
      what: "of a plan that failed",
      messages: output("2026-11-28T11:21:29.8Z", "2026-11-28T11:21:30Z", ERROR),
      plan: { timestamp: PLANNED_AT, errored: true },
    },
  ])("are not suspected: messages $what", ({ messages, plan }) => {
    expect(report(messages, plan).refusals.map(({ why }) => why)).not.toContain("other_plan");
  });
});

test("a run that wrote no plan is reported with its errors, as refused", async () => {
  const { report: found } = await reportOnRun({
    json: undefined,
    ...parseMessages(output("2026-11-28T12:00:00.5Z", "2026-11-28T12:00:01Z", ERROR)),
  });
  expect(found).toMatchObject({ plan_failed: true, refusals: [{ why: "plan_failed" }], sets: [] });
  const text = renderText(stackDocument(found));
  expect(text).toMatch(/^REFUSED: Reference to undeclared resource\n/);
  expect(text).toMatch(/There is no plan\.[\s\S]*No such thing\./);
});

describe("the user pool", () => {
  const leavers = [
    { id: "bo", label: "Label of bo", fate: { kind: "delete", userId: "6", name: "Bo" } as const },
  ];
  const said = (pool?: string) => ({
    ...describePlan({ leavers, kept: 1, isBinding: true, ...(pool !== undefined && { pool }) }),
    severity: "warning",
    address: "genauth_user_set.staff",
  });
  const at = ["2026-11-28T11:21:29.8Z", "2026-11-28T11:25:30Z"] as const;

  test("is the one that the plan's messages name, and its sentence is not repeated", () => {
    const found = report(output(...at, said("https://pool.example.com")));
    expect(found.context.pool).toBe("https://pool.example.com");
    const text = renderText(stackDocument(found));
    expect(text).toContain("User pool https://pool.example.com");
    expect(text.match(/pool\.example\.com/g)).toHaveLength(1);
  });

  test("is named twice if the messages name two", () => {
    const two = output(...at, said("https://a.example.com"), said("https://b.example.com"));
    expect(report(two).context.pool).toBe("https://a.example.com, https://b.example.com");
  });

  test("is not known without messages, and the caller's word comes first", () => {
    expect(report(output(...at, said())).context.pool).toBeUndefined();
    const plan = parsePlan(planJson({ stay: ["ada"], deleted: ["bo", "chidi"] }));
    const options = parseMessages(output(...at, said("https://pool.example.com")));
    expect(reportOnPlan(plan, { ...options, context: { pool: "Production" } }).context.pool).toBe(
      "Production",
    );
  });
});

describe("a deleted user whom another set still declares", () => {
  const attributes = { user_id_type: "username", drift: { missing: [], survivors: [] } };
  const office = {
    address: "genauth_user_set.office",
    mode: "managed",
    type: "genauth_user_set",
    values: { ...attributes, users: { bo: "Bo" } },
  };
  const prior = {
    prior_state: { format_version: "1.0", values: { root_module: { resources: [office] } } },
  };

  test("is in the headline, also if the plan does not target that set", () => {
    const found = report("", prior);
    expect(found.totals.declared_elsewhere).toBe(1);
    expect(found.leavers[0]).toMatchObject({ id: "bo", declared_in: ["genauth_user_set.office"] });
    expect(renderText(stackDocument(found)).split("\n")[0]).toBe(
      "2 users will be permanently deleted, 1 of them still declared in another set",
    );
  });

  test("is refused with a rule", () => {
    const plan = (more: object) => parsePlan(planJson({ stay: ["ada"], deleted: ["bo", "chidi"] }, more));
    const found = reportOnPlan(plan(prior), { messages: [], refuse: { declaredElsewhere: true } });
    expect(found.refusals).toMatchObject([
      { why: "declared_elsewhere", summary: expect.stringContaining("1 user") as unknown },
    ]);
    const without = reportOnPlan(plan({}), { messages: [], refuse: { declaredElsewhere: true } });
    expect(without.refusals).toEqual([]);
  });

  test("is not counted if the plan keeps the user", () => {
    const plan = parsePlan(planJson({ stay: ["ada"], notDeleted: ["bo", "chidi"] }, prior));
    expect(reportOnPlan(plan, { messages: [] }).totals.declared_elsewhere).toBe(0);
  });
});

import { describe, expect, test } from "@jest/globals";
import {
  joinReports,
  refuseCut,
  renderHtml,
  renderJson,
  renderMarkdown,
  renderText,
  reportOnPlan,
  stackDocument,
  type StackReport,
} from "../../../src/reports";
import type { PlanReportOptions } from "../../../src/reports/plan-report";
import { parsePlan } from "../../../src/terraform-json";
import { attributeChange, planJson, planOf } from "../../support/reports/plan-json";
import { githubHtml, outsideCode } from "../../support/reports/rendered";

const GUARD = {
  severity: "error" as const,
  summary: "2 users would be deleted, more than max_deletions (1)",
  detail: "This change would delete 2 of the 3 users of the set. Nobody was deleted.",
  address: "genauth_user_set.staff",
};

/** A plan that deletes bo and chidi. */
function report(more: object = {}, options: PlanReportOptions = {}): StackReport {
  const plan = parsePlan(planJson({ stay: ["ada"], deleted: ["bo", "chidi"] }, more));
  return reportOnPlan(plan, { messages: [], ...options });
}

/** A plan that suspends bo. */
function suspending(refuse: PlanReportOptions["refuse"]): StackReport {
  const days = { suspend_days: 14 };
  const leaving = attributeChange(days, { ...days, users: { ada: "Ada" } }, { suspensions: { bo: true } });
  return reportOnPlan(planOf([leaving]), { messages: [], ...(refuse && { refuse }) });
}

const NOT_ALLOWED = {
  summary: "The plan holds what is not allowed: the provisioner local-exec (terraform_data.x)",
  detail: "Remove it.",
};

const unknownUsers = () => planOf([attributeChange({}, { users: null }, { users: true })]);
const one = { above: 1 };
const FAILED = { errored: true };

interface Refused {
  readonly because: string;
  readonly refused: () => StackReport;
  readonly why: string;
  readonly says: string;
}

const cases: readonly Refused[] = [
  {
    because: "a limit",
    refused: () => report({}, { refuse: one }),
    why: "too_many",
    says: "2 users would be deleted, more than --fail-above allows (1)",
  },
  {
    because: "a limit that counts suspensions, too",
    refused: () => suspending({ above: 0 }),
    why: "too_many",
    says: "1 user would be suspended, more than --fail-above allows (0)",
  },
  {
    because: "users that are not known yet, with a limit",
    refused: () => reportOnPlan(unknownUsers(), { messages: [], refuse: one }),
    why: "not_known",
    says: "It is not known yet who would be deleted, and there is a limit",
  },
  {
    because: "a guard of the provider",
    refused: () => report(FAILED, { messages: [GUARD] }),
    why: "plan_failed",
    says: GUARD.summary,
  },
  {
    because: "a plan that failed, without its messages",
    refused: () => report(FAILED),
    why: "plan_failed",
    says: "The plan failed",
  },
  {
    because: "something that nobody allowed",
    refused: () => report({}, { refuse: { notAllowed: NOT_ALLOWED } }),
    why: "not_allowed",
    says: "The plan holds what is not allowed",
  },
  {
    because: "a list that is not whole",
    refused: () => report({ complete: false }, { refuse: { notWhole: true } }),
    why: "not_whole",
    says: "The report cannot list everyone who may be deleted",
  },
  {
    because: "a reason that only the caller knows",
    refused: () => ({ ...report(), refusals: refuseCut(joinReports([report()])).refusals }),
    why: "cut",
    says: "The report is cut",
  },
];

describe("a plan is refused", () => {
  test.each(cases)("because of $because", ({ refused, why, says }) => {
    const { refusals } = refused();
    expect(refusals).toMatchObject([{ why, summary: expect.stringContaining(says) }]);
  });
});

test("a refused plan says so first in every format, and promises no deletion", () => {
  const refused = report({}, { refuse: one });
  const document = stackDocument(refused);
  const says = "REFUSED: 2 users would be deleted, more than --fail-above allows (1)";
  expect(document.tone).toBe("alarm");
  expect(renderText(document).startsWith(says)).toBe(true);
  expect(renderMarkdown(document).replaceAll("`", "").split("\n")[2]).toContain(`## ${says}`);
  expect(renderHtml(document)).toContain(`<h1>${says}`);
  expect(renderHtml(document)).toContain(`<title>${says}`);
  expect(JSON.parse(renderJson(refused))).toMatchObject({ refusals: [{ why: "too_many" }] });
  for (const render of [renderText, renderMarkdown, renderHtml])
    expect(render(document)).not.toMatch(/will be permanently deleted|Apply deletes|Permanently deleted \(/);
});

test("a plan that nothing refuses has no refusal, and a limit that it keeps is none", () => {
  const found = report({}, { refuse: { above: 2, notWhole: true } });
  expect(found.refusals).toEqual([]);
  expect(renderText(stackDocument(found))).not.toContain("REFUSED");
});

test("several reasons are all told, the gravest in the first line", () => {
  const found = report(
    { errored: true },
    { messages: [GUARD], refuse: { above: 1, notAllowed: NOT_ALLOWED } },
  );
  expect(found.refusals.map(({ why }) => why)).toEqual(["plan_failed", "not_allowed", "too_many"]);
  const text = renderText(stackDocument(found));
  for (const { summary } of found.refusals) expect(text).toContain(summary);
});

test("a refusal quotes an error as text, not as Markdown or HTML", () => {
  const hostile = { ...GUARD, summary: "@octocat <b>#1</b> `x` https://evil.example" };
  const document = stackDocument(report({ errored: true }, { messages: [hostile] }));
  expect(outsideCode(githubHtml(renderMarkdown(document)))).not.toMatch(/[@#<>`]|:\/\//);
  expect(renderHtml(document)).not.toContain("<b>");
});

test("--redact hides whom the reason of a refusal names", () => {
  const naming = { ...GUARD, summary: "2 users would be deleted: bo, chidi" };
  const found = report({ errored: true }, { messages: [naming], redactKey: "a key for the tests" });
  expect(JSON.stringify(found)).not.toMatch(/\b(bo|chidi)\b/);
  expect(found.refusals).toMatchObject([{ summary: "2 users would be deleted" }]);
});

describe("a stack of a run", () => {
  const creating = (more: object = {}) => {
    const change = {
      actions: ["create"],
      before: null,
      after: { users: { ada: "" }, user_id_type: "username" },
    };
    const set = { address: "genauth_user_set.staff", mode: "managed", type: "genauth_user_set", change };
    return parsePlan(JSON.stringify({ format_version: "1.2", resource_changes: [set], ...more }));
  };
  const whyOf = (plan: ReturnType<typeof parsePlan>, refuse: PlanReportOptions["refuse"]) =>
    reportOnPlan(plan, { messages: [], ...(refuse && { refuse }) }).refusals.map(({ why }) => why);

  test("begins without a set only if it is new, and is new only until it has one", () => {
    expect(whyOf(creating(), { lostState: true })).toEqual(["state_lost"]);
    expect(whyOf(creating(), { notNew: true })).toEqual([]);
    expect(report({}, { refuse: { notNew: true } }).refusals).toMatchObject([{ why: "not_new" }]);
    expect(report({}, { refuse: { lostState: true } }).refusals).toEqual([]);
  });

  test("may be said to be new for as long as nothing changes in it", () => {
    const users = { users: { ada: "" }, user_id_type: "username" };
    const set = { address: "genauth_user_set.staff", mode: "managed", type: "genauth_user_set" };
    const calm = { ...set, change: { actions: ["no-op"], before: users, after: users } };
    const plan = parsePlan(JSON.stringify({ format_version: "1.2", resource_changes: [calm] }));
    expect(whyOf(plan, { notNew: true })).toEqual([]);
  });

  test("deletes nobody while another one cannot be planned", () => {
    expect(report({}, { refuse: { notPlanned: ["guests"] } }).refusals).toMatchObject([
      { why: "others_not_planned", summary: expect.stringContaining("guests") },
    ]);
    expect(whyOf(creating(), { notPlanned: ["guests"] })).toEqual([]);
  });

  test("says who is still declared in another one", () => {
    const others = [{ stack: "guests", plan: creating() }];
    const plan = parsePlan(planJson({ stay: ["bo"], deleted: ["ada", "chidi"] }));
    const found = reportOnPlan(plan, { messages: [], others });
    expect(found.totals).toMatchObject({ deleted: 2, declared_elsewhere: 1 });
    expect(found.leavers[0]?.declared_in).toEqual(["guests: genauth_user_set.staff"]);
  });
});

describe("a refusal is told once, in words that lead to its cause", () => {
  const error = (summary: string, detail: string) => ({ severity: "error" as const, summary, detail });

  test("the limit of the run has the name that its owner gives it", () => {
    const message = error(
      "More deletions than this pipeline allows",
      "2 users would be deleted or suspended in this run, which allows 1 (GENAUTH_MAX_DELETIONS). Nobody in this set is deleted.",
    );
    const refuse = { above: 1, aboveName: "max_deletions of the settings" };
    const { refusals } = report(FAILED, { messages: [message], refuse });
    expect(refusals).toMatchObject([
      { why: "too_many", summary: "More deletions than this pipeline allows" },
    ]);
    expect(refusals[0]?.detail).toContain("which allows 1 (max_deletions of the settings)");
    expect(refusals[0]?.detail).not.toContain("GENAUTH_MAX_DELETIONS");
  });

  test("the error of a function is the reason that the function gives", () => {
    const reason = "staff.csv is empty. Write a header and a row for each user.";
    const detail = `Call to function "provider::genauth::users_from_csv" failed: ${reason}`;
    const found = report(FAILED, { messages: [error("Error in function call", detail)] });
    expect(found.refusals).toMatchObject([{ why: "plan_failed", summary: "staff.csv is empty" }]);
    expect(found.warnings).toMatchObject([{ summary: "staff.csv is empty", detail: reason }]);
  });

  test("words before a colon are no code", () => {
    const words = error("The state was lost: it is empty (see staff.csv)", "");
    const markdown = renderMarkdown(stackDocument(report(FAILED, { messages: [words] })));
    expect(markdown).toContain("## REFUSED: The state was lost: it is empty (see staff.csv)");
  });
});

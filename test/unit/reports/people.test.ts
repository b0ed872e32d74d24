import { describe, expect, test } from "@jest/globals";
import { stackDocument, renderHtml, renderMarkdown, renderText, reportOnPlan } from "../../../src/reports";
import { describePlan } from "../../../src/users/messages/describe-plan";
import { type Leaver, noCall } from "../../../src/users/fate";
import { planOf, setChange as change } from "../../support/reports/plan-json";
import { NOBODY_ELSE, reportOf } from "../../support/reports/reports";

/** The message of the provider about the set `staff`. */
function messageOn(removals: readonly Leaver[]) {
  const { summary, detail } = describePlan({ leavers: removals, kept: 1, isBinding: true });
  return { summary, detail, severity: "warning" as const, address: "genauth_user_set.staff" };
}

function reportOn(changes: readonly object[], removals: readonly Leaver[] = []) {
  return reportOnPlan(planOf(changes), { messages: removals.length === 0 ? [] : [messageOn(removals)] });
}

const removal = (id: string, label: string, name: string): Leaver => ({
  id,
  label,
  fate: { kind: "delete", userId: id, name },
});

test("a user who gets another label is listed with both, and the headline says so", () => {
  const report = reportOn([
    change("staff", { before: { ada: "Ada Aydin", bo: "Bo" }, after: { ada: "Intern 7", bo: "Bo" } }),
  ]);
  const document = stackDocument(report);
  expect(document).toMatchObject({
    headline: ["Nobody loses an account; 1 label changes"],
    tone: "attention",
  });
  expect(renderText(document)).toMatch(/Get another label \(1\)[\s\S]*ada +Ada Aydin +Intern 7/);
  expect(report.totals.relabelled).toBe(1);
});

describe("the name in GenAuth", () => {
  const before = { ada: "Ada Aydin", bo: "Bo Brandt", chidi: "Chidi Chen", dana: "Dana" };
  const deleted = ["ada", "bo", "chidi"];
  const removals = [
    removal("ada", "Ada Aydin", "Ada Aydin"),
    removal("bo", "Bo Brandt", "Robert Miller"),
    removal("chidi", "Chidi Chen", "Chen, Chidi"),
  ];

  test("is in a column, and whose label disagrees comes first", () => {
    const report = reportOn([change("staff", { before, after: { dana: "Dana" }, deleted })], removals);
    const text = renderText(stackDocument(report));
    expect(text).toMatch(/Id +Label +Name in GenAuth\n/);
    expect(text).toMatch(
      /1 user, whose label and name in GenAuth disagree\n +bo +Bo Brandt +Robert Miller\n[\s\S]*2 users\n +ada[^\n]*\n +chidi +Chidi Chen +Chen, Chidi/,
    );
  });

  test("is known of the first 20 of each set, and the report says so where others are blank", () => {
    const note =
      "Names in GenAuth are shown for 20 of 25 users: the messages of a plan name the first 20 of each set";
    const says = (leavers: Parameters<typeof reportOf>[0]) =>
      renderText(stackDocument(reportOf(leavers))).replaceAll(/\s+/g, " ");
    const named = Array.from({ length: 20 }, (_, at) => ({ id: `named${at}`, name: "Ada" }));
    const unnamed = Array.from({ length: 5 }, (_, at) => ({ id: `unnamed${at}` }));
    expect(says([...named, ...unnamed])).toContain(note);
    expect(says(named)).not.toContain("Names in GenAuth are shown");
    expect(says(unnamed)).not.toContain("Names in GenAuth are shown");
  });

  test("makes the message needless, which is not repeated", () => {
    const report = reportOn([change("staff", { before, after: { dana: "Dana" }, deleted })], removals);
    const text = renderMarkdown(stackDocument(report));
    expect(text.match(/Robert Miller/g)).toHaveLength(1);
    expect(text).not.toContain("Warnings and errors");
    expect(report.warnings).toHaveLength(1);
  });

  test("is never cut if the label disagrees, however many are deleted", () => {
    const ids = Array.from({ length: 4000 }, (_, number) => `user${number}`);
    const wrong = new Set(ids.slice(-30));
    const many = reportOn(
      [
        change("staff", {
          before: Object.fromEntries(ids.map((id) => [id, "Ann Lee"])),
          after: {},
          deleted: ids,
        }),
      ],
      ids.map((id) => removal(id, "Ann Lee", wrong.has(id) ? "Mallory" : "Ann Lee")),
    );
    const markdown = renderMarkdown(stackDocument(many));
    expect(markdown.match(/Mallory/g)).toHaveLength(30);
    expect(markdown).toContain("does not hold all of the list");
  });

  test("is hidden with --redact", () => {
    const plan = planOf([change("staff", { before, after: {}, deleted })]);
    const report = reportOnPlan(plan, { messages: [messageOn(removals)], redactKey: "a key for the tests" });
    expect(JSON.stringify(report)).not.toMatch(/Robert|Brandt|\bbo\b/);
  });
});

describe("a user who waited and is deleted now, whose label only the message holds", () => {
  const state = { before: { ada: "Ada Aydin" }, after: { ada: "Ada Aydin" }, deleted: ["bo", "chidi"] };

  test("is listed with label and name in GenAuth, and first if they disagree", () => {
    const removals = [removal("bo", "Bo Brandt", "Bo Brandt"), removal("chidi", "Chidi Chen", "Mallory")];
    const report = reportOn([change("staff", state)], removals);
    expect(report.leavers).toMatchObject([
      { id: "bo", label: "Bo Brandt", name: "Bo Brandt", names_disagree: false },
      { id: "chidi", label: "Chidi Chen", name: "Mallory", names_disagree: true },
    ]);
    const text = renderText(stackDocument(report));
    expect(text).toMatch(/disagree\n +chidi +Chidi Chen +Mallory\n[\s\S]*bo +Bo Brandt +Bo Brandt/);
    expect(text).not.toContain("Warnings and errors");
  });

  test("is listed without them if there is no message, and hidden with --redact", () => {
    expect(reportOn([change("staff", state)]).leavers).toMatchObject([
      { id: "bo", label: "" },
      { id: "chidi", label: "" },
    ]);
    const messages = [messageOn([removal("bo", "Bo Brandt", "Robert Miller")])];
    const redacted = reportOnPlan(planOf([change("staff", state)]), {
      messages,
      redactKey: "a key for the tests",
    });
    expect(JSON.stringify(redacted)).not.toMatch(/Robert|Brandt/);
  });
});

test("a refused plan says who would have been suspended, and who deleted because the day has come", () => {
  const values = {
    user_id_type: "username",
    users: { ada: "Ada Aydin" },
    suspended: { bo: "2026-12-11T00:00:00Z" },
    drift: { missing: [], survivors: [] },
  };
  const set = { address: "genauth_user_set.staff", mode: "managed", type: "genauth_user_set", name: "staff" };
  const prior_state = { format_version: "1.0", values: { root_module: { resources: [{ ...set, values }] } } };
  const leaving = describePlan({
    leavers: [removal("ada", "Ada Aydin", "Ada Aydin")],
    kept: 0,
    isBinding: true,
    suspension: { days: 14, ifToday: undefined },
  });
  const severity = "warning" as const;
  const report = reportOnPlan(planOf([], { errored: true, prior_state }), {
    messages: [
      { ...leaving, severity, address: set.address },
      messageOn([removal("bo", "Bo Brandt", "Bo Brandt")]),
    ],
  });
  expect(report.leavers).toMatchObject([
    { id: "ada", label: "Ada Aydin", fate: "suspended" },
    { id: "bo", label: "Bo Brandt", fate: "deleted", suspended_until: "2026-12-11T00:00:00Z" },
  ]);
  const text = renderText(stackDocument(report));
  expect(text).toContain("It would have deleted 1 user from genauth_user_set.staff.");
  expect(text).toContain("It would have suspended 1 user.");
  expect(text).toContain("Would have been suspended (1)");
});

test("who keeps the account, and who is gone, are in separate lists, with the reason", () => {
  const before = { ada: "Ada", bo: "Bo", chidi: "Chidi", dana: "Dana", eve: "Eve" };
  const notDeleted = Object.keys(before);
  const report = reportOn(
    [change("staff", { before, after: {}, notDeleted, missing: ["dana"] })],
    [
      { id: "ada", label: "Ada", fate: noCall({ kind: "retained" }) },
      { id: "bo", label: "Bo", fate: noCall({ kind: "gone" }) },
      { id: "chidi", label: "Chidi", fate: noCall({ kind: "never_found" }) },
    ],
  );
  const text = renderText(stackDocument(report));
  expect(text).toMatch(/Keep the account \(1\)[\s\S]*ada +Ada +In retained_ids\./);
  expect(text).toMatch(
    /Already gone \(deleted only if the account reappears\) \(3\)[\s\S]*bo[\s\S]*chidi[\s\S]*dana/,
  );
  expect(text).toMatch(/Leave a set without being deleted \(1\)[\s\S]*eve/);
});

test("a message that contradicts the plan does not change what the plan says", () => {
  const report = reportOn(
    [change("staff", { before: { ada: "Ada" }, after: {}, deleted: ["ada"] })],
    [{ id: "ada", label: "Ada", fate: noCall({ kind: "gone" }) }],
  );
  expect(report.leavers).toMatchObject([{ id: "ada", fate: "deleted" }]);
  expect(report.leavers[0]?.reason).toBeUndefined();
});

test("who leaves one set and is still declared in another is marked", () => {
  const report = reportOn([
    change("staff", { before: { ada: "Ada", bo: "Bo" }, after: {}, deleted: ["ada", "bo"] }),
    change("office", { before: { ada: "Ada" }, after: { ada: "Ada" } }),
  ]);
  expect(report.leavers.map(({ id, declared_in }) => ({ id, declared_in }))).toEqual([
    { id: "ada", declared_in: ["genauth_user_set.office"] },
    { id: "bo", declared_in: [] },
  ]);
  expect(renderText(stackDocument(report))).toContain("Still declared in genauth_user_set.office.");
});

test("each person is named once, grouped by set, with the id first", () => {
  const report = reportOn([
    change("staff", { before: { ada: "Ada", bo: "Bo" }, after: {}, deleted: ["ada", "bo"] }),
    change("office", { before: { ada: "Ada", chidi: "C" }, after: {}, deleted: ["ada", "chidi"] }),
  ]);
  const text = renderText(stackDocument(report));
  expect(text.match(/^ +ada /gm)).toHaveLength(1);
  expect(text).toMatch(
    /genauth_user_set\.staff \(username\): 2 users\n +ada +Ada +Leaves genauth_user_set\.office, too\.\n +bo +Bo\n +genauth_user_set\.office \(username\): 1 user\n +chidi +C/,
  );
});

test("a long label is cut with its length, an id is not, and no word widens the page", () => {
  const id = `${"i".repeat(120)}@example.com`;
  const document = stackDocument(reportOf([{ id, label: "L".repeat(1200) }]));
  for (const text of [renderText(document), renderMarkdown(document), renderHtml(document)]) {
    expect(text.replaceAll(/\s+/g, "")).toContain(`${"L".repeat(80)}…`);
    expect(text).toContain(id);
    expect(text).toMatch(/1(,|&#44;)200/);
  }
});

test("full-width brackets and middle dots need no escape in Markdown", () => {
  const labels = ["陈伟（销售）", "アンナ・マリア", "让·雷诺", "［外部］李雷", "「顾问」王芳"];
  const markdown = renderMarkdown(
    stackDocument(reportOf(labels.map((label, number) => ({ id: `u${number}`, label })))),
  );
  for (const label of labels) expect(markdown).toContain(`| ${label} |`);
});

test("every number has thousands separators, and no report speaks of calls", () => {
  const report = reportOf(
    Array.from({ length: 1200 }, (_, number) => ({ id: `u${number}`, label: "" })),
    { totals: { ...NOBODY_ELSE, deleted: 1200, stay: 54_321, join: 6138 } },
  );
  const [set] = report.sets;
  if (!set) throw new Error("The report has no set.");
  const document = stackDocument({
    ...report,
    sets: [{ ...set, held: 55_521, stay: 54_321, join: 6138, max_deletions: 2000 }],
  });
  for (const text of [
    renderText(document),
    renderMarkdown(document),
    renderHtml(document).replace(/<style>[\s\S]*<\/style>/, ""),
  ]) {
    expect(text.replaceAll(/u\d+/g, "")).not.toMatch(/\d{4}/);
    expect(text).not.toMatch(/\bcalls?\b/i);
    expect(text).toContain("6,138 join");
  }
  const calm = {
    ...report,
    verdict: "nobody_leaves" as const,
    leavers: [],
    totals: { ...report.totals, deleted: 0 },
  };
  expect(stackDocument(calm).headline).toEqual(["Nobody loses an account; 6,138 join"]);
});

test("a list that cannot be read whole says so first", () => {
  const set = change("staff", { before: { ada: "Ada" }, after: {}, deleted: ["ada"] });
  const sensitive = { ...set, change: { ...set.change, before_sensitive: { users: true } } };
  const unknown = {
    ...set,
    address: "genauth_user_set.new",
    change: { ...set.change, after_unknown: { users: true } },
  };
  const report = reportOn([sensitive, unknown]);
  expect(report).toMatchObject({
    whole: false,
    not_whole: [
      { set: "genauth_user_set.staff", why: "sensitive" },
      { set: "genauth_user_set.new", why: "unknown" },
    ],
  });
  expect(renderText(stackDocument(report)).replaceAll(/\s+/g, " ")).toMatch(
    /= Not whole: who leaves or returns is known only during apply, in genauth_user_set\.new\..* Not whole: the configuration marks users as sensitive/,
  );
});

describe("the accounts of leavers", () => {
  const leaving = change("staff", { before: { ada: "Ada", bo: "Bo" }, after: {}, deleted: ["ada", "bo"] });
  const named = {
    ...leaving,
    change: {
      ...leaving.change,
      after: { ...leaving.change.after, leaver_user_ids: { ada: "6319a1504f3b2a0ff214dd5b" } },
    },
  };
  const plan = planOf([named]);

  test("are in the JSON, and in a column on demand; nobody's if the id was never found", () => {
    const report = reportOnPlan(plan);
    expect(report.leavers.map(({ id, user_id }) => [id, user_id])).toEqual([
      ["ada", "6319a1504f3b2a0ff214dd5b"],
      ["bo", undefined],
    ]);
    expect(renderMarkdown(stackDocument(report))).not.toContain("System user id");
    expect(renderMarkdown(stackDocument(report, true))).toMatch(
      /\| Id \| System user id \|[^]*\| `ada` \| `6319a1504f3b2a0ff214dd5b` \| Ada \|/,
    );
  });

  test("are hidden with the ids", () => {
    const hidden = reportOnPlan(plan, { redactKey: "k".repeat(16) });
    expect(JSON.stringify(hidden)).not.toContain("6319a1504f3b2a0ff214dd5b");
  });
});

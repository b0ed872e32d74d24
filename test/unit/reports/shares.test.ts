import { describe, expect, test } from "@jest/globals";
import {
  stackDocument,
  type StackReport,
  renderHtml,
  renderMarkdown,
  renderText,
} from "../../../src/reports";
import { UserIdType } from "../../../src/users";
import { reportOf } from "../../support/reports/reports";

type ReportedSet = StackReport["sets"][number];

/** A report on sets of which so many users leave, of so many. */
function report(
  sets: readonly (Partial<ReportedSet> & { readonly held: number; readonly deleted: number })[],
  more: Partial<StackReport> = {},
): StackReport {
  const base = reportOf(
    Array.from({ length: sets.reduce((sum, { deleted }) => sum + deleted, 0) }, (_, at) => ({
      id: `user${at}`,
    })),
  );
  const [first] = base.sets;
  if (!first) throw new Error("The report has no set.");
  return {
    ...base,
    sets: sets.map((set, at) => ({
      ...first,
      address: `genauth_user_set.s${at}`,
      stay: set.held - set.deleted,
      ...set,
    })),
    ...more,
  };
}

function lines(found: StackReport): string {
  return renderText(stackDocument(found)).replaceAll(/\s+/g, " ");
}

describe("a set that loses everybody, or many", () => {
  test.each([
    {
      sets: [{ held: 5000, deleted: 5000 }],
      says: ": everybody in genauth_user_set.s0 leaves (5,000 of 5,000)",
    },
    {
      sets: [{ held: 10, deleted: 8, not_deleted: 2, join: 4, stay: 0 }],
      says: ": everybody in genauth_user_set.s0 leaves (10 of 10)",
    },
    {
      sets: [
        { held: 900, deleted: 50 },
        { held: 3, deleted: 3 },
      ],
      says: ": everybody in genauth_user_set.s1 leaves (3 of 3)",
    },
    {
      sets: [
        { held: 3, deleted: 3 },
        { held: 4, deleted: 4 },
      ],
      says: ": everybody in 2 sets leaves",
    },
    { sets: [{ held: 40, deleted: 20 }], says: ": 20 of 40 in genauth_user_set.s0 leave (50 %)" },
    { sets: [{ held: 1000, deleted: 999 }], says: "leave (99 %)" },
    { sets: [{ held: 12, deleted: 6 }], says: ": 6 of 12 in genauth_user_set.s0 leave (50 %)" },
  ])("is in the first line: $says", ({ sets, says }) => {
    const document = stackDocument(report(sets));
    expect(lines(report(sets)).split(" ===")[0]).toContain(says);
    expect(renderMarkdown(document).replaceAll("`", "")).toMatch(/^## .*leave/m);
    expect(renderHtml(document)).toMatch(/<h1>.*leave/);
  });

  test.each([
    ["few of many", [{ held: 100, deleted: 10 }]],
    ["half of a small set", [{ held: 10, deleted: 5 }]],
    ["six of more than twice as many", [{ held: 13, deleted: 6 }]],
  ])("is not made of %s", (_title, sets) => {
    expect(lines(report(sets)).split(" ===")[0]).toMatch(/will be permanently deleted$/);
  });
});

test("who stays is told by set, and of the sets that lose nobody together", () => {
  const text = lines(
    report([
      { held: 10, deleted: 2, join: 1 },
      { held: 9, deleted: 9 },
      { held: 5, deleted: 0 },
      { held: 7, deleted: 0, join: 2 },
    ]),
  );
  expect(text).toContain("genauth_user_set.s1: everybody leaves (9 of 9), nobody stays.");
  expect(text).toContain("genauth_user_set.s0: 2 of 10 leave, 8 stay, 1 joins.");
  expect(text).toContain("In 2 other sets, 12 stay, 2 join.");
  expect(text.indexOf("s1: everybody")).toBeLessThan(text.indexOf("s0: 2 of 10"));
});

test("what becomes of those who leave is told if it differs", () => {
  const found = report([
    { held: 118, deleted: 10, not_deleted: 1 },
    { held: 9, deleted: 5, suspended: 3, not_deleted: 1 },
  ]);
  const [leaver] = found.leavers;
  if (!leaver) throw new Error("The report has no leaver.");
  const gone = { ...leaver, set: "genauth_user_set.s0", fate: "not_deleted", reason: "gone" } as const;
  const text = lines({ ...found, leavers: [...found.leavers, gone] });
  expect(text).toContain("genauth_user_set.s0: 11 of 118 leave (10 deleted, 1 already gone), 107 stay.");
  expect(text).toContain("s1: everybody leaves (9 of 9: 5 deleted, 3 suspended, 1 not deleted), nobody");
});

test("somebody who left before and is due is told beside those who stay", () => {
  const text = lines(report([{ held: 9, deleted: 1, due: 1, stay: 9 }]));
  expect(text).toContain("genauth_user_set.s0: none of 9 leaves, 9 stay; 1 who left before is due.");
});

describe("a reactivation", () => {
  const user = { set: "genauth_user_set.s0", user_id_type: UserIdType.USERNAME, id: "ada", label: "Ada" };
  const reactivating = (deleted: number, more: Partial<StackReport> = {}) => {
    const found = report([{ held: 100, deleted, reactivated: 1 }], more);
    return { ...found, totals: { ...found.totals, reactivated: 1 }, reactivated: [user] };
  };

  test("is in the first line beside deletions, and needs an approval", () => {
    const text = lines(reactivating(3));
    expect(text).toMatch(/^3 users will be permanently deleted; 1 user will be reactivated =/);
    expect(text).toContain("reactivates 1 user, declared again or protected: the user was suspended");
    expect(text).toContain("This needs an approval, too");
  });

  test("is in the first line of a plan in which nobody leaves", () => {
    const text = lines(reactivating(0, { verdict: "nobody_leaves" }));
    expect(text).toMatch(/^Nobody loses an account; 1 user will be reactivated =/);
  });

  test("of a refused plan is none", () => {
    const refusals = [{ why: "too_many" as const, summary: "Too many", detail: "" }];
    expect(lines(reactivating(3, { refusals }))).toContain("Would have been reactivated (1)");
  });
});

describe("the columns of the text format", () => {
  test("stay within 100 columns with a label of 300 letters, and no id is broken", () => {
    const long = "Maximiliane ".repeat(25);
    const found = reportOf([
      { id: "ada@example.com", label: "Ada Aydin", name: "Ada Aydin" },
      { id: "bo@example.com", label: long, name: "B".repeat(300), reason: "protected", note: long },
      { id: `${"i".repeat(70)}@example.com`, label: "Chidi", name: "Chidi" },
      { id: "wei@example.com", label: "陈伟".repeat(60), name: "陈伟" },
    ]);
    const text = renderText(stackDocument(found));
    for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(100);
    for (const { id } of found.leavers) expect(text).toContain(id);
    expect(text).toMatch(/^ {2}ada@example\.com +Ada Aydin +Ada Aydin$/m);
    expect(text).toMatch(new RegExp(`^  i{70}@example\\.com\\n +Chidi +Chidi$`, "m"));
  });

  test("stay within 100 columns for messages, headlines and sentences", () => {
    const detail = `Apply deletes these:\n  ${"ada@example.com".padEnd(60)}${"Ada ".repeat(30)}(in GenAuth: Ada)`;
    const found = reportOf([{ id: "ada" }], {
      warnings: [{ severity: "warning", summary: "many words ".repeat(20).trim(), detail }],
    });
    for (const line of renderText(stackDocument(found)).split("\n")) {
      expect(line.length).toBeLessThanOrEqual(100);
    }
  });
});

test("the report says why names in GenAuth are blank", () => {
  const named = Array.from({ length: 25 }, (_, at) => ({
    id: `user${at}`,
    ...(at < 20 && { name: "Ada" }),
  }));
  const says =
    "Names in GenAuth are shown for 20 of 25 users: the messages of a plan name the first 20 of each set";
  expect(lines(reportOf(named))).toContain(says);
  expect(lines(reportOf(named.slice(0, 20)))).not.toContain("Names in GenAuth are shown");
  expect(lines(reportOf([{ id: "ada" }]))).not.toContain("Names in GenAuth are shown");
});

import { describe, expect, test } from "@jest/globals";
import {
  joinReports,
  layOutMarkdown,
  planDocument,
  type ReportDocument,
  renderHtml,
  renderMarkdown,
  renderText,
  stackDocument,
  type StackReport,
} from "../../../src/reports";
import { reportOf } from "../../support/reports/reports";

/** The report of a stack that deletes so many users. */
function stack(name: string, deleted: number, more: Partial<StackReport> = {}): StackReport {
  const leavers = Array.from({ length: deleted }, (_, at) => ({ id: `${name}-${at}`, label: "Ada Aydin" }));
  return reportOf(leavers, {
    context: { stack: name, commit: "4e1243b" },
    ...(deleted === 0 && { verdict: "nobody_leaves" as const }),
    ...more,
  });
}

const GUARD = { why: "too_many" as const, summary: "5 users would be deleted", detail: "Correct the users." };

test("the report of one stack is a report with one stack, and says what that one says", () => {
  const few = stack("few", 2, { refusals: [GUARD] });
  const report = joinReports([few]);
  expect(report).toMatchObject({ kind: "plan", totals: { deleted: 2 }, refusals: [GUARD], stacks: [few] });
  expect(planDocument(report)).toEqual(stackDocument(few));
  expect(planDocument(report).headline).toEqual(["REFUSED: ", { quoted: GUARD.summary }, ""]);
});

describe("one report over several stacks", () => {
  const joined = joinReports([stack("calm", 0), stack("few", 2), stack("many", 1200)]);

  test("has one total, and the gravest stack first", () => {
    expect(joined).toMatchObject({ kind: "plan", verdict: "somebody_leaves", totals: { deleted: 1202 } });
    expect(joined.stacks.map(({ context }) => context.stack)).toEqual(["many", "few", "calm"]);
    const text = renderText(planDocument(joined));
    expect(text.split("\n")[0]).toBe("1,202 users will be permanently deleted, in 2 of 3 stacks");
    expect(text).toMatch(
      /\nmany: 1,200 users will be[\s\S]*\nfew: 2 users[\s\S]*\ncalm: Nobody loses an account/,
    );
    expect(text).toContain("Commit 4e1243b");
    expect(text.indexOf("many: Permanently deleted (1,200)")).toBeLessThan(
      text.indexOf("few: Permanently deleted (2)"),
    );
  });

  test("says first which stack is refused, and who loses an account by the others", () => {
    const reports = [stack("many", 1200), stack("few", 5, { refusals: [GUARD] }), stack("calm", 0)];
    const joined = joinReports(reports, { above: 1200 });
    // Nothing refuses the run, and the refused stack counts in no total.
    expect(joined).toMatchObject({ refusals: [], totals: { deleted: 1200 } });
    expect(joined.stacks.map(({ context }) => context.stack)).toEqual(["few", "many", "calm"]);
    for (const render of [renderText, renderMarkdown, renderHtml]) {
      const text = render(planDocument(joined)).replaceAll("`", "");
      expect(text).toContain(
        "REFUSED in part: not few. The others: 1,200 users will be permanently deleted, in 1 of 2 stacks",
      );
      expect(text).toContain("few: 5 users would be deleted");
    }
    expect(planDocument(joined).tone).toBe("alarm");
  });

  test("does not speak of the others for what only a refused stack does", () => {
    const rest = [{ kind: "resource" as const, address: "aws_iam_user.x", action: "create" }];
    const refused = stack("odd", 0, { refusals: [{ ...GUARD, why: "not_allowed" }], rest });
    expect(renderText(planDocument(joinReports([refused, stack("calm", 0)]))).split("\n")[0]).toBe(
      "REFUSED in part: not odd. The others: Nobody loses an account",
    );
  });

  test("says why, if every stack is refused", () => {
    const other = { ...GUARD, why: "not_whole" as const, summary: "The list is not whole" };
    const reports = [stack("few", 5, { refusals: [GUARD] }), stack("many", 9, { refusals: [other] })];
    const joined = joinReports(reports);
    expect(joined.refusals).toMatchObject([
      { why: "not_whole", summary: "many: The list is not whole" },
      { why: "too_many", summary: "few: 5 users would be deleted" },
    ]);
    expect(renderText(planDocument(joined))).toMatch(
      /^REFUSED: many: The list is not whole; and for 1 more reason\n/,
    );
  });

  test("names the stack that holds up others before those that wait for it", () => {
    const waiting = { ...GUARD, why: "others_not_planned" as const, summary: "Nobody knows" };
    const broken = { ...GUARD, why: "plan_failed" as const, summary: "It failed" };
    const reports = [stack("many", 9, { refusals: [waiting] }), stack("odd", 0, { refusals: [broken] })];
    expect(joinReports(reports).refusals.map(({ summary }) => summary)).toEqual([
      "odd: It failed",
      "many: Nobody knows",
    ]);
  });

  test("refuses a run that deletes more than a limit over all stacks", () => {
    const stacks = [stack("few", 2), stack("many", 1200)];
    const refused = joinReports(stacks, { above: 1201 });
    expect(refused.refusals).toMatchObject([{ why: "too_many" }]);
    const text = renderText(planDocument(refused));
    expect(text).toMatch(/^REFUSED: 1,202 users would be deleted, more than --fail-above allows \(1,201\)\n/);
    expect(text).toContain("1,200 users would be permanently deleted");
    expect(text).not.toMatch(/will be|Permanently deleted/);
    expect(joinReports(stacks, { above: 1202 }).refusals).toEqual([]);
  });

  test.each([
    { room: "summary", limit: 1024 * 1024, number: 17, users: 2700 },
    { room: "summary", limit: 1024 * 1024, number: 200, users: 200 },
    { room: "comment", limit: 65_536, number: 200, users: 100 },
  ] as const)("fits into a $room, with $number stacks of $users users", ({ room, limit, number, users }) => {
    const reports = Array.from({ length: number }, (_, at) =>
      stack(`stack-${at}`, users, {
        warnings: [{ severity: "warning", summary: "w", detail: "陈伟 ".repeat(900) }],
      }),
    );
    const { text, isWhole } = layOutMarkdown(planDocument(joinReports(reports)), room);
    expect(Buffer.byteLength(text)).toBeLessThan(limit);
    expect(isWhole).toBe(false);
    expect(text).toContain(`${(number * users).toLocaleString("en-US")} users will be permanently deleted`);
    expect(text).toMatch(/does not hold|not shown here/);
  });
});

describe("the comment of a pull request", () => {
  const commentOf = (document: ReportDocument) => renderMarkdown(document, "comment");
  const markOf = (comment: string) => comment.split("\n", 1)[0];
  const first = commentOf(planDocument(joinReports([stack("few", 2)])));

  test("begins with the mark of the one before, which it replaces", () => {
    const later = commentOf(planDocument(joinReports([stack("few", 7)])));
    expect(markOf(later)).toBe(markOf(first));
    expect(markOf(first)).toMatch(/^<!-- cdktf-genauth:plan.* -->$/);
    expect(later).not.toBe(first);
  });

  test("is short enough for GitHub, and begins with the mark", () => {
    const body = commentOf(planDocument(joinReports([stack("few", 9000)])));
    expect(markOf(body)).toBe(markOf(first));
    expect(body.length).toBeLessThan(65_536);
  });

  test("of another stack has another mark", () => {
    const eu = commentOf(planDocument(joinReports([stack("eu", 2)])));
    expect(markOf(eu)).not.toBe(markOf(first));
  });
});

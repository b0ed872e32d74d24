import { describe, expect, test } from "@jest/globals";
import {
  joinReports,
  layOutMarkdown,
  planDocument,
  type PlanReport,
  type ReportDocument,
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
  const namesOf = ({ stacks }: PlanReport) => stacks.map(({ context }) => context.stack);

  test("has one total, the commit of all, and the gravest stack first", () => {
    const joined = joinReports([stack("calm", 0), stack("few", 2), stack("many", 12)]);
    expect(joined).toMatchObject({ kind: "plan", verdict: "somebody_leaves", totals: { deleted: 14 } });
    expect(namesOf(joined)).toEqual(["many", "few", "calm"]);
    expect(renderText(planDocument(joined))).toContain("Commit 4e1243b");
  });

  test("has a refused stack first, which counts in no total, and refuses no run", () => {
    const reports = [stack("many", 12), stack("few", 5, { refusals: [GUARD] }), stack("calm", 0)];
    const joined = joinReports(reports, { above: 12 });
    expect(joined).toMatchObject({ refusals: [], totals: { deleted: 12 } });
    expect(namesOf(joined)).toEqual(["few", "many", "calm"]);
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
    expect(joinReports(reports).refusals).toMatchObject([
      { why: "not_whole", summary: "many: The list is not whole" },
      { why: "too_many", summary: "few: 5 users would be deleted" },
    ]);
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
    const stacks = [stack("few", 2), stack("many", 12)];
    expect(joinReports(stacks, { above: 13 }).refusals).toMatchObject([{ why: "too_many" }]);
    expect(joinReports(stacks, { above: 14 }).refusals).toEqual([]);
  });

  test.each([
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

  test("of another stack has another mark", () => {
    const eu = commentOf(planDocument(joinReports([stack("eu", 2)])));
    expect(markOf(eu)).not.toBe(markOf(first));
  });
});

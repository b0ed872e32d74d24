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
  const leavers = Array.from({ length: deleted }, (_, at) => ({ id: `${name}-${at}`, label: "陈伟" }));
  return reportOf(leavers, {
    context: { stack: name, commit: "4e1243b" },
    ...(deleted === 0 && { verdict: "nobody_leaves" as const }),
    ...more,
  });
}

const TOO_MANY = {
  why: "too_many" as const,
  summary: "5 users would be deleted",
  detail: "Correct the users.",
};

const OTHERS_NOT_PLANNED = {
  why: "others_not_planned" as const,
  summary: "Nobody knows who the others declare",
  detail: "Mend the others.",
};

const headlineOf = (report: PlanReport) => renderText(planDocument(report)).split("\n", 1)[0];

test("the report of a single stack has its total and its refusal, and reads like the stack's own", () => {
  const few = stack("few", 5, { refusals: [TOO_MANY] });
  const report = joinReports([few]);
  expect(report).toMatchObject({ kind: "plan", totals: { deleted: 5 }, refusals: [TOO_MANY], stacks: [few] });
  expect(planDocument(report)).toEqual(stackDocument(few));
  expect(headlineOf(report)).toBe("REFUSED: 5 users would be deleted");
});

describe("one report over several stacks", () => {
  const namesOf = ({ stacks }: PlanReport) => stacks.map(({ context }) => context.stack);

  test("has one total, the commit of all, and the stack with the most leavers first", () => {
    const joined = joinReports([stack("calm", 0), stack("few", 2), stack("many", 12)]);
    expect(joined).toMatchObject({ kind: "plan", verdict: "somebody_leaves", totals: { deleted: 14 } });
    expect(namesOf(joined)).toEqual(["many", "few", "calm"]);
    expect(renderText(planDocument(joined))).toContain("Commit 4e1243b");
  });

  test("has refused stacks first, which neither count in the total nor refuse the other stacks", () => {
    const joined = joinReports(
      [
        stack("many", 12),
        stack("waiting", 3, { refusals: [OTHERS_NOT_PLANNED] }),
        stack("few", 5, { refusals: [TOO_MANY] }),
        stack("calm", 0),
      ],
      // With the users of the refused stacks, the run would be above this limit.
      { above: 12 },
    );
    expect(joined).toMatchObject({ refusals: [], totals: { deleted: 12 } });
    expect(namesOf(joined)).toEqual(["few", "waiting", "many", "calm"]);
    expect(planDocument(joined).tone).toBe("alarm");
  });

  test("says of the other stacks only what they do themselves, not what the refused one would do", () => {
    const rest = [{ kind: "resource" as const, address: "aws_iam_user.x", action: "create" }];
    const refused = stack("creating", 0, { refusals: [{ ...TOO_MANY, why: "not_allowed" }], rest });
    expect(headlineOf(joinReports([stack("creating", 0, { rest }), stack("calm", 0)]))).toBe(
      "Nobody loses an account; the plan changes more than user sets",
    );
    expect(headlineOf(joinReports([refused, stack("calm", 0)]))).toBe(
      "REFUSED in part: not creating. The others: Nobody loses an account",
    );
  });

  test("counts every stack if all are refused, and says why, first of the one with the most leavers", () => {
    const notWhole = { ...TOO_MANY, why: "not_whole" as const, summary: "The list is not whole" };
    const reports = [stack("few", 5, { refusals: [TOO_MANY] }), stack("many", 9, { refusals: [notWhole] })];
    expect(joinReports(reports)).toMatchObject({
      totals: { deleted: 14 },
      refusals: [
        { why: "not_whole", summary: "many: The list is not whole" },
        { why: "too_many", summary: "few: 5 users would be deleted" },
      ],
    });
  });

  test("names the stack that holds up others before those that wait for it", () => {
    const broken = { ...TOO_MANY, why: "plan_failed" as const, summary: "It failed" };
    const reports = [
      stack("waiting", 9, { refusals: [OTHERS_NOT_PLANNED] }),
      stack("broken", 0, { refusals: [broken] }),
    ];
    expect(joinReports(reports).refusals.map(({ summary }) => summary)).toEqual([
      "broken: It failed",
      "waiting: Nobody knows who the others declare",
    ]);
  });

  test("refuses a run that deletes more than a limit over all stacks", () => {
    const stacks = [stack("few", 2), stack("many", 12)];
    expect(joinReports(stacks, { above: 13 }).refusals).toMatchObject([{ why: "too_many" }]);
    expect(joinReports(stacks, { above: 14 }).refusals).toEqual([]);
  });

  describe("of 40,000 leavers", () => {
    const long = planDocument(joinReports(Array.from({ length: 200 }, (_, at) => stack(`stack-${at}`, 200))));
    const HEADLINE = "## 40,000 users will be permanently deleted, in 200 of 200 stacks\n";

    test("is cut to the MiB that GitHub shows of a summary, and says so", () => {
      const { text, isWhole } = layOutMarkdown(long, "summary");
      // A Chinese character of a label has three bytes.
      expect(Buffer.byteLength(text)).toBeLessThan(1024 * 1024);
      expect(isWhole).toBe(false);
      expect(text).toContain(HEADLINE);
      expect(text).toContain("Not whole: this summary does not hold all of the list");
    });

    test("is cut to the 65,536 characters that GitHub accepts as a comment, and says so", () => {
      const { text, isWhole } = layOutMarkdown(long, "comment");
      expect(text.length).toBeLessThan(65_536);
      expect(isWhole).toBe(false);
      expect(text).toContain(HEADLINE);
      expect(text).toContain("Not whole: this comment does not hold all of the list");
    });
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

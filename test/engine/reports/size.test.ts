import { expect, test } from "@jest/globals";
import {
  joinReports,
  layOutMarkdown,
  stackDocument,
  type StackReport,
  renderHtml,
  renderMarkdown,
  renderText,
  planDocument,
} from "../../../src/reports";
import { UserIdType } from "../../../src/users";
import { reportOf } from "../../support/reports/reports";

const LIMIT = 65_536;

/** Ids that make the report as long as possible. */
const shapes = [
  {
    count: 10_000,
    title: "ordinary ids",
    /** The first rows of a table that does not fit. */
    most: 200,
    id: (number: number) => `user${number}@example.com`,
    label: "Ada Aydin",
  },
  {
    count: 1000,
    title: "long ids that must be escaped",
    /** What fits of them. */
    most: 49,
    id: (number: number) => `${number}${"|&".repeat(150)}`,
    label: "<b>".repeat(90),
  },
];

test.each(shapes)(
  "$count removed users with $title fit into a comment, which says how many were omitted",
  ({ count, id, label, most }) => {
    const all = count.toLocaleString("en-US");
    const leavers = Array.from({ length: count }, (_, number) => ({ id: id(number), label }));
    const document = stackDocument(
      reportOf(leavers, { warnings: [{ severity: "warning", summary: "w", detail: "d" }] }),
    );
    const markdown = renderMarkdown(document);

    expect(markdown.length).toBeLessThanOrEqual(LIMIT);
    const before = (count + 7).toLocaleString("en-US");
    expect(markdown.split("\n")[2]).toMatch(
      new RegExp(`^## ${all} users will be permanently deleted: ${all} of ${before} in `),
    );
    const shown = markdown.split("\n").filter((line) => /^\| (`user\d|<code>\d)/.test(line)).length;
    expect(shown).toBe(most);
    expect(markdown).toContain(
      `**${(count - most).toLocaleString("en-US")} more of ${all} are not shown here.**`,
    );
    expect(markdown.split("\n")[5]).toMatch(
      /^> Not whole: this comment does not hold all of the list “Permanently deleted/,
    );
    expect(markdown.slice(-120)).toMatch(
      /<sub>Apply looks everyone up again and deletes nobody .*<\/sub>\n$/,
    );
    const lines = renderText(document)
      .split("\n")
      .filter((line) => /^ {2}(user\d|\d+\|&)/.test(line));
    expect(lines).toHaveLength(count);
  },
);

test("deleted users take the room first, however many others join", () => {
  const leavers = Array.from({ length: 700 }, (_, number) => ({
    id: `user${number}@example.com`,
    label: "Ada Aydin",
  }));
  const joiners = Array.from({ length: 5000 }, (_, number) => ({
    set: "genauth_user_set.staff",
    user_id_type: UserIdType.USERNAME,
    id: `new${number}@example.com`,
    label: "Bo Brandt",
  }));
  const markdown = renderMarkdown(stackDocument(reportOf(leavers, { joiners })));
  expect(markdown.match(/^\| `user\d+@/gm)).toHaveLength(700);
  expect(markdown).not.toContain("does not hold all");
  expect(markdown).toContain("**4,800 more of 5,000 are not shown here.**");
  expect(markdown.length).toBeLessThanOrEqual(LIMIT);
});

const CROWD = Array.from({ length: 5000 }, (_, number) => ({
  id: `user${number}@example.com`,
  label: "Ada Aydin",
}));

/** A plan of 5,000 leavers, and of another set. */
function crowdOf(stack: string) {
  const report = reportOf(CROWD, { context: { stack } });
  const [set] = report.sets;
  return { ...report, sets: [set, { ...set, address: "genauth_user_set.other", deleted: 1 }] } as StackReport;
}

test("two stacks with 5,000 leavers each show their first 200 in a comment, and keep their tables", () => {
  const markdown = renderMarkdown(planDocument(joinReports([crowdOf("eu"), crowdOf("us")])));
  const sections = markdown.split(/^### /m).slice(1);
  expect(sections.map((section) => section.split("\n")[0])).toEqual([
    ...["eu: Permanently deleted (5,000)", "eu: Sets that change (2)"],
    ...["us: Permanently deleted (5,000)", "us: Sets that change (2)"],
  ]);
  const shown = sections.map(
    (section) => section.match(/^\| `(user\d+@|genauth_user_set\.(staff|other)` \| )/gm)?.length ?? 0,
  );
  expect(shown).toEqual([200, 2, 200, 2]);
  expect(markdown.length).toBeLessThanOrEqual(LIMIT);
});

/** The most that GitHub shows of the summary of a step, in bytes. */
const SUMMARY_LIMIT = 1024 * 1024;

test.each([1, 2])("the summary of a job holds 5,000 deleted users of each of %d stacks", (count) => {
  const leavers = Array.from({ length: 5000 }, (_, number) => ({
    id: `wilhelmina.${number}@example.com`,
    label: "陈伟",
    name: "Wilhelmina Brandt",
  }));
  const stacks = Array.from({ length: count }, (_, at) =>
    reportOf(leavers, { context: { stack: `stack-${at}` } }),
  );
  const { text, isWhole } = layOutMarkdown(planDocument(joinReports(stacks)), "summary");
  expect(isWhole).toBe(true);
  expect(text.match(/^\| `wilhelmina\.\d+@/gm)).toHaveLength(5000 * count);
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(SUMMARY_LIMIT);
});

test.each([
  { title: "characters of three bytes", detail: "陈".repeat(3000) },
  { title: "commands to the runner, which are escaped", detail: "##[".repeat(3000) },
])("a summary with more messages of $title than there is room fits into 1 MiB", ({ detail }) => {
  const leavers = Array.from({ length: 3000 }, (_, number) => ({
    id: `陈${number}`,
    label: "陈".repeat(40),
  }));
  const warnings = Array.from({ length: 300 }, (_, number) => ({
    severity: "warning" as const,
    summary: `Warning ${number}`,
    detail,
  }));
  const { text, isWhole } = layOutMarkdown(stackDocument(reportOf(leavers, { warnings })), "summary");
  expect(isWhole).toBe(true);
  expect(text).toMatch(/\*\*[\d,]+ more of 300 are not shown here\.\*\*/);
  expect(text).not.toMatch(/^\s*::|##\[/m);
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(SUMMARY_LIMIT);
});

test("too many sets, messages and removed users still fit, and each list says what was omitted", () => {
  const report = reportOf(Array.from({ length: 3000 }, (_, number) => ({ id: `user${number}@example.com` })));
  const [set] = report.sets;
  if (!set) throw new Error("The report has no set.");
  const markdown = renderMarkdown(
    stackDocument({
      ...report,
      sets: Array.from({ length: 3000 }, (_, number) => ({
        ...set,
        address: `genauth_user_set.team[${number}]`,
      })),
      warnings: Array.from({ length: 3000 }, (_, number) => ({
        severity: "warning",
        summary: `Warning ${number}`,
        detail: "x".repeat(3000),
      })),
    }),
  );
  expect(markdown.length).toBeLessThanOrEqual(LIMIT);
  expect(markdown.match(/more of 3,000 are not shown here/g)?.length).toBe(3);
});

test("rows after the first 50 are collapsed, in Markdown and in HTML", () => {
  const document = stackDocument(
    reportOf(Array.from({ length: 60 }, (_, number) => ({ id: `user${number}` }))),
  );
  for (const text of [renderMarkdown(document), renderHtml(document)]) {
    const [open = "", folded = ""] = text.split("<details><summary>10 more</summary>");
    expect(open).toContain("user49");
    expect(open).not.toContain("user50");
    expect(folded).toContain("user59");
  }
});

import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { stackDocument, renderHtml, renderJson, renderMarkdown, renderText } from "../../../src/reports";
import { display } from "../../../src/reports/document";
import { printable } from "../../../src/text";
import { canonicalId, UserIdType } from "../../../src/users";
import { anyCharacter } from "../../support/any-character";
import { cellsOf, elementsOf, githubHtml, outsideCode } from "../../support/reports/rendered";
import { reportOf } from "../../support/reports/reports";

/** Pieces with a meaning in some format. Combined, they find more errors than single characters. */
const words = (text: string): string[] => text.split(" ");
const HOSTILE = [
  ...words("| ` `` \\ * _ ~~ #1 @octocat @org/team !1 &amp; &#64; <b> </code> <!-- --> <details>"),
  ...words("<script>alert(1)</script> [a](https://b.example) ![a](b) https://evil.example www.evil.example"),
  ...["<img src=x onerror=alert(1)>", "> ", "| --- |", "\n\n# h", "{{ x }}", " ", "   "],
  ...words("a@b.example mailto:a@b.example [!CAUTION] ' \" ${x} :tada: GH-1 1234567 deadbeef a/b#1"),
  ...words("\n \r\n \n/close \u001b[31m \u009b31m \u0007 \u202e \u2028 \0 （ é 陈伟 👩‍🚀"),
  ...words("::error::x ::stop-commands::x ##[add-mask]x"),
  "%0A::set-output name=a::b",
];

const hostile = fc
  .array(fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ unit: anyCharacter, maxLength: 6 })), {
    minLength: 1,
    maxLength: 8,
  })
  .map((pieces) => pieces.join(""))
  // No set contains an empty id, and a column without labels is omitted.
  .filter((text) => text !== "");

const reports = fc
  .uniqueArray(fc.record({ id: hostile, label: hostile }), {
    minLength: 1,
    maxLength: 4,
    selector: ({ id }) => canonicalId(id, UserIdType.USERNAME),
  })
  .chain((leavers) =>
    fc
      .record({
        summary: hostile,
        detail: hostile,
        severity: fc.constantFrom("error" as const, "warning" as const),
      })
      .map((warning) =>
        reportOf(leavers, {
          warnings: [warning],
          refusals: [{ why: "plan_failed", summary: warning.summary, detail: warning.detail }],
        }),
      ),
  );

const harmless = reportOf([{ id: "ada", label: "Ada" }], {
  warnings: [{ severity: "error", summary: "a", detail: "b" }],
  refusals: [{ why: "plan_failed", summary: "a", detail: "b" }],
});

test("ids, labels and messages contain no Markdown, HTML, mentions or links for GitHub", () => {
  const expected = elementsOf(githubHtml(renderMarkdown(stackDocument(harmless))));
  fc.assert(
    fc.property(reports, (report) => {
      const html = githubHtml(renderMarkdown(stackDocument(report)));
      expect(expected).toEqual(expect.arrayContaining(elementsOf(html)));
      expect(outsideCode(html)).not.toMatch(/[@#<>`]|:\/\/|www\.|GH-\d|[0-9a-f]{7}|:\w+:/i);
      const cells = cellsOf(html);
      for (const [index, { id, label }] of report.leavers.entries()) {
        // The title of the set comes first, in two cells.
        expect(cells.slice(index * 2 + 2, index * 2 + 4).map(squeezed)).toEqual(
          [display(id), display(label, "text")].map(squeezed),
        );
      }
    }),
    { numRuns: 150 },
  );
});

test("they contain no HTML for a browser", () => {
  const expected = elementsOf(renderHtml(stackDocument(harmless)));
  fc.assert(
    fc.property(reports, (report) => {
      const html = renderHtml(stackDocument(report));
      expect(elementsOf(html)).toEqual(expected);
      expect(cellsOf(html)).toEqual(expect.arrayContaining(report.leavers.map(({ id }) => display(id))));
    }),
    { numRuns: 150 },
  );
});

test("they act neither on a terminal nor on the runner of a pipeline, and JSON returns them unchanged", () => {
  fc.assert(
    fc.property(reports, (report) => {
      const json = renderJson(report);
      expect(JSON.parse(json)).toEqual(report);
      const text = renderText(stackDocument(report));
      expect(text).not.toMatch(/^\s*::|##\[/m);
      for (const lines of [json, text, renderMarkdown(stackDocument(report))].map((each) => each.split("\n")))
        expect(lines.filter((line) => printable(line) !== line)).toEqual([]);
    }),
    { numRuns: 150 },
  );
});

/** Joins spaces, as a browser does. */
function squeezed(text: string): string {
  return text.replaceAll(/ +/g, " ").trim();
}

import { describe, expect, test } from "@jest/globals";
import { defused } from "../../../src/pipeline/programs";
import { showDifference } from "../../../src/pipeline/repository";
import { withoutCommands } from "../../../src/text";
import { renderMarkdown, renderText, stackDocument } from "../../../src/reports";
import { reportOf } from "../../support/reports/reports";

/** What a checkout contains is shown, and acts on no runner and no terminal. */

describe("the difference of user files", () => {
  test("shows every person of a list in one line", () => {
    const people = Array.from({ length: 150 }, (_, index) => `{"id": "person-${index}@example.com"}`).join(
      ", ",
    );
    const shown = showDifference(`-[${people}]\n+[]\n`, ["staff.json"]);
    expect(shown.match(/person-\d+@/g)).toHaveLength(150);
    expect(shown).toContain('person-149@example.com"}]\n+[]');
  });

  test("says so where it is cut", () => {
    const shown = showDifference(`-${"x".repeat(600_000)}\n`, ["staff.json"]);
    expect(shown).toContain("was cut here: 100002 characters are missing.** Read the files themselves.");
  });

  test("stays in its block, whatever the files contain", () => {
    const shown = showDifference("+`````\rNobody leaves\u001b[2J\r\n", ["staff.csv"]);
    const [, fence = "", block = ""] = /^(`+)diff\n([\s\S]*?)\n\1$/m.exec(shown) ?? [];
    expect(fence.length).toBeGreaterThan(5);
    expect(block).toBe("+`````\\u{d}Nobody leaves\\u{1b}[2J");
  });

  test("says so if there is none", () => {
    expect(showDifference("", ["staff.csv", "b.csv"])).toBe(
      "The user files do not change: staff.csv, b.csv.\n",
    );
  });
});

test.each([
  ["::add-mask::ada", String.raw`\::add-mask::ada`],
  ["  ::set-output", String.raw`  \::set-output`],
  ["a ##[add-mask]ada", String.raw`a #\#[add-mask]ada`],
  ["one\n::two", "one\n\\::two"],
])("%j is no command to the runner", (text, shown) => {
  expect(withoutCommands(text)).toBe(shown);
});

/** What acts on a runner, on a terminal, or on the direction of writing, inside a row of a user file. */
const ACTING = [
  "\r::add-mask::ada",
  "\n::stop-commands::x",
  "##[add-mask]ada",
  "\u202eada",
  "\u2028::debug::",
  "\u001b[2J",
];

describe.each(ACTING)("%j in a user file acts neither in", (text) => {
  const label = `Ada${text}`;
  const report = reportOf([{ id: "ada", label }], {
    warnings: [{ severity: "warning", summary: label, detail: label }],
  });

  test.each([
    ["the difference of user files", () => showDifference(`-ada,${label}\n`, ["staff.csv"])],
    ["the report of the plan, as text", () => renderText(stackDocument(report))],
    ["the report of the plan, as a summary", () => renderMarkdown(stackDocument(report), "summary")],
    ["the log and the error of each job", () => defused(label)],
  ])("%s", (_, show) => {
    const shown = show();
    expect(shown).not.toMatch(/^\s*::|##\[/m);
    expect(shown).not.toMatch(/[\r\u2028\u2029\u202a-\u202e\u2066-\u2069]/);
    expect(shown).not.toContain("\u001b");
  });
});

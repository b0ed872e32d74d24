import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, jest, test } from "@jest/globals";
import { dump, load } from "js-yaml";
import { pipelineCommand } from "../../../src/cli/pipeline";
import { showLine } from "../../../src/pipeline/programs";
import { showDifference } from "../../../src/pipeline/repository";
import { withoutCommands } from "../../../src/text";
import { renderMarkdown, renderText, stackDocument } from "../../../src/reports";
import { newFolder } from "../../support/at-end";
import { PIPELINES } from "../../support/pipelines/workflow";
import { reportOf } from "../../support/reports/reports";

const exampleSettings = load(readFileSync(join(PIPELINES, "genauth.pipeline.yaml"), "utf8")) as object;

/** What a checkout contains is shown, and acts on no runner and no terminal. */

describe("the difference of user files", () => {
  test("shows a line whole, even if a JSON file has 1,000 people in it", () => {
    const people = Array.from({ length: 1_000 }, (_, index) => `{"id": "person-${index}@example.com"}`);
    const difference = `-[${people.join(", ")}]\n+[]\n`;
    expect(showDifference(difference, ["staff.json"])).toContain(difference);
  });

  test("shows 500,000 characters, and says how many it leaves out", () => {
    const shown = showDifference("x".repeat(600_000), ["staff.json"]);
    expect(/x+/.exec(shown)?.[0]).toHaveLength(500_000);
    expect(shown).toContain("was cut here: 100000 characters are missing.** Read the files themselves.");
  });

  test("stays in its block: the fence is longer than any row of backticks in the files", () => {
    expect(showDifference("+`````\n+Nobody leaves\n", ["staff.csv"])).toBe(
      ["``````diff", "+`````", "+Nobody leaves", "``````", ""].join("\n"),
    );
  });

  test("shows a carriage return, unless it belongs to the end of a line", () => {
    const shown = showDifference("+ada\rNobody leaves\r\n+bob\r\n", ["staff.csv"]);
    expect(shown).toContain("\n+ada\\u{d}Nobody leaves\n+bob\n");
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
])("the command %j is shown as %j, which is only text to GitHub's runner", (command, shown) => {
  expect(withoutCommands(command)).toBe(shown);
});

const COMMAND_TO_A_RUNNER = /^\s*::|##\[/m;
const UNUSUAL_LINE_BREAK = /[\r\u2028\u2029]/;
const TURN_OF_THE_DIRECTION = /[\u202a-\u202e\u2066-\u2069]/;
const ESCAPE = "\u001b";

describe.each([
  "\r::add-mask::ada",
  "\n::stop-commands::x",
  "##[add-mask]ada",
  "\u202eada",
  "\u2028::debug::",
  "\u001b[2J",
])("a label that holds %j is shown, but does nothing,", (text) => {
  const label = `Ada${text}`;
  const report = reportOf([{ id: "ada", label }], {
    warnings: [{ severity: "warning", summary: label, detail: label }],
  });

  function logOf(line: string): string {
    const write = jest.spyOn(process.stderr, "write").mockReturnValue(true);
    showLine(line);
    const log = write.mock.calls.join("");
    write.mockRestore();
    return log;
  }

  /** The error of a job whose settings name something that is no path. */
  async function errorOfJob(reads: string): Promise<string> {
    const settings = join(newFolder(), "genauth.pipeline.yaml");
    const staff = { name: "staff", folder: ".", lock_file: "staff.hcl", reads: [reads] };
    writeFileSync(settings, dump({ ...exampleSettings, synth: undefined, stacks: [staff] }));
    const command = pipelineCommand({}, () => undefined);
    const job = command.parseAsync(["settings", "--settings", settings], { from: "user" });
    return await job.then(
      () => "",
      (cause: unknown) => String(cause),
    );
  }

  test.each([
    ["the difference of user files", () => showDifference(`-ada,${label}\n`, ["staff.csv"])],
    ["the report of the plan, as text", () => renderText(stackDocument(report))],
    ["the report of the plan, as a summary", () => renderMarkdown(stackDocument(report), "summary")],
    ["the log of a job", () => logOf(label)],
    ["the error of a job", () => errorOfJob(label)],
  ])("in %s", async (_, show) => {
    const shown = await show();
    expect(shown).toContain("Ada");
    expect(shown).not.toMatch(COMMAND_TO_A_RUNNER);
    expect(shown).not.toMatch(UNUSUAL_LINE_BREAK);
    expect(shown).not.toMatch(TURN_OF_THE_DIRECTION);
    expect(shown).not.toContain(ESCAPE);
  });
});

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { ReportFiles, runPlanReport } from "../../../support/reports/report-files";

const files = new ReportFiles();

test("nothing instead of a plan, beside messages with an error: the error is reported first", async () => {
  const file = files.write("nothing", "");
  const failed = { severity: "error", summary: "Invalid reference", detail: "There is no such user file." };
  const messages = files.messages(failed);
  const reports = join(files.folder, "no-plan");
  const finished = await runPlanReport([file, "--messages", messages, "--format", "text", "--save", reports]);
  expect(finished.code).toBe(1);
  expect(finished.stdout).toMatch(/^REFUSED: Invalid reference\n/);
  expect(finished.stdout).toContain("There is no such user file.");
  expect(finished.stderr).toMatch(/^error: Invalid reference\. Nobody was deleted\. There is no plan\./);
  expect(JSON.parse(readFileSync(join(reports, "report.json"), "utf8"))).toMatchObject({
    stacks: [{ plan_failed: true }],
  });
});

test.each([
  {
    what: "a broken plan file",
    content: "PK\u0003\u0004",
    says: "is a saved plan, and terraform show -json fails: ",
  },
  {
    what: "a state",
    content: '{"format_version":"1.0","values":{}}',
    says: "This is a state, not a plan",
  },
  { what: "nothing", content: "", says: "There is nothing to read" },
  { what: "no JSON", content: "Error: no plan", says: "This is not JSON" },
  {
    what: "another version",
    content: '{"format_version":"2.0","resource_changes":[]}',
    says: "format_version: 2.0",
  },
  {
    what: "another form",
    content: '{"format_version":"1.0","resource_changes":[{}]}',
    says: "at resource_changes[0]",
  },
])("$what instead of a plan: exit code 1, and what to do", async ({ content, says }) => {
  const file = files.write("given", content);
  const { code, stdout, stderr } = await runPlanReport([file]);
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toContain(says);
  expect(stderr).not.toMatch(/^\s+at /m);
});

test.each<[readonly string[], string]>([
  [["--redact"], "GENAUTH_REDACT_KEY"],
  [["--format", "pdf"], "Allowed choices are"],
  [["-json"], "unknown option '-json'"],
  [["--fail-above", "-1"], "whole number"],
  [["--stack", "a--> b"], "letters, digits"],
  [["--run-url", "javascript:alert(1)"], "web address"],
  [["--run-url", "https://x/>)("], "web address"],
])("wrong usage %j ends with 1, because 2 means that users leave", async (args, says) => {
  const { code, stderr } = await runPlanReport([files.plan(["ada"]), ...args]);
  expect(code).toBe(1);
  expect(stderr).toContain(says);
});

/** As OpenTofu 1.12.6 prints it to standard output, between a line and the next. */
const NO_CLI_FILE = `
Warning: Unable to open CLI configuration file

The CLI configuration file at "/home/ada/.tofurc" does not exist.
`;

test.each([
  {
    what: "OpenTofu's warning about TF_CLI_CONFIG_FILE",
    messages: `{"type":"version"}\n${NO_CLI_FILE}`,
    says: "Line 3 of the messages is not JSON. OpenTofu printed a warning with it: it could not open its CLI configuration file. Correct or unset TF_CLI_CONFIG_FILE",
  },
  {
    what: "the output of a plan without -json, which names people",
    messages: "ada@example.com\n",
    says: "Line 1 of the messages is not JSON. Give the standard output of terraform plan -json -out=tfplan.",
  },
])("$what among the messages: says what to do, and quotes nothing", async ({ messages, says }) => {
  const file = files.write("messages.txt", messages);
  const { code, stdout, stderr } = await runPlanReport([files.plan(["ada"]), "--messages", file]);
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toContain(says);
  expect(stderr).not.toMatch(/ada/);
});

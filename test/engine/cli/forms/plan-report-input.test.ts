import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { ReportFiles, runPlanReport } from "../../../support/reports/report-files";

const files = new ReportFiles();

test("without a plan, the report begins with the error of the messages, and says that the plan failed", async () => {
  const plan = files.write("nothing", "");
  const failed = { severity: "error", summary: "Invalid reference", detail: "There is no such user file." };
  const messages = files.messages(failed);
  const reports = join(files.folder, "no-plan");
  const finished = await runPlanReport([plan, "--messages", messages, "--format", "text", "--save", reports]);
  expect(finished.code).toBe(1);
  expect(finished.stdout).toMatch(/^REFUSED: Invalid reference\n/);
  expect(finished.stdout).toContain("There is no such user file.");
  expect(finished.stderr).toBe(
    "error: Invalid reference. Nobody was deleted. There is no plan. There is no such user file.\n",
  );
  expect(JSON.parse(readFileSync(join(reports, "report.json"), "utf8"))).toMatchObject({
    stacks: [{ plan_failed: true }],
  });
});

test.each([
  {
    what: "a state",
    content: '{"format_version":"1.0","values":{}}',
    says: "This is a state, not a plan.",
  },
  { what: "nothing", content: "", says: "There is nothing to read." },
  { what: "no JSON", content: "Error: no plan", says: "This is not JSON." },
  {
    what: "a plan of a later version",
    content: '{"format_version":"2.0","resource_changes":[]}',
    says: "This is not the expected JSON at format_version: 2.0 is not 1.x, which this version of cdktf-genauth reads; update cdktf-genauth.",
  },
  {
    what: "a plan with a change that has no fields",
    content: '{"format_version":"1.0","resource_changes":[{}]}',
    says: "This is not the expected JSON at resource_changes[0].address: Invalid input: expected string, received undefined.",
  },
])("given $what: exit code 1, what is wrong, and how to make a plan", async ({ content, says }) => {
  const file = files.write("given", content);
  const { code, stdout, stderr } = await runPlanReport([file]);
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toBe(
    `error: ${says} Save the plan and its messages, and give both: terraform plan -json -out=tfplan >messages.jsonl, and cdktf-genauth plan-report tfplan --messages messages.jsonl.\n`,
  );
});

test("given a broken plan file: exit code 1, and where the engine can read one", async () => {
  const firstBytesOfAZip = "PK\u0003\u0004";
  const { code, stdout, stderr } = await runPlanReport([files.write("tfplan", firstBytesOfAZip)]);
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toMatch(/^error: .*tfplan is a saved plan, and terraform show -json fails: /);
  expect(stderr).toContain("Run this in the folder of its stack, where init has run");
});

test.each([
  { wrong: "--redact without GENAUTH_REDACT_KEY", args: ["--redact"], says: "GENAUTH_REDACT_KEY" },
  { wrong: "an unknown format", args: ["--format", "pdf"], says: "Allowed choices are" },
  { wrong: "one hyphen in place of two", args: ["-json"], says: "unknown option '-json'" },
  { wrong: "a negative limit", args: ["--fail-above", "-1"], says: "whole number" },
  {
    wrong: "a stack name that ends the HTML comment in which the report holds it",
    args: ["--stack", "a--> b"],
    says: "letters, digits",
  },
  {
    wrong: "a stack name with two hyphens, which no HTML comment may hold",
    args: ["--stack", "eu--people"],
    says: "single hyphens",
  },
  { wrong: "a script as the run's address", args: ["--run-url", "javascript:alert(1)"], says: "web address" },
  {
    wrong: "an address that ends the report's Markdown link to it",
    args: ["--run-url", "https://x/>)("],
    says: "web address",
  },
])("$wrong ends with 1, and not with the 2 of a plan in which users leave", async ({ args, says }) => {
  const boAndChidiLeave = [files.plan(["ada"]), "--detailed-exitcode"];
  expect(await runPlanReport(boAndChidiLeave)).toMatchObject({ code: 2 });

  const { code, stderr } = await runPlanReport([...boAndChidiLeave, ...args]);
  expect(code).toBe(1);
  expect(stderr).toContain(says);
});

/** As OpenTofu 1.12.6 prints it to standard output, after the first line of its JSON. */
const WITH_WARNING = `{"type":"version"}

Warning: Unable to open CLI configuration file

The CLI configuration file at "/home/ada/.tofurc" does not exist.
`;

test.each([
  {
    what: "OpenTofu's warning about TF_CLI_CONFIG_FILE",
    messages: WITH_WARNING,
    says: "Line 3 of the messages is not JSON. OpenTofu printed a warning with it: it could not open its CLI configuration file. Correct or unset TF_CLI_CONFIG_FILE, and run the command of OpenTofu again.",
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
  expect(stderr).toBe(`error: ${says}\n`);
});

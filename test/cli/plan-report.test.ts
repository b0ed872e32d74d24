import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { Finished } from "../../scripts/engine/child";
import { planJson, type PlannedRemovals } from "../reports/support/plan-json";
import { startCommand } from "./command";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "genauth-report-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const KEY = { GENAUTH_REDACT_KEY: "a key for the tests" };

/** A plan that removes some of three users from a set; it deletes all of them by default. */
function plan(stay: readonly string[], more: object = {}, removals?: PlannedRemovals): string {
  const deleted = ["ada", "bo", "chidi"].filter((id) => !stay.includes(id));
  const file = join(folder, `plan-${(plans += 1)}.json`);
  writeFileSync(file, planJson({ stay, removals: removals ?? { deleted } }, more));
  return file;
}

let plans = 0;

/** A file with the output of `terraform plan -json`: warnings with these summaries. */
function messagesOf(...summaries: readonly string[]): string {
  const lines = summaries.map((summary) =>
    JSON.stringify({
      type: "diagnostic",
      diagnostic: { severity: "warning", summary, detail: "bo and chidi", address: "genauth_user_set.staff" },
    }),
  );
  const file = join(folder, `messages-${(plans += 1)}.jsonl`);
  writeFileSync(file, lines.join("\n"));
  return file;
}

function run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Finished> {
  return startCommand(["plan-report", ...args], { env }).finished;
}

test.each([
  { title: "nobody is removed", args: () => [plan(["ada", "bo", "chidi"])], code: 0, says: "Nobody leaves" },
  {
    title: "one user is removed",
    args: () => [plan(["ada", "bo"]), "--messages", messagesOf()],
    code: 2,
    says: "## 1 user will be permanently deleted",
  },
  {
    title: "as many leave as may",
    args: () => [plan(["ada"]), "--fail-above", "2"],
    code: 2,
    says: "## Up to 2 users will be permanently deleted",
  },
  {
    title: "no more are deleted than may be, though more leave",
    args: () => [plan(["ada"], {}, { deleted: ["bo"], notDeleted: ["chidi"] }), "--fail-above", "1"],
    code: 2,
    says: "## Up to 1 user will be permanently deleted",
  },
  {
    title: "users are removed and nobody is deleted",
    args: () => [plan(["ada"], {}, { notDeleted: ["bo", "chidi"] }), "--fail-above", "0"],
    code: 2,
    says: "## No user will be deleted; 2 users leave a set",
  },
])("$title: the exit code is $code", async ({ args, code, says }) => {
  const finished = await run(args());
  expect({ code: finished.code, stderr: finished.stderr }).toEqual({ code, stderr: "" });
  expect(finished.stdout).toContain(says);
});

test.each([
  {
    title: "more leave than may",
    args: () => [plan(["ada"]), "--messages", messagesOf(), "--fail-above", "1"],
    says: "error: 2 users would be deleted, more than --fail-above allows (1)",
  },
  {
    title: "more than --fail-above may be deleted: a user could not be looked up",
    args: () => [
      plan(["ada"]),
      "--messages",
      messagesOf("1 user could not be looked up and may be permanently deleted from GenAuth: chidi"),
      "--fail-above",
      "1",
    ],
    says: "error: Up to 2 users would be deleted, more than --fail-above allows (1)",
  },
  { title: "the plan failed", args: () => [plan(["ada"], { errored: true })], says: "The plan failed" },
  {
    title: "others leave than were approved",
    args: () => [plan(["ada"]), "--expect-digest", "sha256:0"],
    says: "not those that were approved",
  },
])("$title: the report is printed, and the exit code is 1", async ({ args, says }) => {
  const { code, stdout, stderr } = await run(args());
  expect(code).toBe(1);
  expect(stdout).toContain("Label of chidi");
  expect(stderr).toContain(says);
});

test("the digest covers only the removals, and with a key it depends on the key", async () => {
  const digest = async (file: string, ...args: readonly string[]) =>
    (await run([file, "--digest", ...args], KEY)).stdout;
  const one = await digest(plan(["ada", "bo"]));
  expect(one).toMatch(/^sha256:[0-9a-f]{64}\n$/);
  expect(await digest(plan(["ada", "bo"], { timestamp: "2026-01-01T00:00:00Z" }))).toBe(one);
  expect(await digest(plan(["bo", "ada", "dana"]))).toBe(one);
  expect(await digest(plan(["ada"]))).not.toBe(one);
  expect(await digest(plan(["ada", "bo"]), "--redact")).toMatch(/^hmac-sha256:[0-9a-f]{64}\n$/);
  expect(await run([plan(["ada", "bo"]), "--expect-digest", one.trim()])).toMatchObject({
    code: 2,
    stderr: "",
  });
});

test.each(["markdown", "text", "json", "html"])("--redact shows nobody, as %s", async (format) => {
  const messages = messagesOf("2 users will be deleted: bo, …");
  const args = [plan(["ada"]), "--messages", messages, "--redact", "--format", format];
  const { stdout } = await run(args, KEY);
  expect(stdout).toMatch(/user-[0-9a-f]{16}/);
  expect(stdout).toContain("2 users will be deleted");
  expect(stdout).not.toMatch(/\bbo\b|chidi|Label of/);
});

test.each([
  { title: "the plan file itself", content: "PK\u0003\u0004", says: "This is the plan file itself" },
  { title: "a state", content: '{"format_version":"1.0","values":{}}', says: "This is a state, not a plan" },
  { title: "nothing", content: "", says: "There is nothing to read" },
  { title: "no JSON", content: "Error: no plan", says: "This is not JSON" },
  {
    title: "another version",
    content: '{"format_version":"2.0","resource_changes":[]}',
    says: "format_version 2.0",
  },
  {
    title: "another form",
    content: '{"format_version":"1.0","resource_changes":[{}]}',
    says: "at resource_changes[0]",
  },
])("$title instead of a plan: exit code 1, and what to do", async ({ content, says }) => {
  const file = join(folder, "given");
  writeFileSync(file, content);
  const { code, stdout, stderr } = await run([file]);
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toContain(says);
  expect(stderr).not.toMatch(/^\s+at /m);
});

test.each([
  { args: ["--redact"], says: "GENAUTH_REDACT_KEY" },
  { args: ["--format", "pdf"], says: "Allowed choices are" },
  { args: ["--json"], says: "Write --format json" },
  { args: ["-json"], says: "Write --format json" },
  { args: ["--fail-above", "-1"], says: "whole number" },
])("wrong usage $args ends with 1, because 2 means that users leave", async ({ args, says }) => {
  const { code, stderr } = await run([plan(["ada"]), ...args]);
  expect(code).toBe(1);
  expect(stderr).toContain(says);
});

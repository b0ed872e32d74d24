import { expect, test } from "@jest/globals";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { newFolder } from "../../support/at-end";
import { cleanEnvironment } from "../../support/engine/clean-environment";
import { hasTerminal, runOnTerminal } from "../../support/engine/terminal";
import { programPath } from "../../support/provider-form";
import { version } from "../../../package.json";
import { runCommand, startCommand } from "../../support/command";

test.each([
  { args: ["drift", "--help"], says: "2  drift: always, so that a check fails" },
  { args: ["--help"], says: "2  drift: there is drift; with --detailed-exitcode, plan-report:" },
  { args: ["install-provider", "--help"], says: "1  failed, refused or wrong usage" },
  { args: ["emulator", "--help"], says: "1  the emulator or the command did not start, or wrong usage" },
])("$args prints $says", async ({ args, says }) => {
  const { code, stdout, stderr } = await runCommand(args);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toContain(says);
});

test("the help of every command has an example, and fits a terminal of 80 columns", async () => {
  const { stdout } = await runCommand(["--help"]);
  const commands = [...stdout.matchAll(/^ {2}([a-z][a-z-]+) /gm)].map(([, name = ""]) => name);
  expect(commands.length).toBeGreaterThan(9);
  const helps = await Promise.all(commands.map((name) => runCommand(["help", name])));
  for (const help of [stdout, ...helps.map((finished) => finished.stdout)]) {
    expect(help).toMatch(/^Examples?:\n {2}\$ (cdktf-genauth|terraform) /m);
    for (const line of help.split("\n")) expect(line).toMatch(/^.{0,80}$/u);
  }
});

const PLAN = JSON.stringify({ format_version: "1.2", terraform_version: "1.11.4", resource_changes: [] });

(hasTerminal ? test : test.skip)(
  "a report is text on a terminal, unless --format says otherwise",
  async () => {
    const folder = newFolder();
    writeFileSync(join(folder, "plan.json"), PLAN);
    const show = (args: readonly string[], environment: Readonly<Record<string, string>> = {}) =>
      runOnTerminal(
        [process.execPath, programPath("cdktf-genauth"), "plan-report", join(folder, "plan.json"), ...args],
        cleanEnvironment("", { TERM: "xterm", ...environment }),
      );
    const shown = await show([]);
    expect(shown.text).toMatch(/^Nobody loses an account\r?\n=+/);
    expect((await show(["--format", "markdown"])).text).toContain("## Nobody loses an account");
    const plain = [await show(["--no-color"]), await show([], { NO_COLOR: "1" })];
    expect([shown, ...plain].map(({ raw }) => raw.includes("\u001b["))).toEqual([true, false, false]);
  },
);

(hasTerminal ? test : test.skip)("plan-report on a terminal says what it waits for", async () => {
  const { code, text } = await runOnTerminal(
    [process.execPath, programPath("cdktf-genauth"), "plan-report"],
    cleanEnvironment("", {}),
    { after: "Waiting for the output of `terraform show -json` on standard input.", keys: `${PLAN}\n\u0004` },
  );
  expect(text).toContain("Nobody loses an account");
  expect(code).toBe(0);
});

test.each(["--version", "-v"])("%s is the package's version", async (flag) => {
  const { code, stdout } = await runCommand([flag]);
  expect({ code, stdout }).toEqual({ code: 0, stdout: `${version}\n` });
});

test.each([
  { args: [], says: "Usage: cdktf-genauth" },
  { args: ["erase"], says: "unknown command 'erase'" },
  { args: ["help", "shwo"], says: "unknown command 'shwo'\n(Did you mean show?)" },
  { args: ["help", "pipeline", "paln"], says: "unknown command 'paln'\n(Did you mean plan?)" },
  { args: ["shwo", "--help"], says: "unknown command 'shwo'\n(Did you mean show?)" },
  { args: ["help", "plan"], says: "No command plans" },
  { args: ["delete", "ada"], says: "No command deletes users. Take them out of the declared set" },
  { args: ["list"], says: "`cdktf-genauth export` writes a user file of the pool" },
  { args: ["pipeline"], says: "Usage: cdktf-genauth pipeline" },
  { args: ["pipeline", "init"], says: "missing required argument 'platform'" },
  { args: ["pipeline", "synth", "--seal"], says: "unknown option '--seal'" },
  { args: ["drift", "--json"], says: "unknown option '--json'" },
  { args: ["plan-report", "--json"], says: "unknown option '--json'" },
  { args: ["export"], says: "--user-id-type <type> is missing: one of user_id, phone" },
  { args: ["export", "--user-id-tpye", "email"], says: "Did you mean --user-id-type?" },
  { args: ["restore", "ada"], says: "--record <path> is missing" },
  { args: ["restore", "--recrod", "deleted", "ada"], says: "Did you mean --record?" },
  { args: ["install-provider", "--home", "--dir", "."], says: "cannot be used with" },
  { args: ["install-provider", "--dir"], says: "argument missing" },
  { args: ["emulator", "--port", "99999"], says: "whole number from 0 to 65535" },
  { args: ["emulator", "--port", "-1"], says: "whole number from 0 to 65535" },
  { args: ["emulator", "--count", "many"], says: "whole number from 0 to 1000000" },
  { args: ["emulator", "--count", "3", "--users", "users.json"], says: "cannot be used with" },
  { args: ["emulator", "no-such-command"], says: "no-such-command cannot be started" },
])("wrong usage $args ends with 1 and a message on stderr", async ({ args, says }) => {
  const { code, stdout, stderr } = await runCommand(args);
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toContain(says);
  expect(stderr).not.toMatch(/^\s+at /m);
});

test.each([
  { property: "platform", value: "win32", says: /^cdktf-genauth runs on Linux and macOS.*\n$/ },
  { property: "version", value: "v18.20.0", says: /^cdktf-genauth needs Node\.js 20\.9 or later.*\n$/ },
])("if it cannot run ($value), it prints one sentence", async ({ property, value, says }) => {
  const pretend =
    `Object.defineProperty(process, "${property}", { value: "${value}" });` +
    `Object.defineProperty(process.versions, "node", { value: "${value.slice(1)}" });`;
  const nodeOptions = ["--import", `data:text/javascript,${encodeURIComponent(pretend)}`];
  const { code, stdout, stderr } = await startCommand(["--help"], { nodeOptions }).finished;
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toMatch(says);
});

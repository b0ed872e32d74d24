import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { newFolder } from "../../../support/at-end";
import type { Finished } from "../../../support/engine/child";
import { type Emulator, startEmulator, seedUsers } from "../../../support/emulator";
import { type Message } from "../../../../src/users";
import { type Leaver, noCall } from "../../../../src/users/fate";
import { describePlan } from "../../../../src/users/messages/describe-plan";
import { OUTAGE } from "../../../support/users/failures";
import {
  planJson,
  type PlannedRemovals,
  type SetChange,
  setChange,
} from "../../../support/reports/plan-json";
import { runCommand } from "../../../support/command";

let folder: string;
beforeAll(() => void (folder = newFolder()));

/** How many files were written, which numbers the next one. */
let files = 0;

const KEY = { GENAUTH_REDACT_KEY: "a key for the tests" };

/** A plan that removes some of three users from a set; it deletes all of them by default. */
function plan(stay: readonly string[], more: object = {}, removals?: PlannedRemovals): string {
  const deleted = ["ada", "bo", "chidi"].filter((id) => !stay.includes(id));
  const file = join(folder, `plan-${(files += 1)}.json`);
  writeFileSync(file, planJson({ stay, removals: removals ?? { deleted } }, more));
  return file;
}

/** A plan that changes the set `staff` so. @param more other attributes of the set */
function planOfChange(change: SetChange, more: object = {}): string {
  return plan([], { resource_changes: [setChange("staff", change, more)] });
}

const NOT_LOOKED_UP: Leaver = {
  id: "chidi",
  label: "Label of chidi",
  fate: noCall({ kind: "not_looked_up", failure: OUTAGE }),
};

/** A file with the output of `terraform plan -json`: these warnings. */
function messagesOf(...messages: readonly Message[]): string {
  const lines = messages.map((message) =>
    JSON.stringify({
      type: "diagnostic",
      diagnostic: { severity: "warning", ...message, address: "genauth_user_set.staff" },
    }),
  );
  const file = join(folder, `messages-${(files += 1)}.jsonl`);
  writeFileSync(file, lines.join("\n"));
  return file;
}

function run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Finished> {
  return runCommand(["plan-report", ...args], env);
}

describe("the exit code with --detailed-exitcode is", () => {
  interface Exit {
    readonly code: number;
    readonly when: string;
    readonly args: () => readonly string[];
    readonly says: string;
  }

  test.each<Exit>([
    {
      code: 0,
      when: "nobody is removed",
      args: () => [plan(["ada", "bo", "chidi"])],
      says: "Nobody loses an account",
    },
    {
      code: 2,
      when: "one user is removed",
      args: () => [plan(["ada", "bo"]), "--messages", messagesOf()],
      says: "## 1 user will be permanently deleted",
    },
    {
      code: 2,
      when: "as many leave as may",
      args: () => [plan(["ada"]), "--fail-above", "2"],
      says: "## At most 2 users will be permanently deleted",
    },
    {
      code: 2,
      when: "no more are deleted than may be, though more leave",
      args: () => [plan(["ada"], {}, { deleted: ["bo"], notDeleted: ["chidi"] }), "--fail-above", "1"],
      says: "## At most 1 user will be permanently deleted",
    },
    {
      code: 2,
      when: "users are removed and nobody is deleted",
      args: () => [plan(["ada"], {}, { notDeleted: ["bo", "chidi"] }), "--fail-above", "0"],
      says: "## Nobody loses an account; 2 users leave a set",
    },
    {
      code: 2,
      when: "nobody is removed, and an id passes to another account",
      args: () => [
        planOfChange(
          { before: { ada: "Ada" }, after: { ada: "Ada" } },
          { rebindings: { ada: { former_user_id: "old", user_id: "new" } } },
        ),
      ],
      says: "| `ada` | Ada | old | new |",
    },
  ])("$code if $when, and 0 without that option", async ({ code, args, says }) => {
    const given = args();
    expect(await run(given)).toMatchObject({ code: 0, stderr: "" });
    const finished = await run([...given, "--detailed-exitcode"]);
    expect({ code: finished.code, stderr: finished.stderr }).toEqual({ code, stderr: "" });
    expect(finished.stdout).toContain(says);
  });
});

describe("--look-up", () => {
  const pool = ["bo", "chidi"].map((username) => ({
    ...seedUsers(1)[0],
    username,
    userId: `id-of-${username}`,
  }));
  let emulator: Emulator;
  beforeAll(async () => {
    emulator = await startEmulator({
      users: pool.map((user) => ({ ...user, ...(user.username === "bo" && { name: "Of Bo" }) })),
    });
  });

  test("names everybody who is deleted, and says whose label disagrees", async () => {
    const { code, stdout } = await run(
      [plan(["ada"]), "--look-up", "--format", "json"],
      emulator.environment(),
    );
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      stacks: [
        {
          names_looked_up: true,
          leavers: [
            { id: "bo", name: "Of Bo", names_disagree: false },
            { id: "chidi", names_disagree: true },
          ],
        },
      ],
    });
    const redacted = await run([plan(["ada"]), "--look-up", "--redact"], {
      ...KEY,
      ...emulator.environment(),
    });
    expect(redacted.stdout).not.toContain("Of Bo");
  });

  test("says which names are blank, and why, if GenAuth does not answer", async () => {
    const env = { ...emulator.environment(), GENAUTH_HOST: "http://127.0.0.1:9", GENAUTH_MAX_ATTEMPTS: "1" };
    const { code, stdout, stderr } = await run([plan(["ada"]), "--look-up"], env);
    expect(code).toBe(0);
    expect(stdout).toContain(
      "Names in GenAuth are shown for 0 of 2 users: the others have none, or could not",
    );
    expect(stderr).toContain("warning: Some names in GenAuth could not be looked up: ");
  });
});

/** A report that fails the command. */
interface FailedReport {
  readonly when: string;
  readonly args: () => readonly string[];
  readonly says: string;
}

describe("the report is printed, and the exit code is 1, if", () => {
  const notLookedUp = (): string =>
    messagesOf(describePlan({ leavers: [NOT_LOOKED_UP], kept: 1, isBinding: true }));

  test.each<FailedReport>([
    {
      when: "more leave than may",
      args: () => [plan(["ada"]), "--messages", messagesOf(), "--fail-above", "1"],
      says: "error: 2 users would be deleted, more than --fail-above allows (1)",
    },
    {
      when: "more than --fail-above may be deleted, because of a failed look-up",
      args: () => [plan(["ada"]), "--messages", notLookedUp(), "--fail-above", "1"],
      says: "error: At most 2 users would be deleted, more than --fail-above allows (1)",
    },
    {
      when: "the plan failed",
      args: () => [plan(["ada"], { errored: true })],
      says: "error: The plan failed. Nobody was deleted.",
    },
  ])("$when", async ({ args, says }) => {
    const { code, stdout, stderr } = await run(args());
    expect(code).toBe(1);
    expect(stdout).toContain("Label of chidi");
    expect(stdout).toContain("## REFUSED: ");
    expect(stderr).toContain(says);
  });
});

/** A plan that creates the set `staff` in a state that holds none. */
function creatingPlan(): string {
  const set = setChange("staff", { before: {}, after: { ada: "Ada" } });
  const change = { ...set.change, actions: ["create"], before: null };
  return plan([], { resource_changes: [{ ...set, change }] });
}

describe("what must not be approved", () => {
  /** A plan with everything that the gate asks for, and a resource with these provisioners. */
  const gatedPlan = (provisioners: readonly object[]) => {
    const resource = {
      address: "terraform_data.x",
      mode: "managed",
      type: "terraform_data",
      name: "x",
      provider_config_key: "terraform",
      provisioners,
    };
    const { resource_changes } = JSON.parse(planJson({ stay: ["ada"] })) as { resource_changes: object[] };
    const provider = { name: "staff", provider_name: "terraform.local/genauth/genauth" };
    return plan(["ada"], {
      resource_changes: resource_changes.map((change) => ({ ...change, ...provider })),
      planned_values: {},
      configuration: { root_module: { resources: [resource] } },
    });
  };

  test.each<FailedReport>([
    {
      when: "a provisioner",
      args: () => [gatedPlan([{ type: "local-exec" }]), "--only-allowed"],
      says: "error: The plan holds what is not allowed: the provisioner local-exec (terraform_data.x). Nobody was deleted.",
    },
    {
      when: "a plan without its configuration",
      args: () => [plan(["ada"]), "--only-allowed"],
      says: "error: The plan holds something that this version does not know",
    },
    {
      when: "a part that is left to a later plan",
      args: () => [plan(["ada"], { complete: false }), "--fail-unless-whole"],
      says: "error: The report cannot list everyone who may be deleted: the plan (deferred).",
    },
    {
      when: "a list that is cut",
      args: () => [crowd(), "--fail-unless-whole"],
      says: "error: The report is cut",
    },
    {
      when: "a plan that creates a set, and is not said to be the first",
      args: () => [creatingPlan()],
      says: "error: The state holds no user set, and the stack is not said to be new. Nobody was deleted.",
    },
    {
      when: "a plan that is said to be the first, of a set that is there",
      args: () => [plan(["ada", "bo", "chidi"]), "--new"],
      says: "error: The stack is said to be new, and its state holds a user set. Nobody was deleted.",
    },
  ])("$when: the report is printed, and the exit code is 1", async ({ args, says }) => {
    const { code, stdout, stderr } = await run(args());
    expect(code).toBe(1);
    expect(stdout).toContain("## REFUSED: ");
    expect(stdout).not.toContain("will be permanently deleted");
    expect(stderr).toContain(says);
    expect(stderr.split("\n")).toHaveLength(2);
  });

  test.each<Omit<FailedReport, "says">>([
    { when: "a plan of this package alone", args: () => [gatedPlan([]), "--only-allowed"] },
    {
      when: "a provisioner that an owner allows",
      args: () => [gatedPlan([{ type: "local-exec" }]), "--allow", "provisioner=terraform_data.x"],
    },
    { when: "the first plan of a stack", args: () => [creatingPlan(), "--new"] },
    { when: "a whole list", args: () => [plan(["ada"]), "--fail-unless-whole"] },
    { when: "a list that fits", args: () => [crowd(), "--fail-unless-whole", "--format", "text"] },
  ])("$when is accepted", async ({ args }) => {
    const { code, stderr } = await run(args());
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  });
});

test("--protect names the stack that declares somebody who leaves, also one that takes the person out itself", async () => {
  const guests = join(folder, "guests.json");
  const change = setChange("guests", { before: { bo: "Bo", dana: "Dana" }, after: { dana: "Dana" } });
  writeFileSync(guests, JSON.stringify({ format_version: "1.2", resource_changes: [change] }));
  const { code, stdout } = await run([plan(["ada"]), "--protect", guests, "--format", "json"]);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    stacks: [
      {
        leavers: [
          { id: "bo", declared_in: ["guests: genauth_user_set.guests"] },
          { id: "chidi", declared_in: [] },
        ],
      },
    ],
  });
});

/** A plan that deletes more users than a comment can name. */
function crowd(): string {
  const deleted = Array.from({ length: 4000 }, (_, number) => `somebody-${number}`);
  return plan(["ada", "bo", "chidi"], {}, { deleted });
}

test("--save writes every format, even of a plan that is refused, and prints the chosen one", async () => {
  const reports = join(folder, "new", "reports");
  const args = ["--fail-above", "0", "--format", "text", "--save", reports];
  const { code, stdout } = await run([plan(["ada"]), ...args]);
  expect(code).toBe(1);
  expect(stdout).toMatch(/^REFUSED: At most 2 users would be deleted, more than --fail-above allows \(0\)/);
  expect(readdirSync(reports).sort()).toEqual(["report.html", "report.json", "report.md", "report.txt"]);
  for (const name of readdirSync(reports))
    expect(readFileSync(join(reports, name), "utf8")).toContain("chidi");
});

test("--save to a place that cannot be written to fails with one sentence, after the report", async () => {
  const file = join(folder, "a-file");
  writeFileSync(file, "");
  const { code, stdout, stderr } = await run([plan(["ada"]), "--save", file]);
  expect(code).toBe(1);
  expect(stdout).toContain("chidi");
  expect(stderr).toMatch(/^error: .*a-file.* cannot be written: [^\n]+\n$/);
});

test("the context is in every format, and the stack in the mark of a comment", async () => {
  const context = [
    "--stack",
    "staff-eu",
    "--commit",
    "4e1243b",
    "--run-url",
    "https://ci.example.com/runs/7?a=b",
  ];
  const file = plan(["ada"], { timestamp: "2026-11-26T15:14:13Z" });
  for (const format of ["markdown", "text", "html", "json"]) {
    const { stdout } = await run([file, ...context, "--format", format], {
      GENAUTH_HOST: "https://shell.example.com",
    });
    // The environment of this shell says nothing of where the plan was made.
    expect(stdout).not.toContain("shell.example.com");
    for (const text of ["staff-eu", "4e1243b", "2026-11-26", "ci.example.com/runs/7"]) {
      expect({ format, text, isIn: stdout.replaceAll("&#46;", ".").includes(text) }).toEqual({
        format,
        text,
        isIn: true,
      });
    }
  }
  const { stdout } = await run([file, ...context]);
  expect(stdout.split("\n")[0]).toBe("<!-- cdktf-genauth:plan stack=staff-eu -->");
  expect(stdout).toContain("Commit `4e1243b`");
  expect(stdout).toContain("[The run](<https://ci.example.com/runs/7?a=b>)");
});

test.each(["markdown", "text", "json", "html"])("--redact shows nobody, as %s", async (format) => {
  const messages = messagesOf({ summary: "2 users will be deleted: bo, …", detail: "bo and chidi" });
  const args = [plan(["ada"]), "--messages", messages, "--redact", "--format", format];
  const { stdout } = await run(args, KEY);
  expect(stdout).toMatch(/user-[0-9a-f]{16}/);
  expect(stdout).toContain("2 users will be deleted");
  expect(stdout).not.toMatch(/\bbo\b|chidi|Label of/);
});

test("nothing instead of a plan, beside messages with an error: the error is reported first", async () => {
  const file = join(folder, "nothing");
  writeFileSync(file, "");
  const failed = { severity: "error", summary: "Invalid reference", detail: "There is no such user file." };
  const messages = messagesOf(failed);
  const reports = join(folder, "no-plan");
  const finished = await run([file, "--messages", messages, "--format", "text", "--save", reports]);
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
  const file = join(folder, "given");
  writeFileSync(file, content);
  const { code, stdout, stderr } = await run([file]);
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
  const { code, stderr } = await run([plan(["ada"]), ...args]);
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
  const file = join(folder, "messages.txt");
  writeFileSync(file, messages);
  const { code, stdout, stderr } = await run([plan(["ada"]), "--messages", file]);
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toContain(says);
  expect(stderr).not.toMatch(/ada/);
});

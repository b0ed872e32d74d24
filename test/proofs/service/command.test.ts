import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "@jest/globals";
import { newFolder } from "../../support/at-end";
import type { Child, Finished } from "../../support/engine/child";
import { cleanEnvironment } from "../../support/engine/clean-environment";
import { hasTerminal, runOnTerminal } from "../../support/engine/terminal";
import { FORM, programPath } from "../../support/provider-form";
import { type Emulator, type EmulatorOptions, seedUsers, startEmulator } from "../../support/emulator";
import { readJournal, ServiceReportSchema } from "../../../src/service";
import { runCommand, startCommand } from "../../support/command";

let folder: string;
let emulator: Emulator;
beforeEach(() => void (folder = newFolder()));

async function startPool(options: EmulatorOptions = {}): Promise<void> {
  emulator = await startEmulator({ rateLimit: false, users: seedUsers(3), ...options });
}

const journal = () =>
  join(folder, readdirSync(folder).find((name) => name.startsWith("genauth-rehearsal-")) ?? "");

const rehearsal = (args: readonly string[]) => ["rehearse", "--journal", folder, ...args];

const consent = () => ({
  ...emulator.environment(),
  GENAUTH_REHEARSAL_CONSENT: emulator.accessKeyId,
  GENAUTH_REQUESTS_PER_SECOND: "1000",
});

/** Starts a process, to be signalled. */
function start(args: readonly string[]): Child {
  return startCommand(rehearsal(args), { env: consent() });
}

function run(args: readonly string[] = [], env: Readonly<Record<string, string>> = {}): Promise<Finished> {
  return runCommand(rehearsal(args), { ...consent(), ...env });
}

const cleanUpLine = () => ["rehearse", "--clean-up", journal()];

function cleanUp(): Promise<Finished> {
  return runCommand(cleanUpLine(), consent());
}

const changes = () => emulator.calls.filter(({ path }) => /delete|update|create/.test(path));

test("with consent, it says in a table what holds, and leaves nobody", async () => {
  await startPool();
  const { code, stdout, stderr } = await run(["--consent", emulator.accessKeyId]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^The provider works with the pool at http:.*\n=+\n/);
  expect(stdout).toMatch(/^Deletion by user_id +fine +The user is gone, and nobody else; /m);
  expect(stderr).toContain("No call shows whether the pool has a custom database or workflows");
  expect(emulator.pool.list()).toEqual(seedUsers(3));
  expect(statSync(journal()).mode & 0o777).toBe(0o600);
  const written = readFileSync(journal(), "utf8");
  expect(readJournal(journal()).isFinished).toBe(true);
  expect(stdout + stderr + written).not.toContain(emulator.accessKeySecret);
});

test("advice ends with 2, and --format json writes every question", async () => {
  await startPool({ variants: { emailCase: "significant" } });
  const { code, stdout } = await run(["--consent", emulator.accessKeyId, "--json", "--detailed-exitcode"]);
  expect(code).toBe(2);
  expect(ServiceReportSchema.parse(JSON.parse(stdout))).toMatchObject({
    kind: "rehearsal",
    verdict: "advice",
    settings: [{ setting: "user_id_type" }],
  });
});

test.each<[string, (pool: Emulator) => readonly string[], Readonly<Record<string, string>>, RegExp]>([
  [
    "without --consent",
    () => [],
    {},
    /^error: Nothing was changed\. To rehearse in this pool, add --consent [\da-f]{24}\.$/m,
  ],
  [
    "with another pool",
    () => ["--consent", "f".repeat(24)],
    {},
    /--consent is f{24}, but the access key id is/,
  ],
  [
    "without the variable",
    ({ accessKeyId }) => ["--consent", accessKeyId],
    { GENAUTH_REHEARSAL_CONSENT: "" },
    /Without a terminal, GENAUTH_REHEARSAL_CONSENT must be the access key id\./,
  ],
])("%s, it prints what it would do and changes nothing", async (_, args, env, says) => {
  await startPool();
  const { code, stdout, stderr } = await run(args(emulator), env);
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toMatch(
    /^A rehearsal concerns the pool of [\da-f]{24} at .*, which holds 3 users\.\nIt creates nine users/,
  );
  expect(stderr).toMatch(says);
  expect(changes()).toEqual([]);
  expect(readdirSync(folder)).toEqual([]);
});

describe("on a terminal", () => {
  if (!hasTerminal) console.warn("There is no `script` on the PATH, so that consent is not typed here.");
  const testTyped = hasTerminal ? test : test.skip;

  function type(keys: string): ReturnType<typeof runOnTerminal> {
    const program = programPath("cdktf-genauth");
    const args = ["rehearse", "--journal", folder, "--consent", emulator.accessKeyId];
    const environment = {
      ...emulator.environment(),
      GENAUTH_REQUESTS_PER_SECOND: "1000",
      // It consents only where nobody can type.
      GENAUTH_REHEARSAL_CONSENT: emulator.accessKeyId,
    };
    return runOnTerminal(
      FORM === "script" ? [process.execPath, program, ...args] : [program, ...args],
      cleanEnvironment("", environment),
      { after: "Type the access key id to begin: ", keys },
    );
  }

  testTyped("it begins once the access key id is typed", async () => {
    await startPool();
    const { code, text } = await type(`${emulator.accessKeyId}\r`);
    expect(text).toContain("The provider works with the pool");
    expect(code).toBe(0);
    expect(emulator.pool.list()).toEqual(seedUsers(3));
  });

  testTyped.each([
    ["another id", `${"f".repeat(24)}\r`],
    ["yes", "yes\r"],
    ["nothing", "\r"],
    ["Ctrl-C", "\u0003"],
    ["Ctrl-D", "\u0004"],
  ])("%s changes nothing", async (_, keys) => {
    await startPool();
    const { code, text } = await type(keys);
    expect(text).toMatch(
      /^error: Nothing was changed, because what you typed is not the access key id\.\r?$/m,
    );
    expect(code).toBe(1);
    expect(changes()).toEqual([]);
    expect(readdirSync(folder)).toEqual([]);
  });
});

test.each<[string, EmulatorOptions, RegExp, string]>([
  [
    "a pool of more than 500 users",
    { users: seedUsers(501) },
    /holds 501 users, so it is probably one that people use/,
    "--production",
  ],
  [
    "a webhook",
    { lists: { "list-webhooks": [{ name: "audit", enabled: true, events: ["login", "user:deleted"] }] } },
    /1 webhook would report test users/,
    "--accept-side-effects",
  ],
  [
    "an automatic synchronisation",
    {
      lists: {
        "list-sync-tasks": [{ syncTaskName: "lark", syncFlow: "downstream", syncTrigger: "automatic" }],
      },
    },
    /1 automatic synchronisation would copy test users/,
    "--accept-side-effects",
  ],
  [
    "a function at registration",
    { lists: { "list-pipeline-functions": [{ funcName: "check", scene: "POST_REGISTER", enabled: true }] } },
    /1 function of the pool may run/,
    "--accept-side-effects",
  ],
  [
    "a list that cannot be read",
    { faults: [{ on: "list-webhooks", then: { kind: "answer", statusCode: 403 } }] },
    /list-webhooks cannot be read\./,
    "--accept-side-effects",
  ],
])("%s is refused, unless it is accepted", async (_, options, says, flag) => {
  await startPool(options);
  const { code, stderr } = await run(["--consent", emulator.accessKeyId]);
  expect(code).toBe(1);
  expect(stderr).toMatch(says);
  expect(stderr).toContain(`add ${flag}`);
  // The next obstacle is the consent, which is not given here.
  expect((await run([flag])).stderr).toContain("To rehearse in this pool, add --consent");
  expect(changes()).toEqual([]);
});

test("webhooks about others, synchronisations from elsewhere and disabled functions are no obstacle", async () => {
  await startPool({
    lists: {
      "list-webhooks": [
        { name: "off", enabled: false, events: ["user:created"] },
        { name: "log-ins", enabled: true, events: ["login"] },
      ],
      "list-sync-tasks": [{ syncTaskName: "hr", syncFlow: "upstream", syncTrigger: "automatic" }],
      "list-pipeline-functions": [{ funcName: "off", scene: "PRE_REGISTER", enabled: false }],
    },
  });
  expect((await run()).stderr).toContain("To rehearse in this pool, add --consent");
});

test("killed in the middle, it is refused until --clean-up has left nobody", async () => {
  await startPool();
  const child = start(["--consent", emulator.accessKeyId]);
  emulator.steps.add({ on: "delete-users-batch", nth: 4, run: () => child.signal("SIGKILL") });
  await child.finished;
  expect(emulator.pool.size).toBeGreaterThan(3);
  const again = await run(["--consent", emulator.accessKeyId]);
  expect(again.code).toBe(1);
  expect(again.stderr).toMatch(
    /is the journal of a rehearsal that did not finish\. Run cdktf-genauth rehearse --clean-up /,
  );
  const { code, stdout } = await cleanUp();
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /^Nobody is left\. Test users deleted now: [1-9]\d*\. Look-ups and a search find nobody\.\n$/,
  );
  expect(emulator.pool.list()).toEqual(seedUsers(3));
});

test.each(["SIGINT", "SIGTERM"] as const)(
  "%s ends the questions, and the test users are deleted",
  async (signal) => {
    await startPool();
    const child = start(["--consent", emulator.accessKeyId]);
    emulator.steps.add({ on: "update-user-batch", nth: 2, run: () => child.signal(signal) });
    const { code, stdout, stderr } = await child.finished;
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    const [before, after] = stderr.split("Interrupted: it ends as soon as it can.");
    expect(before).toMatch(/^asking about seven users$/m);
    expect(after).not.toContain("asking");
    expect(after).toMatch(
      /^error: The rehearsal was interrupted, so it says nothing about the pool: Somebody stopped it\. Nobody is left of its test users\.$/m,
    );
    expect(emulator.pool.list()).toEqual(seedUsers(3));
  },
);

test("a second signal ends the process, and the command that cleans up is said", async () => {
  await startPool();
  const child = start(["--consent", emulator.accessKeyId]);
  emulator.steps.add({ on: "update-user-batch", nth: 2, run: () => child.signal("SIGINT") });
  emulator.steps.add({ on: "delete-users-batch", nth: 4, run: () => child.signal("SIGINT") });
  const { stderr } = await child.finished;
  expect(stderr).toContain(
    `error: interrupted by SIGINT. Test users may be left. Run cdktf-genauth rehearse --clean-up ${journal()}.\n`,
  );
  expect((await cleanUp()).code).toBe(0);
  expect(emulator.pool.list()).toEqual(seedUsers(3));
  expect(readdirSync(folder)).toEqual([expect.stringMatching(/^genauth-rehearsal-\d{8}T\d{6}Z\.jsonl$/)]);
});

test("a clean-up beside a rehearsal that is still running is refused, and disturbs nothing", async () => {
  await startPool();
  let beside: Promise<Finished> | undefined;
  emulator.steps.add({
    on: "update-user-batch",
    nth: 2,
    run: async () => {
      beside ??= startCommand(cleanUpLine(), { env: consent() }).finished;
      await beside;
    },
  });
  const { code } = await run(["--consent", emulator.accessKeyId]);
  expect(code).toBe(0);
  const refused = await beside;
  expect(refused?.code).toBe(1);
  expect(refused?.stderr).toMatch(
    /is still running, as process \d+ on \S+\. Wait until it ends, or press Ctrl-C there: it then deletes its test users\./,
  );
});

test("the help names the calls of the rehearsal key, as the documents do", async () => {
  await startPool();
  const { stdout } = await runCommand(["rehearse", "--help"]);
  const index = readFileSync(join(__dirname, "../../../docs/index.md"), "utf8");
  const keys = index.match(/^- \*\*[a-z-]+ key\*\*.*\n(?: {2}.*\n)*/gm) ?? [];
  expect(keys).toHaveLength(4);
  const calls = keys.flatMap(
    (key) => key.slice(key.indexOf(":")).match(/(?<=`)[a-z]+(-[a-z]+)+(?=`)/g) ?? [],
  );
  // The documents except it.
  const documented = new Set(calls.filter((call) => call !== "list-archived-users"));
  const [, listed = ""] = /right to call (.*?)\.\n/s.exec(stdout) ?? [];
  expect(listed.split(/,\s+/).sort()).toEqual([...documented].sort());
});

test.each([
  { args: ["--journal"], says: "argument missing" },
  { args: ["--clean-up", "x", "--consent", "y"], says: "cannot be used with option" },
])("wrong usage $args ends with 1", async ({ args, says }) => {
  await startPool();
  const { code, stdout, stderr } = await run(args);
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toContain(says);
  expect(emulator.calls).toEqual([]);
});

test("without consent, no journal is said to be there", async () => {
  await startPool();
  const { code, stderr } = await run(["--consent", "somebody else"]);
  expect(code).toBe(1);
  expect(stderr).not.toContain("Its journal is");
});

test("a clean-up that fails ends with 1 and says what to do, and one that finds nobody says that nobody is left", async () => {
  await startPool();
  await run(["--consent", emulator.accessKeyId]);
  const fault = emulator.faults.add({
    on: "get-user-batch",
    then: { kind: "answer", statusCode: 401, apiCode: 1300 },
  });
  const { code, stderr } = await cleanUp();
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /^error: It is not certain that nobody is left\. Test users found, whose deletion was sent: 0\. .* Run rehearse --clean-up with the journal later\./m,
  );
  fault.remove();
  expect(await cleanUp()).toMatchObject({
    code: 0,
    stdout: "Nobody is left. Test users deleted now: 0. Look-ups and a search find nobody.\n",
  });
});

test("a test user who cannot be deleted is said after the report, with the command that cleans up", async () => {
  await startPool();
  emulator.faults.add({
    on: "delete-users-batch",
    nth: Array.from({ length: 200 }, (_, at) => 3 + at),
    then: { kind: "answer", statusCode: 422 },
  });
  const { code, stdout, stderr } = await run(["--consent", emulator.accessKeyId]);
  expect(code).toBe(1);
  expect(stdout).toMatch(/^Clean-up +STOP /m);
  expect(stderr).toContain(
    `error: Test users may be left in the pool. Run cdktf-genauth rehearse --clean-up ${journal()}.\n`,
  );
});

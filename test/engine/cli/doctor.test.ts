import { beforeEach, expect, test } from "@jest/globals";
import type { Finished } from "../../support/engine/child";
import { type Emulator, type PoolUser, seedUsers, startEmulator } from "../../support/emulator";
import { ServiceReportSchema } from "../../../src/service";
import { runCommand } from "../../support/command";

const ACTIVE = seedUsers(3);
const SUSPENDED: PoolUser[] = seedUsers(1, { prefix: "suspended" }).map((user) => ({
  ...user,
  status: "Suspended",
  statusChangedAt: "2026-11-01T00:00:00.000Z",
}));
const USERS = [...ACTIVE, ...SUSPENDED];

let emulator: Emulator;
beforeEach(async () => {
  emulator = await startEmulator({ users: USERS });
});

function doctor(...args: readonly string[]): Promise<Finished> {
  return runCommand(["doctor", ...args], emulator.environment(emulator.readKey));
}

function expectNobodyNamed(text: string): void {
  for (const { userId, email = "", username = "", name = "" } of USERS)
    for (const id of [userId, email, username, name]) expect(text).not.toContain(id);
  expect(text).not.toContain(emulator.readKey.accessKeySecret);
}

/** With the read key, a changing call would be refused. None is even sent. */
function expectOnlyReads(): void {
  const paths = new Set(emulator.calls.map(({ path }) => path.replace("/api/v3/", "")));
  expect([...paths].sort()).toEqual(["get-user", "get-user-batch", "list-users"]);
}

test("a pool without a difference ends with 0 and a line for each check, and names nobody", async () => {
  const { code, stdout, stderr } = await doctor();
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const headline = `The provider works with the pool at ${emulator.url} (access key id ${emulator.readKey.accessKeyId})`;
  expect(stdout).toBe(
    [
      headline,
      "=".repeat(headline.length),
      "",
      "Key, signature and clock       fine       GenAuth accepts them.",
      "List of users                  fine       It holds 4 users.",
      "Tenant                         fine       None is set.",
      "Longest URL                    fine       A URL with 6000 characters of ids passes.",
      "Look-up by user_id             fine       Finds 3 users, and nobody else.",
      "Identities                     fine       Look-ups show them.",
      "Letter case of e-mails         fine       Look-ups ignore it.",
      "Look-up of suspended users     fine       Shown.",
      "Look-up: since when suspended  fine       Shown.",
      "",
      'Reading does not show what a change does. Try that with two test users: the guide "First on your own pool"',
      "says how.",
      "",
    ].join("\n"),
  );
  expectNobodyNamed(stdout);
  expectOnlyReads();
});

test("advice ends with 0, or on request with 2, and names the setting that the pool needs", async () => {
  emulator.faults.add({ on: "get-user-batch", userIdType: "email", then: { kind: "omit" } });
  expect(await doctor()).toMatchObject({ code: 0, stderr: "" });
  const { code, stdout, stderr } = await doctor("--detailed-exitcode");
  expect({ code, stderr }).toEqual({ code: 2, stderr: "" });
  expect(stdout).toMatch(/^The provider works with the pool at .*, with advice on 1 question\n/);
  expect(stdout).toContain(
    'Settings that this pool needs:\n  user_id_type: "user_id", because look-ups by e-mail miss users\n',
  );
  expectOnlyReads();
});

test("what stops the provider ends with 1, and stderr names the check", async () => {
  const ids = SUSPENDED.map(({ userId }) => userId);
  emulator.faults.add({ on: "get-user-batch", ids, then: { kind: "omit" } });
  const { code, stdout, stderr } = await doctor();
  expect(code).toBe(1);
  expect(stdout).toMatch(/^Do not apply yet with the pool at .*: 1 problem\n/);
  expect(stdout).toMatch(
    /^Look-up of suspended users +STOP {7}A look-up misses 1 of 1 user who is not active\.$/m,
  );
  expect(stderr).toBe(
    "error: The provider cannot work safely with this pool yet: Look-up of suspended users. The report says what to do.\n",
  );
  expectNobodyNamed(stdout);
});

test("--format json writes what the text says, for programs, and names nobody", async () => {
  const text = (await doctor()).stdout.replaceAll(/ +/g, " ");
  const { code, stdout } = await doctor("--format", "json");
  const { questions, ...rest } = ServiceReportSchema.parse(JSON.parse(stdout));
  expect(code).toBe(0);
  expect(rest).toEqual({
    format_version: "1.0",
    verdict: "fine",
    host: emulator.url,
    access_key_id: emulator.readKey.accessKeyId,
    totals: { fine: questions.length, advice: 0, stop: 0, not_known: 0 },
    settings: [],
  });
  const rows = questions.map(({ title, result, finding }) => `${title} ${result} ${finding}\n`);
  expect(text).toContain(`\n\n${rows.join("")}\n`);
  expectNobodyNamed(stdout);
});

test.each([
  { args: ["--format", "html"], says: "Allowed choices are text, json" },
  { args: ["staff.csv"], says: "too many arguments" },
])("wrong usage $args ends with 1, because 2 means advice", async ({ args, says }) => {
  const { code, stdout, stderr } = await doctor(...args);
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toContain(says);
  expect(emulator.calls).toEqual([]);
});

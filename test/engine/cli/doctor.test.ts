import { beforeEach, expect, test } from "@jest/globals";
import type { Finished } from "../../support/engine/child";
import { type Emulator, seedUsers, startEmulator } from "../../support/emulator";
import { ServiceReportSchema } from "../../../src/service";
import { runCommand } from "../../support/command";

const SUSPENDED = { status: "Suspended", statusChangedAt: "2026-11-01T00:00:00.000Z" };
const USERS = seedUsers(4).map((user, at) => (at === 3 ? { ...user, ...SUSPENDED } : user));
const FORMER = seedUsers(1, { prefix: "former" });

let emulator: Emulator;
beforeEach(async () => {
  emulator = await startEmulator({ users: [...USERS, ...FORMER] });
  emulator.pool.remove(...FORMER.map(({ userId }) => userId));
});

function run(args: readonly string[] = []): Promise<Finished> {
  return runCommand(["doctor", ...args], emulator.environment(emulator.readKey));
}

function expectNobody(text: string): void {
  for (const { userId, email = "", username = "", name = "" } of USERS)
    for (const id of [userId, email, username, name]) expect(text).not.toContain(id);
  expect(text).not.toContain(emulator.readKey.accessKeySecret);
}

/** With the read key, a changing call would be refused. None is even sent. */
function expectOnlyReads(): void {
  const paths = new Set(emulator.calls.map(({ path }) => path.replace("/api/v3/", "")));
  expect([...paths].sort()).toEqual(["get-user", "get-user-batch", "list-users"]);
}

test("a pool without a difference ends with 0, a line for each check, and nobody named", async () => {
  const { code, stdout, stderr } = await run();
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toMatch(
    new RegExp(
      `^The provider works with the pool at ${emulator.url} \\(access key id ${emulator.readKey.accessKeyId}\\)\n=+\n\n`,
    ),
  );
  expect(stdout).toMatch(/^Key, signature and clock +fine {7}GenAuth accepts them\.$/m);
  expect(stdout).toMatch(/^Look-up of suspended users +fine {7}Shown\.$/m);
  expect(stdout).toMatch(/^Reading does not show what a change does\..* "First on your own pool"/m);
  expect(stdout.split("\n").every((line) => line.length <= 110)).toBe(true);
  expectNobody(stdout);
  expectOnlyReads();
});

test("advice ends with 2 on request, and the settings at the end", async () => {
  emulator.faults.add({ on: "get-user-batch", userIdType: "email", then: { kind: "omit" } });
  expect(await run()).toMatchObject({ code: 0, stderr: "" });
  const { code, stdout, stderr } = await run(["--detailed-exitcode"]);
  expect({ code, stderr }).toEqual({ code: 2, stderr: "" });
  expect(stdout).toMatch(/^The provider works with the pool at .*, with advice on 1 question\n/);
  expect(stdout).toContain(
    'Settings that this pool needs:\n  user_id_type: "user_id", because look-ups by e-mail miss users\n',
  );
  expectOnlyReads();
});

test("what stops the provider ends with 1, and stderr names the checks", async () => {
  emulator.faults.add({ on: "get-user-batch", ids: [USERS[3]?.userId ?? ""], then: { kind: "omit" } });
  const { code, stdout, stderr } = await run();
  expect(code).toBe(1);
  expect(stdout).toMatch(/^Do not apply yet with the pool at .*: 1 problem\n/);
  expect(stdout).toMatch(
    /^Look-up of suspended users +STOP {7}A look-up misses 1 of 1 user who is not active\.$/m,
  );
  expect(stderr).toBe(
    "error: The provider cannot work safely with this pool yet: Look-up of suspended users. The report says what to do.\n",
  );
  expectNobody(stdout);
});

test("--format json writes the same for programs", async () => {
  const { code, stdout } = await run(["--format", "json"]);
  expect(code).toBe(0);
  expect(ServiceReportSchema.parse(JSON.parse(stdout))).toMatchObject({
    verdict: "fine",
    host: emulator.url,
    totals: { fine: 9 },
  });
  expectNobody(stdout);
});

test.each([
  { args: ["--format", "html"], says: "Allowed choices are text, json" },
  { args: ["staff.csv"], says: "too many arguments" },
])("wrong usage $args ends with 1, because 2 means advice", async ({ args, says }) => {
  const { code, stdout, stderr } = await run(args);
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toContain(says);
  expect(emulator.calls).toEqual([]);
});

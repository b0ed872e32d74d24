import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "@jest/globals";
import { createManagementClient, createPoolProbe } from "../../../src/api";
import { UserIdType } from "../../../src/users";
import { newFolder } from "../../support/at-end";
import { seedUsers } from "../../support/emulator";
import type { Child } from "../../support/engine/child";
import { exportsOf, runCommand, startCommand } from "../../support/command";

let emulator: Child | undefined;
afterEach(async () => {
  emulator?.signal("SIGTERM");
  await emulator?.finished;
  emulator = undefined;
});

/** Starts the emulator of the command, and returns how to reach it. */
async function start(...args: readonly string[]) {
  emulator = startCommand(["emulator", "--count", "3", ...args]);
  await emulator.waitFor(/Ctrl-C ends it/);
  const { GENAUTH_HOST, GENAUTH_ACCESS_KEY_ID, GENAUTH_ACCESS_KEY_SECRET } = exportsOf(emulator);
  return {
    host: GENAUTH_HOST ?? "",
    accessKeyId: GENAUTH_ACCESS_KEY_ID ?? "",
    accessKeySecret: GENAUTH_ACCESS_KEY_SECRET ?? "",
    maxAttempts: 1,
  };
}

const [user] = seedUsers(1);
const id = user?.userId ?? "";

test("the printed key can be one that only reads, answers can be slow, and the calls that a fault names fail", async () => {
  const fault = { on: "get-user-batch", nth: [2], then: { kind: "http", status: 503 } };
  const reach = await start("--key", "reading", "--latency", "20", "--fault", JSON.stringify(fault));
  const probe = createPoolProbe(reach);
  const client = createManagementClient(reach);
  try {
    const shown = await probe.lookUp([id], "user_id");
    expect(shown).toMatchObject({ ok: true, value: [{ userId: id }] });
    expect(shown.milliseconds).toBeGreaterThanOrEqual(19);
    expect(await probe.lookUp([id], "user_id")).toMatchObject({ ok: false, cause: "service_unavailable" });
    expect(await probe.lookUp([id], "user_id")).toMatchObject({ ok: true });
    const deleted = await client.deleteUsers([id], UserIdType.USER_ID);
    expect(deleted).toMatchObject({ ok: false, failure: { statusCode: 403 } });
  } finally {
    probe.close();
    client.close();
  }
});

test("a command runs with the variables set, and the emulator ends with it", async () => {
  const script = `fetch(process.env.GENAUTH_HOST).then(async (answer) => {
    console.log((await answer.json()).message, Object.keys(process.env).filter((name) => name.startsWith("GENAUTH_")));
    process.exit(7);
  })`;
  const { code, stdout, stderr } = await runCommand(["emulator", "--count", "3", "--", "node", "-e", script]);
  expect({ code, stdout }).toEqual({
    code: 7,
    stdout: expect.stringMatching(/^There is no such call\. .*HOST.*ACCESS_KEY_ID.*ACCESS_KEY_SECRET/s),
  });
  expect(stderr).toMatch(/^The emulator at (\S+) holds 3 users\.\n$/);
  const [, url = ""] = /at (\S+)/.exec(stderr) ?? [];
  await expect(fetch(url)).rejects.toThrow();
});

test.each([
  { args: ["--fault", "503"], says: "It must be JSON such as" },
  { args: ["--fault", '{"then":{"kind":"explode"}}'], says: "; then.kind: " },
  { args: ["--fault", '{"on":"erase","then":{"kind":"lie"}}'], says: "; on: Invalid option: expected" },
  {
    args: ["--fault", "{on:delete-users-batch,then:{kind:lie}}"],
    says: "; it is no JSON. Put it in single quotes, so that the shell leaves the double quotes in it.",
  },
  {
    args: ["--fault", '{"nth":"x","then":{"kind":"lie"}}'],
    says: "; nth: Invalid input: expected number, received string; or Invalid input: expected array, received string.",
  },
  { args: ["--key", "none"], says: "Allowed choices are everything, deletion, reading" },
])("wrong usage $args is explained", async ({ args, says }) => {
  const { code, stderr } = await runCommand(["emulator", ...args]);
  expect(code).toBe(1);
  expect(stderr).toContain(says);
});

/** What the emulator says of a file of users that it cannot open. */
async function refusalOf(file: string): Promise<string> {
  const { code, stderr } = await runCommand(["emulator", "--users", file, "--", "true"]);
  expect(code).toBe(1);
  return stderr;
}

test("a file of users that cannot be opened is named, without advice on what users look like", async () => {
  const folder = newFolder();
  const missing = join(folder, "none.json");
  expect(await refusalOf(missing)).toBe(
    `error: ${missing} cannot be read: ENOENT: no such file or directory, open '${missing}'.\n`,
  );
  expect(await refusalOf(folder)).toBe(
    `error: ${folder} cannot be read: EISDIR: illegal operation on a directory, read.\n`,
  );
});

test("a file of users may begin with a byte order mark", async () => {
  const file = join(newFolder(), "users.json");
  writeFileSync(file, '\uFEFF[{ "userId": "1" }]');
  const { code, stderr } = await runCommand(["emulator", "--users", file, "--", "true"]);
  expect(stderr).toMatch(/^The emulator at \S+ holds 1 user\.\n$/);
  expect(code).toBe(0);
});

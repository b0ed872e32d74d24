import { writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { ManagementClient } from "authing-node-sdk";
import { newFolder } from "../../../support/at-end";
import type { Child } from "../../../support/engine/child";
import { exportsOf, runCommand, startCommand } from "../../../support/command";

let folder: string;
let child: Child | undefined;
beforeEach(() => void (folder = newFolder()));
afterEach(async () => {
  child?.signal("SIGKILL");
  await child?.finished;
  child = undefined;
});

async function start(...args: readonly string[]): Promise<Child> {
  child = startCommand(["emulator", ...args]);
  await child.waitFor(/Ctrl-C ends it/);
  return child;
}

/** GenAuth's own client, with the variables that the emulator prints. */
function clientOf(emulator: Child): ManagementClient {
  const exported = exportsOf(emulator);
  return new ManagementClient({
    host: exported.GENAUTH_HOST ?? "",
    accessKeyId: exported.GENAUTH_ACCESS_KEY_ID ?? "",
    accessKeySecret: exported.GENAUTH_ACCESS_KEY_SECRET ?? "",
  });
}

function writeUsers(content: unknown): string {
  const file = join(folder, "users.json");
  writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
  return file;
}

test("starts with the users of a file", async () => {
  const ada = { userId: "6319a1504f3ab6c0f214dd5b", email: "ada@example.com", name: "Ada" };
  const { data } = await clientOf(await start("--users", writeUsers([ada]))).getUserBatch({
    userIds: [ada.userId],
  });
  expect(data).toMatchObject([ada]);
});

test("answers GenAuth's own client, with the given number of users, also after days have passed on its clock", async () => {
  const emulator = await start("--count", "7");
  const client = clientOf(emulator);
  const shown = async () => {
    const userIds = ["user006@example.com", "user007@example.com", "user008@example.com"];
    const { data } = await client.getUserBatch({ userIds, userIdType: "email" });
    return data.map(({ email }) => email);
  };
  const host = exportsOf(emulator).GENAUTH_HOST ?? "";
  const date = async () => Date.parse((await fetch(host)).headers.get("date") ?? "");
  expect(await shown()).toEqual(["user006@example.com", "user007@example.com"]);

  const before = await date();
  const answer = await fetch(`${host}/let-days-pass/15`, { method: "POST" });
  expect(await answer.text()).toMatch(/^The emulator's clock shows /);
  expect((await date()) - before).toBeGreaterThanOrEqual(15 * 24 * 60 * 60 * 1000);
  expect(await shown()).toEqual(["user006@example.com", "user007@example.com"]);
});

test.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)("%s ends it, with 0", async (signal) => {
  const emulator = await start();
  emulator.signal(signal);
  expect((await emulator.finished).code).toBe(0);
});

test.each([
  { wrong: "no file", file: () => join(folder, "none.json"), says: /none\.json/ },
  {
    wrong: "no JSON",
    file: () => writeUsers("ada@example.com"),
    says: /users\.json cannot be read as a JSON array of users: Unexpected token/,
  },
  {
    wrong: "the lines of a user file",
    file: () => writeUsers("email,name\nada@example.com,Ada\n"),
    says: /needs complete users, .* \{ "userId": "1", "email": "ada@example\.com".*--count/s,
  },
  {
    wrong: "no array",
    file: () => writeUsers({}),
    says: /users\.json cannot be read as a JSON array of users: Invalid input/,
  },
  { wrong: "no userId", file: () => writeUsers([{ email: "ada@example.com" }]), says: /\[0\]\.userId/ },
  { wrong: "a field too many", file: () => writeUsers([{ userId: "1", mail: "a@b" }]), says: /"mail"/ },
])("a users file with $wrong is an error with a message", async ({ file, says }) => {
  const { code, stdout, stderr } = await runCommand(["emulator", "--users", file()]);
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toMatch(says);
  expect(stderr).not.toMatch(/^\s+at /m);
});

test("a port in use is an error with a message", async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  try {
    const { code, stderr } = await runCommand(["emulator", "--port", String(port)]);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: `error: Port ${port} is in use. Choose another, or leave --port out.\n`,
    });
  } finally {
    server.close();
  }
});

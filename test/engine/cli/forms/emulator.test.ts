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

/** The addresses that a look-up of the sixth, seventh and eighth user finds. */
async function emailsOf6To8(client: ManagementClient): Promise<unknown[]> {
  const userIds = ["user006@example.com", "user007@example.com", "user008@example.com"];
  const { data } = await client.getUserBatch({ userIds, userIdType: "email" });
  return data.map(({ email }) => email);
}

function writeUsers(content: unknown): string {
  const file = join(folder, "users.json");
  writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
  return file;
}

test("with --users, holds the users of the file", async () => {
  const ada = { userId: "6319a1504f3ab6c0f214dd5b", email: "ada@example.com", name: "Ada" };
  const { data } = await clientOf(await start("--users", writeUsers([ada]))).getUserBatch({
    userIds: [ada.userId],
  });
  expect(data).toMatchObject([ada]);
});

test("answers GenAuth's own client, and holds as many users as --count says", async () => {
  expect(await emailsOf6To8(clientOf(await start("--count", "7")))).toEqual([
    "user006@example.com",
    "user007@example.com",
  ]);
});

test("after POST /let-days-pass/15, its clock shows 15 days more, and GenAuth's own client still gets answers", async () => {
  const emulator = await start("--count", "7");
  const host = exportsOf(emulator).GENAUTH_HOST ?? "";
  const clock = async () => Date.parse((await fetch(host)).headers.get("date") ?? "");
  const before = await clock();

  const answer = await fetch(`${host}/let-days-pass/15`, { method: "POST" });
  expect(await answer.text()).toMatch(/^The emulator's clock shows /);
  expect((await clock()) - before).toBeGreaterThanOrEqual(15 * 24 * 60 * 60 * 1000);
  // The client signs with the time of today.
  expect(await emailsOf6To8(clientOf(emulator))).toEqual(["user006@example.com", "user007@example.com"]);
});

test.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)("%s ends it with exit code 0", async (signal) => {
  const emulator = await start();
  emulator.signal(signal);
  expect((await emulator.finished).code).toBe(0);
});

test.each([
  {
    what: "a file that is not there",
    file: () => join(folder, "none.json"),
    says: "none.json cannot be read: ENOENT",
  },
  {
    what: "a file that holds no JSON",
    file: () => writeUsers("ada@example.com"),
    says: "users.json cannot be read as a JSON array of users: ",
  },
  {
    what: "the CSV file of a user set",
    file: () => writeUsers("email,name\nada@example.com,Ada\n"),
    says: 'complete users, not the file of a user set: a JSON array of objects such as { "userId": "1", "email": "ada@example.com", "name": "Ada" }.',
  },
  {
    what: "an object in place of the array",
    file: () => writeUsers({}),
    says: "users.json cannot be read as a JSON array of users: Invalid input: expected array, received object.",
  },
  {
    what: "a user without a userId",
    file: () => writeUsers([{ email: "ada@example.com" }]),
    says: "[0].userId: Invalid input: expected string, received undefined.",
  },
  {
    what: "a user with an unknown field",
    file: () => writeUsers([{ userId: "1", mail: "ada@example.com" }]),
    says: '[0]: Unrecognized key: "mail".',
  },
])("--users with $what: exit code 1, and one line that says what is wrong", async ({ file, says }) => {
  const { code, stdout, stderr } = await runCommand(["emulator", "--users", file()]);
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toMatch(/^error: .+\n$/);
  expect(stderr).toContain(says);
});

test("a port in use: exit code 1, and what to do", async () => {
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

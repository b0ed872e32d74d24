import { expect, test } from "@jest/globals";
import { ManagementClient } from "authing-node-sdk";
import { type Emulator, type EmulatorOptions, seedUsers, startEmulator } from "../../support/emulator";

let emulator: Emulator | undefined;

async function start(options: EmulatorOptions = {}): Promise<ManagementClient> {
  emulator = await startEmulator({ users: seedUsers(2), ...options });
  const { accessKeyId, accessKeySecret, url: host } = emulator;
  return new ManagementClient({ accessKeyId, accessKeySecret, host });
}

test("created users show when they were created, and what they were given", async () => {
  const now = Date.parse("2026-01-01T00:00:00Z");
  const sdk = await start({ now: () => now, clockSkewMs: Infinity });
  const { data } = await sdk.createUsersBatch({ list: [{ username: "ada", nickname: "Ada L." }] });
  expect(data).toMatchObject([
    { username: "ada", nickname: "Ada L.", status: "Activated", createdAt: "2026-01-01T00:00:00.000Z" },
  ]);
  expect(await sdk.getUser({ userId: "ada", userIdType: "username" })).toMatchObject({
    data: { nickname: "Ada L.", createdAt: "2026-01-01T00:00:00.000Z" },
  });
  const userId = data[0]?.userId ?? "";
  await sdk.updateUserBatch({ list: [{ userId, nickname: "A." }] });
  expect(emulator?.pool.find(userId)?.nickname).toBe("A.");
});

test.each([
  { list: [{ name: "Ada" }], says: "Must contain one of the following fields" },
  { list: [{ email: "test1@qqq" }], says: "not an e-mail address" },
])("$list is refused with 400", async ({ list, says }) => {
  const answer = await (await start()).createUsersBatch({ list });
  expect(answer).toMatchObject({ statusCode: 400, message: expect.stringContaining(says) });
  expect(emulator?.pool.size).toBe(2);
});

test("the ids of deleted users are free again", async () => {
  const sdk = await start();
  const { data } = await sdk.createUsersBatch({ list: [{ username: "ada" }] });
  expect(await sdk.createUsersBatch({ list: [{ username: "ada" }] })).toMatchObject({ statusCode: 409 });
  await sdk.deleteUsersBatch({ userIds: [data[0]?.userId ?? ""] });
  expect(await sdk.createUsersBatch({ list: [{ username: "ada" }] })).toMatchObject({ statusCode: 200 });
});

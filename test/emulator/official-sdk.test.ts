import { afterEach, expect, test } from "@jest/globals";
import { ManagementClient } from "authing-node-sdk";
import { seedUsers, startEmulator } from "../../src/emulator";
import type { Emulator, EmulatorOptions, IdType } from "../../src/emulator";

let emulator: Emulator | undefined;
afterEach(() => emulator?.close());

async function start(options: EmulatorOptions = {}): Promise<{ emulator: Emulator; sdk: ManagementClient }> {
  emulator = await startEmulator({ users: seedUsers(60), ...options });
  return { emulator, sdk: sdkFor(emulator) };
}

function sdkFor({ url, accessKeyId, accessKeySecret }: Emulator, secret = accessKeySecret): ManagementClient {
  return new ManagementClient({ accessKeyId, accessKeySecret: secret, host: url });
}

const user1: Record<IdType, string> = {
  user_id: seedUsers(1)[0]?.userId ?? "",
  phone: "13800000001",
  email: "USER001@example.com",
  username: "user001",
  external_id: "HR-user001",
  identity: "62f20932716fbcc10d966ee5:oidc_user001",
  sync_relation: "lark:ou_user001",
};

test.each(Object.keys(user1) as IdType[])("the official SDK finds and deletes a user by %s", async (type) => {
  const { emulator, sdk } = await start();
  const id = user1[type];
  const found = await sdk.getUser({ userId: id, userIdType: type, withIdentities: true });
  expect(found).toMatchObject({ statusCode: 200, data: { userId: user1.user_id, username: "user001" } });
  const batch = await sdk.getUserBatch({ userIds: [id, "nobody"], userIdType: type });
  expect(batch.data.map(({ userId }) => userId)).toEqual([user1.user_id]);

  const deleted = await sdk.deleteUsersBatch({ userIds: [id], options: { userIdType: type as never } });
  expect(deleted).toMatchObject({ statusCode: 200, data: { success: true } });
  expect(await sdk.getUser({ userId: id, userIdType: type })).toMatchObject({
    statusCode: 404,
    apiCode: 2004,
  });
  expect(emulator.pool.size).toBe(59);
  expect(emulator.calls.map(({ path }) => path.split("/").pop())).toEqual([
    "get-user",
    "get-user-batch",
    "delete-users-batch",
    "get-user",
  ]);
});

test("50 ids are taken, 51 are refused and nobody is deleted", async () => {
  const { emulator, sdk } = await start();
  const userIds = emulator.pool.list().map(({ userId }) => userId);
  expect((await sdk.getUserBatch({ userIds: userIds.slice(0, 50) })).data).toHaveLength(50);
  expect(await sdk.getUserBatch({ userIds: userIds.slice(0, 51) })).toMatchObject({ statusCode: 400 });
  expect(await sdk.deleteUsersBatch({ userIds: userIds.slice(0, 51) })).toMatchObject({ statusCode: 400 });
  expect(emulator.pool.size).toBe(60);
  expect(await sdk.deleteUsersBatch({ userIds: userIds.slice(0, 50) })).toMatchObject({ statusCode: 200 });
  expect(emulator.pool.size).toBe(10);
});

test("a wrong secret is refused", async () => {
  const { emulator } = await start();
  const answer = await sdkFor(emulator, "wrong").getUser({ userId: user1.user_id });
  expect(answer).toMatchObject({ statusCode: 401, apiCode: 1300 });
});

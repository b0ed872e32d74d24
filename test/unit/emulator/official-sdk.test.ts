import { expect, test } from "@jest/globals";
import { ManagementClient } from "authing-node-sdk";
import { seedUsers, startEmulator } from "../../support/emulator";
import type { Emulator, EmulatorOptions, PoolIdType } from "../../support/emulator";
import { IDS_OF_USER_1 } from "../../support/emulator/seed-ids";

let emulator: Emulator | undefined;

async function start(options: EmulatorOptions = {}): Promise<{ emulator: Emulator; sdk: ManagementClient }> {
  emulator = await startEmulator({ users: seedUsers(60), ...options });
  const { url: host, accessKeyId, accessKeySecret } = emulator;
  return { emulator, sdk: new ManagementClient({ accessKeyId, accessKeySecret, host }) };
}

const user1: Record<PoolIdType, string> = {
  ...IDS_OF_USER_1,
  phone: "13800000001",
  email: "USER001@example.com",
};

test.each(Object.keys(user1) as PoolIdType[])(
  "the official SDK finds and deletes a user by %s",
  async (type) => {
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
  },
);

test("50 ids are accepted; 51 are refused, and nobody is deleted", async () => {
  const { emulator, sdk } = await start();
  const userIds = emulator.pool.list().map(({ userId }) => userId);
  expect((await sdk.getUserBatch({ userIds: userIds.slice(0, 50) })).data).toHaveLength(50);
  expect(await sdk.getUserBatch({ userIds: userIds.slice(0, 51) })).toMatchObject({ statusCode: 400 });
  expect(await sdk.deleteUsersBatch({ userIds: userIds.slice(0, 51) })).toMatchObject({ statusCode: 400 });
  expect(emulator.pool.size).toBe(60);
  expect(await sdk.deleteUsersBatch({ userIds: userIds.slice(0, 50) })).toMatchObject({ statusCode: 200 });
  expect(emulator.pool.size).toBe(10);
});

test("a deletion ignores unknown ids", async () => {
  const { emulator, sdk } = await start();
  const request = { userIds: ["nobody", user1.user_id] };
  expect(await sdk.deleteUsersBatch(request)).toMatchObject({ data: { success: true } });
  expect(emulator.pool.size).toBe(59);
});

test("an id type that GenAuth does not know is refused", async () => {
  const { emulator, sdk } = await start();
  const options = { userIdType: "nickname" as never };
  expect(await sdk.deleteUsersBatch({ userIds: ["a"], options })).toMatchObject({ statusCode: 400 });
  expect(await sdk.getUser({ userId: "a", ...options })).toMatchObject({ statusCode: 400 });
  expect(await sdk.getUserBatch({ userIds: ["a"], ...options })).toMatchObject({ statusCode: 400 });
  expect(emulator.pool.size).toBe(60);
});

test("a batch look-up answers each user once, late, and with recently deleted users", async () => {
  const { sdk } = await start({ latencyMs: 1, consistencyDelayMs: 3_600_000 });
  const userIds = ["user002", "user001", "nobody", "user002"];
  await sdk.deleteUsersBatch({ userIds: ["user001"], options: { userIdType: "username" as never } });
  const found = await sdk.getUserBatch({ userIds, userIdType: "username" });
  expect(found.data.map(({ username }) => username)).toEqual(["user002", "user001"]);
});

test("a call for a tenant sees and deletes only that tenant's users", async () => {
  const { emulator } = await start();
  emulator.pool.add(...seedUsers(2, { prefix: "guest", first: 101, tenantId: "tenant-a" }));
  const { url: host, accessKeyId, accessKeySecret } = emulator;
  const inside = new ManagementClient({ accessKeyId, accessKeySecret, host, tenantId: "tenant-a" });
  const userIds = ["guest101", "user001"];
  const found = await inside.getUserBatch({ userIds, userIdType: "username" });
  expect(found.data.map(({ username }) => username)).toEqual(["guest101"]);
  await inside.deleteUsersBatch({ userIds, options: { userIdType: "username" as never } });
  expect(emulator.pool.find("guest101", "username")).toBeUndefined();
  expect(emulator.pool.find("user001", "username")).toBeDefined();
});

test("deleted users are listed in the archive, page by page", async () => {
  let now = Date.parse("2026-01-01T00:00:00Z");
  const { emulator, sdk } = await start({ now: () => now, clockSkewMs: Infinity });
  const userIds = emulator.pool.list().map(({ userId }) => userId);
  await sdk.deleteUsersBatch({ userIds: userIds.slice(0, 12) });
  now += 60_000;
  emulator.pool.remove(userIds[12] ?? "");
  const second = await sdk.listArchivedUsers({ page: 2, limit: 10 });
  expect(second.data.totalCount).toBe(13);
  expect(second.data.list).toEqual([
    { userId: userIds[10], archivedAt: "2026-01-01T00:00:00.000Z" },
    { userId: userIds[11], archivedAt: "2026-01-01T00:00:00.000Z" },
    { userId: userIds[12], archivedAt: "2026-01-01T00:01:00.000Z" },
  ]);
  const since = await sdk.listArchivedUsers({ startAt: now / 1000 });
  expect(since.data.list.map(({ userId }) => userId)).toEqual([userIds[12]]);
  expect(await sdk.listArchivedUsers({ limit: 51 })).toMatchObject({ statusCode: 400 });
});

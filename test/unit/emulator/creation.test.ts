import { afterEach, expect, test } from "@jest/globals";
import { ManagementClient } from "authing-node-sdk";
import { type Emulator, type EmulatorOptions, seedUsers, startEmulator } from "../../support/emulator";

let emulator: Emulator | undefined;
afterEach(() => emulator?.close());

async function start(options: EmulatorOptions = {}): Promise<ManagementClient> {
  emulator = await startEmulator({ users: seedUsers(2), ...options });
  const { accessKeyId, accessKeySecret, url: host } = emulator;
  return new ManagementClient({ accessKeyId, accessKeySecret, host });
}

const SOURCE = { id: "62f20932716fbcc10d966eff", type: "oidc" };
const identities = [
  {
    ...{ extIdpId: SOURCE.id, provider: "oidc", type: "openid", userIdInIdp: "ada" },
    ...{ userInfoInIdp: {}, originConnIds: [SOURCE.id] },
  },
] as never;

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

test.each<{
  variants: EmulatorOptions["variants"];
  list: Parameters<ManagementClient["createUsersBatch"]>[0]["list"];
}>([
  { variants: { invalidDomain: "refused" }, list: [{ email: "ada@ada.invalid" }] },
  { variants: { unknownIdentitySources: "refused" }, list: [{ username: "ada", identities }] },
])("a deployment with $variants refuses what others accept", async ({ variants = {}, list }) => {
  expect(await (await start()).createUsersBatch({ list })).toMatchObject({ statusCode: 200 });
  await emulator?.close();
  expect(await (await start({ variants })).createUsersBatch({ list })).toMatchObject({ statusCode: 400 });
  expect(emulator?.pool.size).toBe(2);
});

test("the ids of deleted users are free again, or stay taken", async () => {
  for (const [freedIds, statusCode] of [
    ["free", 200],
    ["taken", 409],
  ] as const) {
    const sdk = await start({ variants: { freedIds } });
    const { data } = await sdk.createUsersBatch({ list: [{ username: "ada" }] });
    await sdk.deleteUsersBatch({ userIds: [data[0]?.userId ?? ""] });
    expect(await sdk.createUsersBatch({ list: [{ username: "ada" }] })).toMatchObject({ statusCode });
    await emulator?.close();
  }
});

test("look-ups and searches may show a creation and a deletion late, each by its own delay", async () => {
  let now = Date.now();
  const sdk = await start({
    users: [],
    now: () => now,
    clockSkewMs: Infinity,
    variants: { creationDelayMs: 100, searchDelayMs: 300 },
  });
  const looked = async () =>
    (await sdk.getUserBatch({ userIds: ["ada"], userIdType: "username" })).data.length;
  const listed = async () => (await sdk.listUsers({})).data.list.map(({ nickname }) => nickname);
  const { data } = await sdk.createUsersBatch({ list: [{ username: "ada", nickname: "Ada" }] });
  const userId = data[0]?.userId ?? "";
  expect([await looked(), await listed()]).toEqual([0, []]);
  now += 100;
  expect([await looked(), await listed()]).toEqual([1, []]);
  now += 200;
  expect(await listed()).toEqual(["Ada"]);
  await sdk.updateUserBatch({ list: [{ userId, nickname: "A." }] });
  now += 100;
  await sdk.deleteUsersBatch({ userIds: [userId] });
  expect([await looked(), await listed()]).toEqual([0, ["Ada"]]);
  now += 200;
  expect(await listed()).toEqual(["A."]);
  now += 100;
  expect(await listed()).toEqual([]);
});

test("an identity is linked if the pool has its source", async () => {
  const sdk = await start({ surroundings: { identitySources: [SOURCE] } });
  const userId = emulator?.pool.find("user001", "username")?.userId ?? "";
  // The client signs a parameter without a value as if it had one.
  expect((await sdk.listExtIdp({ tenantId: "none", appId: "none" })).data).toMatchObject({
    totalCount: 1,
    list: [SOURCE],
  });
  const link = { userId, extIdpId: SOURCE.id, userIdInIdp: "ada" };
  expect(await sdk.linkIdentity(link)).toMatchObject({ statusCode: 200 });
  expect(await sdk.getUser({ userId: "oidc:ada", userIdType: "sync_relation" })).toMatchObject({
    data: { username: "user001" },
  });
  expect(await sdk.linkIdentity({ ...link, extIdpId: "none" })).toMatchObject({ statusCode: 404 });
  expect(await sdk.linkIdentity({ ...link, userId: "f".repeat(24) })).toMatchObject({ apiCode: 2004 });
  const other = emulator?.pool.find("user002", "username")?.userId ?? "";
  expect(await sdk.linkIdentity({ ...link, userId: other })).toMatchObject({ statusCode: 409 });
});

test("what a creation may set off is listed", async () => {
  const sdk = await start({
    surroundings: {
      webhooks: [{ name: "audit", enabled: true, events: ["user:created"] }],
      syncTasks: [{ name: "lark", flow: "downstream", trigger: "automatic" }],
      pipelines: [{ name: "check", scene: "PRE_REGISTER", enabled: true }],
    },
  });
  expect((await sdk.listWebhooks({})).data).toMatchObject({
    totalCount: 1,
    list: [{ name: "audit", enabled: true, events: ["user:created"], secret: expect.any(String) }],
  });
  expect((await sdk.listSyncTasks({})).data.list).toMatchObject([
    { syncTaskName: "lark", syncFlow: "downstream", syncTrigger: "automatic" },
  ]);
  expect((await sdk.listPipelineFunctions({ scene: "PRE_REGISTER" })).data.list).toMatchObject([
    { scene: "PRE_REGISTER", enabled: true },
  ]);
});

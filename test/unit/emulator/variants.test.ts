import { expect, test } from "@jest/globals";
import { ManagementClient } from "authing-node-sdk";
import { type Emulator, type EmulatorOptions, type PoolUser, startEmulator } from "../../support/emulator";

const PEOPLE: readonly PoolUser[] = [
  { userId: "a".repeat(24), username: "ada", email: "Ada@example.com", externalId: "HR-1" },
  { userId: "b".repeat(24), username: "adam", email: "adam@example.com", externalId: "HR-12" },
  { userId: "c".repeat(24), username: "bo", email: "bo@example.org", externalId: "IT-1" },
];

let emulator: Emulator | undefined;

async function start(options: EmulatorOptions = {}): Promise<ManagementClient> {
  emulator = await startEmulator({ users: PEOPLE, ...options });
  const { accessKeyId, accessKeySecret, url: host } = emulator;
  return new ManagementClient({ accessKeyId, accessKeySecret, host });
}

type Variants = NonNullable<EmulatorOptions["variants"]>;
const both = (matching: "part" | "word") => ({ lookUpMatching: matching, deletionMatching: matching });

test.each<[string, string, Variants, string[]]>([
  ["username", "ada", {}, ["ada"]],
  ["username", "ADA", {}, []],
  ["user_id", "A".repeat(24), {}, []],
  ["email", "ada@EXAMPLE.com", {}, ["ada"]],
  ["email", "ada@example.com", { emailCase: "significant" }, []],
  ["email", "Ada@example.com", { emailCase: "significant" }, ["ada"]],
  ["username", "ada", both("part"), ["ada", "adam"]],
  ["external_id", "HR-1", both("part"), ["ada", "adam"]],
  ["external_id", "HR-1", both("word"), ["ada", "adam", "bo"]],
  ["email", "bo@example.org", both("word"), ["ada", "adam", "bo"]],
  ["email", "bo@example", both("part"), ["bo"]],
])("the %s %s names, with %j, %j in look-ups and deletions", async (type, id, variants, names) => {
  const sdk = await start({ variants });
  const found = await sdk.getUserBatch({ userIds: [id], userIdType: type as never });
  expect(found.data.map(({ username }) => username)).toEqual(names);
  await sdk.deleteUsersBatch({ userIds: [id], options: { userIdType: type as never } });
  const gone = PEOPLE.filter(({ userId }) => !emulator?.pool.find(userId)).map(({ username }) => username);
  expect(gone).toEqual(names);
});

test("look-ups may be exact where deletions are not", async () => {
  const sdk = await start({ variants: { deletionMatching: "part" } });
  expect((await sdk.getUserBatch({ userIds: ["ada"], userIdType: "username" })).data).toHaveLength(1);
  await sdk.deleteUsersBatch({ userIds: ["ada"], options: { userIdType: "username" as never } });
  expect(emulator?.pool.size).toBe(1);
});

test("look-ups and searches may show a creation late, each by its own delay", async () => {
  let now = Date.now();
  const sdk = await start({
    now: () => now,
    clockSkewMs: Infinity,
    variants: { creationDelayMs: 100, searchDelayMs: 300 },
  });
  const userId = (await sdk.createUsersBatch({ list: [{ username: "late" }] })).data[0]?.userId ?? "";
  const seen = async () => [
    (await sdk.getUserBatch({ userIds: [userId] })).data.length,
    (await sdk.listUsers({})).data.totalCount - PEOPLE.length,
  ];
  expect(await seen()).toEqual([0, 0]);
  now += 100;
  expect(await seen()).toEqual([1, 0]);
  now += 201;
  expect(await seen()).toEqual([1, 1]);
});

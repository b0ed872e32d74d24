import { afterEach, expect, test } from "@jest/globals";
import { ManagementClient } from "authing-node-sdk";
import { type Emulator, type EmulatorOptions, type PoolUser, startEmulator } from "../../support/emulator";
import { optionsOf, ProfileSchema } from "../../../src/emulator/profile";
import { DEFAULT_VARIANTS } from "../../../src/emulator/variants";

const PEOPLE: readonly PoolUser[] = [
  { userId: "a".repeat(24), username: "ada", email: "Ada@example.com", externalId: "HR-1" },
  { userId: "b".repeat(24), username: "adam", email: "adam@example.com", externalId: "HR-12" },
  { userId: "c".repeat(24), username: "bo", email: "bo@example.org", externalId: "IT-1" },
];

let emulator: Emulator | undefined;
afterEach(() => emulator?.close());

async function start(options: EmulatorOptions = {}): Promise<ManagementClient> {
  emulator = await startEmulator({ users: PEOPLE, ...options });
  const { accessKeyId, accessKeySecret, url: host } = emulator;
  return new ManagementClient({ accessKeyId, accessKeySecret, host });
}

type Variants = NonNullable<EmulatorOptions["variants"]>;

test.each<[string, string, Variants, string[]]>([
  ["username", "ada", {}, ["ada"]],
  ["username", "ADA", {}, []],
  ["username", "ADA", { otherCase: "ignored" }, ["ada"]],
  ["user_id", "A".repeat(24), {}, []],
  ["user_id", "A".repeat(24), { otherCase: "ignored" }, ["ada"]],
  ["email", "ada@EXAMPLE.com", {}, ["ada"]],
  ["email", "ada@example.com", { emailCase: "significant", emailCaseInDeletions: "significant" }, []],
  ["email", "Ada@example.com", { emailCase: "significant", emailCaseInDeletions: "significant" }, ["ada"]],
  ["username", "ada", { lookUpMatching: "part", deletionMatching: "part" }, ["ada", "adam"]],
  ["external_id", "HR-1", { lookUpMatching: "part", deletionMatching: "part" }, ["ada", "adam"]],
  ["external_id", "HR-1", { lookUpMatching: "word", deletionMatching: "word" }, ["ada", "adam", "bo"]],
  ["email", "bo@example.org", { lookUpMatching: "word", deletionMatching: "word" }, ["ada", "adam", "bo"]],
  ["email", "bo@example", { lookUpMatching: "part", deletionMatching: "part" }, ["bo"]],
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

test("malformed ids are left out, or refuse the call", async () => {
  const userIds = ["a".repeat(24), "no-id"];
  expect((await (await start()).getUserBatch({ userIds })).data).toHaveLength(1);
  await emulator?.close();
  const refusing = await start({ variants: { malformedIds: "refuse" } });
  expect(await refusing.getUserBatch({ userIds })).toMatchObject({ statusCode: 400 });
  expect(await refusing.getUser({ userId: "test#x.com", userIdType: "email" })).toMatchObject({
    statusCode: 400,
  });
  expect(await refusing.getUser({ userId: "no-id", userIdType: "username" })).toMatchObject({
    apiCode: 2004,
  });
});

test("an unknown id type is refused, or taken for the system user id; success may be left out", async () => {
  const sdk = await start({ variants: { unknownIdTypes: "as_user_id", deletionSuccess: "absent" } });
  const answer = await sdk.deleteUsersBatch({
    userIds: ["a".repeat(24), "bo"],
    options: { userIdType: "no_such_type" as never },
  });
  expect(answer).toMatchObject({ statusCode: 200, data: {} });
  expect(answer.data).toEqual({});
  expect(emulator?.pool.size).toBe(2);
});

test("deleted users are listed in the archive late, or never", async () => {
  let now = Date.now();
  const options = { now: () => now, clockSkewMs: Infinity };
  const late = await start({ ...options, variants: { archiveDelayMs: 500 } });
  await late.deleteUsersBatch({ userIds: ["a".repeat(24)] });
  expect((await late.listArchivedUsers({})).data.totalCount).toBe(0);
  now += 500;
  expect((await late.listArchivedUsers({})).data.totalCount).toBe(1);
  await emulator?.close();
  const never = await start({ variants: { archived: "left_out" } });
  await never.deleteUsersBatch({ userIds: ["a".repeat(24)] });
  expect((await never.listArchivedUsers({})).data).toEqual({ totalCount: 0, list: [] });
});

test("bounds, missing values and the order of a search differ with the deployment", async () => {
  const times = ["2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z", undefined];
  const users = PEOPLE.map((user, at) => ({
    ...user,
    ...(times[at] !== undefined && { lastLogin: times[at] }),
  }));
  const search = async (variants: Variants) => {
    const sdk = await start({ users, variants });
    const value = times[1] as never;
    const { data } = await sdk.listUsers({
      advancedFilter: [{ field: "lastLogin", operator: "LESSER" as never, value }],
      options: { sort: [{ field: "username" as never, order: "asc" as never }] },
    });
    await emulator?.close();
    return data.list.map(({ username }) => username);
  };
  expect(await search({})).toEqual(["ada", "adam"]);
  expect(await search({ bounds: "exclusive" })).toEqual(["ada"]);
  expect(await search({ nulls: "least" })).toEqual(["ada", "adam", "bo"]);
  expect(await search({ sorting: "ignored" })).toEqual(["adam", "ada"]);
});

test("a repeated status may count as a change", async () => {
  const shownAt = async (statusChangedAt: "shown" | "each_update") => {
    const sdk = await start({ variants: { statusChangedAt } });
    const update = () =>
      sdk.updateUserBatch({ list: [{ userId: "a".repeat(24), status: "Activated" as never }] });
    const { data } = await update();
    await emulator?.close();
    return data[0]?.statusChangedAt;
  };
  expect(await shownAt("shown")).toBeNull();
  expect(await shownAt("each_update")).toMatch(/^20/);
});

test("a profile holds every variant, and makes an emulator with it", () => {
  const limits = { longestUrl: 4000, mostUpdates: 50, searchWindow: 10_000 };
  const profile = {
    format_version: "1.0",
    kind: "profile",
    unknownIds: "refuse",
    order: "reversed",
    consistencyDelayMs: 250,
    variants: { ...DEFAULT_VARIANTS, ...limits },
  };
  expect(optionsOf(ProfileSchema.parse(profile))).toEqual({
    unknownIds: "refuse",
    order: "reversed",
    consistencyDelayMs: 250,
    variants: { ...DEFAULT_VARIANTS, ...limits },
  });
  expect(optionsOf(ProfileSchema.parse({ format_version: "1.0", kind: "profile" }))).toEqual({
    variants: {},
  });
  expect(() => ProfileSchema.parse({ ...profile, unknownids: "refuse" })).toThrow();
});

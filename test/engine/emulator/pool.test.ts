import { expect, test } from "@jest/globals";
import { seedUsers, startEmulator } from "../../support/emulator";
import type { PoolIdType } from "../../support/emulator";
import { EmulatedUserPool } from "../../../src/emulator/pool";
import { POOL_ID_TYPES } from "../../../src/emulator/pool-user";
import { USER_ID_TYPES } from "../../../src/users/directory";

const still = () => 0;

test("the pool has exactly the id types of the domain", () => {
  expect(POOL_ID_TYPES).toEqual(USER_ID_TYPES);
});

test("seeded users have an id of each type, and are the same each time", () => {
  const [first, ...others] = seedUsers(3);
  expect(first).toEqual({
    userId: expect.stringMatching(/^[0-9a-f]{24}$/),
    status: "Activated",
    name: "User 001",
    username: "user001",
    email: "user001@example.com",
    phone: "13800000001",
    phoneCountryCode: "+86",
    externalId: "HR-user001",
    identities: [
      { extIdpId: "62f20932716fbcc10d966ee5", provider: "oidc", userIdInIdp: "oidc_user001" },
      { extIdpId: "62f20932716fbcc10d966ee6", provider: "lark", userIdInIdp: "ou_user001" },
    ],
  });
  expect(seedUsers(2, { first: 2 })).toEqual(others);
  const groups = [...seedUsers(50), ...seedUsers(50, { prefix: "leaver", first: 51 })];
  for (const field of ["userId", "email", "phone", "username", "externalId"] as const)
    expect(new Set(groups.map((user) => user[field])).size).toBe(100);
});

test.each<{ readonly type: PoolIdType; readonly id: string; readonly count: number }>([
  { type: "phone", id: "13800000001", count: 1 },
  { type: "phone", id: "+8613800000001", count: 1 },
  { type: "phone", id: "+113800000001", count: 0 },
  { type: "email", id: "User001@Example.com", count: 1 },
  { type: "username", id: "User001", count: 0 },
  { type: "identity", id: "62f20932716fbcc10d966ee5:oidc_user001", count: 1 },
  { type: "identity", id: "62f20932716fbcc10d966ee5:ou_user001", count: 0 },
  { type: "sync_relation", id: "lark:ou_user001", count: 1 },
  { type: "sync_relation", id: "lark:oidc_user001", count: 0 },
])("the $type $id names $count users", ({ type, id, count }) => {
  const pool = new EmulatedUserPool(still);
  pool.add(...seedUsers(2));
  expect(pool.findAll(id, type)).toHaveLength(count);
});

test("a shared id names all its users, until one changes or is removed", () => {
  const pool = new EmulatedUserPool(still);
  pool.add(
    { userId: "a", phone: "5", phoneCountryCode: "+1" },
    { userId: "b", phone: "5", phoneCountryCode: "+2" },
  );
  const holders = () => pool.findAll("5", "phone").map(({ userId }) => userId);
  expect(holders()).toEqual(["a", "b"]);
  pool.update("a", { phone: "6" });
  expect(holders()).toEqual(["b"]);
  expect(pool.find("+16", "phone")?.userId).toBe("a");
  pool.remove("b");
  expect(holders()).toEqual([]);
  expect(pool.archived()).toEqual([{ userId: "b", archivedAt: 0 }]);
});

test("a system user id is unique, and must exist to be changed", () => {
  const pool = new EmulatedUserPool(still);
  pool.add({ userId: "a" });
  expect(() => pool.add({ userId: "a" })).toThrow("already has a user a");
  expect(() => pool.update("b", {})).toThrow("no user b");
  expect(() => pool.remove("b")).toThrow("no user b");
});

test("look-ups show a deleted user until the consistency delay is over", () => {
  let now = 0;
  const pool = new EmulatedUserPool(() => now, 100);
  pool.add({ userId: "a", email: "a@example.com" });
  pool.erase(pool.list());
  expect(pool.size).toBe(0);
  now = 99;
  expect(pool.lookUp("a@example.com", "email")).toHaveLength(1);
  now = 100;
  expect(pool.lookUp("a@example.com", "email")).toEqual([]);
});

test("a pool holds thousands of users, and finds and deletes them", async () => {
  const emulator = await startEmulator({ users: seedUsers(20_000) });
  const { pool } = emulator;
  expect(pool.find("lark:ou_user19999", "sync_relation")).toBe(pool.find("+8613800019999", "phone"));
  for (const { userId } of pool.list().slice(0, 10_000)) pool.remove(userId);
  expect([pool.size, pool.archived().length]).toEqual([10_000, 10_000]);
  expect(pool.find("user10000", "username")).toBeUndefined();
  expect(pool.find("user10001", "username")).toBeDefined();
  await emulator.close();
});

test("the emulator provides its variables, and can be closed twice", async () => {
  const emulator = await startEmulator({ accessKeyId: "id", accessKeySecret: "secret" });
  expect(emulator.environment()).toEqual({
    GENAUTH_HOST: emulator.url,
    GENAUTH_ACCESS_KEY_ID: "id",
    GENAUTH_ACCESS_KEY_SECRET: "secret",
  });
  await emulator.close();
  await emulator.close();
});

import { expect, test } from "@jest/globals";
import { type Emulator, type EmulatorOptions, seedUsers, startEmulator } from "../../support/emulator";
import { POOL_VARIABLE, RealPool } from "../../support/service/real-pool";

/** Whether the tests of a real pool harm nobody, tried on the emulator's pool. */
async function open(
  options: EmulatorOptions = {},
): Promise<{ readonly emulator: Emulator; readonly pool: RealPool }> {
  const emulator = await startEmulator({ users: [], ...options });
  const pool = new RealPool({ ...emulator.environment(), [POOL_VARIABLE]: emulator.accessKeyId });
  return { emulator, pool };
}

test("without consent to this very pool, nothing is called", async () => {
  const emulator = await startEmulator({ users: [] });
  expect(() => new RealPool(emulator.environment())).toThrow(`set ${POOL_VARIABLE} to this access key id.`);
  expect(() => new RealPool({ ...emulator.environment(), [POOL_VARIABLE]: "another" })).toThrow(
    `These tests create and delete users in the pool of ${emulator.accessKeyId}.`,
  );
  expect(emulator.calls).toEqual([]);
});

test("a pool that holds somebody is refused, and nobody is changed", async () => {
  const { emulator, pool } = await open({ users: seedUsers(1) });
  await expect(pool.refuseUnlessEmpty()).rejects.toThrow(
    "The pool holds 1 user. These tests run only in an empty pool.",
  );
  expect(emulator.pool.list()).toEqual(seedUsers(1));
});

test("a key that may not list refuses the pool", async () => {
  const { pool } = await open({ faults: [{ on: "list-users", then: { kind: "answer", statusCode: 403 } }] });
  await expect(pool.refuseUnlessEmpty()).rejects.toThrow("GenAuth does not list the users: 403");
});

test("users have neither an e-mail address nor a phone number, and the pool is empty after they are deleted", async () => {
  const { emulator, pool } = await open();
  const users = await pool.createUsers(3);
  expect(users.map(({ username }) => username)).toEqual(
    [1, 2, 3].map((at) => expect.stringMatching(`-${at}$`)),
  );
  for (const user of emulator.pool.list())
    expect({ email: user.email, phone: user.phone }).toEqual({ email: undefined, phone: undefined });
  expect(await pool.waitFor(users, ["Activated", "Activated", "Activated"])).toHaveLength(3);
  await pool.deleteOwn();
  expect(emulator.pool.list()).toEqual([]);
});

test("somebody who joins the pool meanwhile is left alone", async () => {
  const { emulator, pool } = await open();
  await pool.createUsers(2);
  emulator.pool.add(...seedUsers(1));
  await pool.deleteOwn();
  expect(emulator.pool.list().map(({ userId }) => userId)).toEqual(seedUsers(1).map(({ userId }) => userId));
});

test("users of a creation whose answer was lost are deleted, too", async () => {
  const { emulator, pool } = await open({
    faults: [{ on: "create-users-batch", then: { kind: "emptyBody", carriedOut: true } }],
  });
  await expect(pool.createUsers(2)).rejects.toThrow();
  expect(emulator.pool.size).toBe(2);
  await pool.deleteOwn();
  expect(emulator.pool.list()).toEqual([]);
});

import { expect, test } from "@jest/globals";
import { seedUsers, startEmulator } from "../../support/emulator";
import type { Emulator, EmulatorOptions, PoolIdType, PassableIdType } from "../../support/emulator";
import { IDS_OF_USER_1 } from "../../support/emulator/seed-ids";
import { signedHeaders } from "../../support/emulator/signed-request";

let emulator: Emulator;

const [ada, bo, eve] = seedUsers(3);
if (!ada || !bo || !eve) throw new Error("Three users are seeded.");
const everybody = [ada, bo, eve];

async function start(options: EmulatorOptions = {}): Promise<void> {
  emulator = await startEmulator({ users: everybody, ...options });
}

async function removal(userIds: readonly string[], userIdType: PoolIdType): Promise<unknown> {
  const path = "/api/v3/delete-users-batch";
  const parameters = { userIds, options: { userIdType } };
  const response = await fetch(`${emulator.url}${path}`, {
    method: "POST",
    headers: signedHeaders(emulator, "POST", path, parameters),
    body: JSON.stringify(parameters),
  });
  return response.json();
}

const success = expect.objectContaining({ statusCode: 200, data: { success: true } });
const names = () => emulator.pool.list().map(({ username }) => username);

const passed = Object.entries(IDS_OF_USER_1).filter(([type]) => type !== "user_id") as [
  PassableIdType,
  string,
][];

test.each(passed)("a deletion deletes the user that has the %s when it is carried out", async (type, id) => {
  await start();
  const step = emulator.steps.add({
    on: "delete-users-batch",
    nth: 1,
    run: (pool) => pool.passId(type, ada.userId, bo.userId),
  });
  expect(emulator.pool.find(id, type)?.userId).toBe(ada.userId);
  expect(await removal([id], type)).toEqual(success);
  expect(step.applied).toBe(1);
  expect(emulator.pool.list().map(({ userId }) => userId)).toEqual([ada.userId, eve.userId]);
  expect(emulator.pool.archived()).toMatchObject([{ userId: bo.userId }]);
  expect(emulator.pool.find(id, type)).toBeUndefined();
});

test("a system user id names the same user after any id has passed", async () => {
  await start();
  emulator.steps.add({ run: (pool) => pool.passId("email", ada.userId, bo.userId) });
  expect(await removal([ada.userId], "user_id")).toEqual(success);
  expect(names()).toEqual(["user002", "user003"]);
});

test("steps run only before the calls that they name, in the order of adding", async () => {
  const order: string[] = [];
  await start({ steps: [{ on: "delete-users-batch", nth: 2, run: () => order.push("from the options") }] });
  emulator.steps.add({
    on: "delete-users-batch",
    nth: 2,
    run: async () => {
      await new Promise(setImmediate);
      order.push("added");
    },
  });
  emulator.steps.add({ on: "get-user", run: () => order.push("another call") });
  await removal(["user001"], "username");
  expect(order).toEqual([]);
  await removal(["user002"], "username");
  expect(order).toEqual(["from the options", "added"]);
});

test("a fault applies to the pool after the step", async () => {
  await start();
  const fault = emulator.faults.add({ ids: [bo.userId], then: { kind: "answer", statusCode: 422 } });
  emulator.steps.add({ nth: 1, run: (pool) => pool.passId("email", ada.userId, bo.userId) });
  expect(await removal(["user001@example.com"], "email")).toMatchObject({ statusCode: 422 });
  expect(fault.applied).toBe(1);
});

test("a failed step is reported in the answer, and nobody is deleted", async () => {
  await start();
  emulator.steps.add({ run: (pool) => pool.remove("nobody") });
  expect(await removal(["user001"], "username")).toMatchObject({
    statusCode: 500,
    message: "The emulator failed: The pool has no user nobody.",
  });
  expect(emulator.pool.size).toBe(3);
});

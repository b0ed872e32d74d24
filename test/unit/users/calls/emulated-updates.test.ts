import { afterEach, expect, test } from "@jest/globals";
import { seedUsers } from "../../../support/emulator";
import { UserIdType } from "../../../../src/users";
import { FirstChange } from "../../../../src/users/calls/first-change";
import { type SuspensionOptions } from "../../../../src/users/calls/suspend-users";
import { type WaitingUser } from "../../../../src/users/waiting-user";
import { CallRun } from "../../../../src/users/calls/call-run";
import { reactivateUsers, suspendUsers } from "../../../../src/users/calls/suspend-users";
import { reactivationsIn, suspensionsIn } from "../support/endings";
import { startTestServer, type TestServer } from "../../../support/api/test-server";

let server: TestServer;
afterEach(() => server.close());

const SIZE = 120;
const users = seedUsers(SIZE);

/** The numbers of users in the updates that GenAuth answered with this status, in their order; those in flight together in any. */
function sizes(statusCode: number): number[] {
  return server.emulator.calls
    .filter((call) => call.path.endsWith("/update-user-batch") && call.statusCode === statusCode)
    .map(({ ids }) => ids.length);
}

async function start(mostUpdates: number): Promise<CallRun> {
  server = await startTestServer({}, { users, variants: { mostUpdates } });
  const { client: directory } = server;
  return new CallRun({
    directory,
    type: UserIdType.EMAIL,
    maxAttempts: 3,
    confirmWithinMs: 100,
    sleep: () => Promise.resolve(),
  });
}

const readFullUsers: SuspensionOptions["readFullUsers"] = (userIds, stop) =>
  server.client.readFullUsers(userIds, stop);

async function reactivateAll(run: CallRun, waiting: readonly WaitingUser[]) {
  return reactivationsIn(
    await reactivateUsers(run, waiting, { first: new FirstChange("Activated"), readFullUsers }),
  );
}

async function suspendAll(run: CallRun): Promise<readonly WaitingUser[]> {
  const targets = users.map(({ userId, email = "" }) => ({ id: email, label: "", userId }));
  const { waiting, survivors } = suspensionsIn(
    await suspendUsers(run, targets, {
      days: 14,
      first: new FirstChange("Suspended"),
      readFullUsers,
    }),
  );
  expect(survivors).toEqual([]);
  expect(waiting).toHaveLength(SIZE);
  return waiting;
}

const statuses = () => new Set(server.emulator.pool.list().map(({ status }) => status));

test("where 51 users in one update are refused, nobody is: all calls name 50 at most", async () => {
  const run = await start(50);
  const userIds = users.slice(0, 51).map(({ userId }) => userId);
  const refused = await server.client.setStatus(userIds, "Suspended");
  expect(refused).toMatchObject({ ok: false, failure: { statusCode: 400 } });
  const waiting = await suspendAll(run);
  expect(statuses()).toEqual(new Set(["Suspended"]));
  expect(sizes(200).sort((a, b) => a - b)).toEqual([1, 20, 49, 50]);
  const { reactivated, failed } = await reactivateAll(run, waiting);
  expect(failed).toEqual([]);
  expect(reactivated).toHaveLength(SIZE);
  expect(statuses()).toEqual(new Set(["Activated"]));
  expect(sizes(200).slice(4)).toEqual([1, 49, 50, 20]);
  expect(sizes(400)).toEqual([51]);
});

test.each([49, 20])(
  "where more than %i in one update are refused, calls are halved until they fit",
  async (most) => {
    const run = await start(most);
    const waiting = await suspendAll(run);
    expect(statuses()).toEqual(new Set(["Suspended"]));
    expect(sizes(400).every((size) => size > most)).toBe(true);
    expect(sizes(200).reduce((sum, size) => sum + size)).toBe(SIZE);
    const { reactivated } = await reactivateAll(run, waiting);
    expect(reactivated).toHaveLength(SIZE);
    expect(statuses()).toEqual(new Set(["Activated"]));
    expect(sizes(200).reduce((sum, size) => sum + size)).toBe(2 * SIZE);
    expect(Math.max(...sizes(200))).toBeLessThanOrEqual(most);
  },
);

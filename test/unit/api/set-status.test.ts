import { expect, test } from "@jest/globals";
import { createManagementClient } from "../../../src/api";
import type { Effect, EmulatorOptions } from "../../support/emulator";
import { seedUsers } from "../../support/emulator";
import { type UserDirectory, UserIdType } from "../../../src/users/directory";
import { startAnswering } from "../../support/api/local-servers";
import { fastClock, startTestServer } from "../../support/api/test-server";
import type { TestServer } from "../../support/api/test-server";

let server: TestServer | undefined;

async function start(options: EmulatorOptions = {}): Promise<TestServer> {
  return (server = await startTestServer({}, options));
}

const [ada, bo, eve] = seedUsers(3).map(({ userId }) => userId) as [string, string, string];
const done = { ok: true, value: undefined };

/** The statuses of the pool's users. */
const statuses = () => server?.emulator.pool.list().map(({ status }) => status);

test("the client suspends and reactivates users, and look-ups show the status and since when", async () => {
  let now = Date.now();
  const { client } = await start({ now: () => now });
  const directory: UserDirectory = client;
  const look = () => directory.findUser(ada, UserIdType.USER_ID);
  expect(await look()).toEqual({ ok: true, value: seedUsers(1)[0] });
  for (const status of ["Suspended", "Activated"] as const) {
    now += 1234;
    expect(await directory.setStatus([ada, bo], status)).toEqual(done);
    const value = { userId: ada, status, statusChangedAt: new Date(now).toISOString() };
    expect(await look()).toMatchObject({ ok: true, value });
    expect(statuses()).toEqual([status, status, "Activated"]);
  }
});

test("nothing but the status of each user is sent", async () => {
  const answering = await startAnswering();
  const host = `http://127.0.0.1:${answering.port}`;
  const client = createManagementClient({ host, accessKeyId: "id", accessKeySecret: "secret" });
  expect(await client.setStatus(["a", "b"], "Suspended")).toEqual(done);
  expect(answering.requests).toEqual(["POST /api/v3/update-user-batch"]);
  const [, body = ""] = answering.received().split("\r\n\r\n");
  expect(JSON.parse(body)).toEqual({
    list: [
      { userId: "a", status: "Suspended" },
      { userId: "b", status: "Suspended" },
    ],
  });
  client.close();
  await answering.close();
});

const data = (value: unknown, headers: Readonly<Record<string, string>> = {}): Effect => ({
  kind: "http",
  status: 200,
  body: JSON.stringify({ statusCode: 200, data: value }),
  headers,
});

// Other answers: test/engine/api/faults.test.ts.
test.each([undefined, null, [null]])(
  "the data %j of an answer to a change are not understood, so it may have been carried out",
  async (value) => {
    const { client, emulator } = await start();
    emulator.faults.add({ then: data(value) });
    expect(await client.setStatus([ada, bo], "Suspended")).toMatchObject({
      ok: false,
      failure: {
        effect: "unknown",
        message: expect.stringMatching(/^Could not suspend 2 users: .* It may still have been carried out\./),
      },
    });
    expect(emulator.calls).toHaveLength(1);
  },
);

test("the answer's own users are not trusted: only a look-up shows who is suspended", async () => {
  const { client, emulator } = await start();
  emulator.faults.add({ on: "update-user-batch", ids: [bo], then: { kind: "lie" } });
  expect(await client.setStatus([ada, bo], "Suspended")).toEqual(done);
  expect(await client.findUsers([ada, bo], "user_id")).toMatchObject({
    value: [{ status: "Suspended" }, { status: "Activated" }],
  });
});

test("a key that may not update is told so", async () => {
  const { emulator } = await start();
  const client = createManagementClient({ host: emulator.url, ...emulator.readKey }, fastClock().clock);
  const message = expect.stringMatching(/^Could not reactivate a user: .*403.*permission.*to update them/);
  expect(await client.setStatus([eve], "Activated")).toMatchObject({
    ok: false,
    failure: { statusCode: 403, message, effect: "none" },
  });
  client.close();
});

test("a time of the change that is no text counts as missing", async () => {
  const { client, emulator } = await start();
  for (const statusChangedAt of [1_700_000_000_000, null, {}]) {
    emulator.faults.add({ times: 1, then: data({ userId: ada, statusChangedAt }) });
    expect(await client.findUser(ada, "user_id")).toEqual({
      ok: true,
      value: { userId: ada, identities: [] },
    });
  }
});

test("GenAuth's time is known from its latest successful answer, whatever this machine's clock says", async () => {
  const now = Date.now() - 200_000;
  const started = await start({ now: () => now });
  const { client, emulator } = started;
  const gateway = { kind: "http", status: 503, headers: { date: "Thu, 01 Jan 2099 00:00:00 GMT" } } as const;
  const failing = async () => {
    emulator.faults.add({ times: 3, then: gateway });
    expect(await client.findUser(ada, "user_id")).toMatchObject({ ok: false });
  };
  expect(client.serviceTime()).toBeUndefined();
  await failing();
  expect(client.serviceTime()).toBeUndefined();

  await client.findUser(ada, "user_id");
  const known = started.elapsed();
  // The header has whole seconds.
  const answered = Math.floor(now / 1000) * 1000;
  expect(client.serviceTime()).toBe(answered);
  await failing();
  expect(client.serviceTime()).toBe(answered + started.elapsed() - known);
});

test("days that pass for GenAuth are known with its next answer, and a status set then is dated so", async () => {
  const now = Math.floor(Date.now() / 1000) * 1000;
  const { client, emulator } = await start({ now: () => now });
  await client.findUser(ada, "user_id");
  expect(client.serviceTime()).toBe(now);
  emulator.letDaysPass(14);
  expect(client.serviceTime()).toBe(now);
  await client.setStatus([ada], "Suspended");
  const later = now + 14 * 24 * 60 * 60 * 1000;
  expect(client.serviceTime()).toBe(later);
  expect(await client.findUser(ada, "user_id")).toMatchObject({
    value: { status: "Suspended", statusChangedAt: new Date(later).toISOString() },
  });
});

test("a key that may only delete is refused the status, and can still delete", async () => {
  const { emulator } = await start();
  const client = createManagementClient({ host: emulator.url, ...emulator.deletionKey }, fastClock().clock);
  expect(await client.setStatus([eve], "Suspended")).toMatchObject({ failure: { statusCode: 403 } });
  expect(await client.deleteUsers([eve], "user_id")).toEqual(done);
  client.close();
});

test("50 users are changed in one call", async () => {
  const users = seedUsers(50);
  const { client, emulator } = await start({ users });
  const userIds = users.map(({ userId }) => userId);
  expect(await client.setStatus(userIds, "Suspended")).toEqual(done);
  expect(emulator.calls).toMatchObject([{ ids: userIds }]);
  expect(new Set(statuses())).toEqual(new Set(["Suspended"]));
});

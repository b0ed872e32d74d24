import { beforeEach, expect, test } from "@jest/globals";
import { seedUsers, startEmulator } from "../../support/emulator";
import type { Emulator } from "../../support/emulator";
import { getEnvelope, lookUp, signedHeaders } from "../../support/emulator/signed-request";
import type { Deviation } from "../../support/emulator/signed-request";

const [user] = seedUsers(1);
const userId = user?.userId ?? "";
let emulator: Emulator;
beforeEach(async () => {
  emulator = await startEmulator({ users: seedUsers(1) });
});

const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000).toUTCString();

test.each<{ readonly what: string; readonly deviation: Deviation; readonly apiCode: number }>([
  { what: "a wrong secret", deviation: { accessKeySecret: "wrong" }, apiCode: 1300 },
  {
    what: "a header changed after signing",
    deviation: { forged: { "x-authing-lang": "ja-JP" } },
    apiCode: 1300,
  },
  {
    what: "a signature that is not one",
    deviation: { forged: { authorization: "authing nonsense" } },
    apiCode: 1300,
  },
  { what: "another scheme", deviation: { forged: { authorization: "Basic YTpi" } }, apiCode: 1300 },
  { what: "no nonce", deviation: { headers: { "x-authing-signature-nonce": undefined } }, apiCode: 1300 },
  {
    what: "another signature method",
    deviation: { headers: { "x-authing-signature-method": "MD5" } },
    apiCode: 1301,
  },
  {
    what: "another signature version",
    deviation: { headers: { "x-authing-signature-version": "2.0" } },
    apiCode: 1302,
  },
  { what: "a malformed date", deviation: { headers: { date: "yesterday" } }, apiCode: 1303 },
  { what: "no date", deviation: { headers: { date: undefined } }, apiCode: 1304 },
  { what: "a stale date", deviation: { headers: { date: minutesAgo(6) } }, apiCode: 1305 },
  { what: "a date of the future", deviation: { headers: { date: minutesAgo(-6) } }, apiCode: 1305 },
  { what: "another pool's key", deviation: { accessKeyId: "0123456789abcdef01234567" }, apiCode: 2224 },
])("$what is refused", async ({ deviation, apiCode }) => {
  expect(await lookUp(emulator, userId, deviation)).toMatchObject({ apiCode });
  expect(emulator.calls).toMatchObject([{ path: "/api/v3/get-user", ids: [userId], apiCode }]);
});

test("a valid request with a date within five minutes is admitted", async () => {
  expect(await lookUp(emulator, userId)).toMatchObject({ statusCode: 200, data: { userId } });
  expect(await lookUp(emulator, userId, { headers: { date: minutesAgo(4) } })).toMatchObject({
    statusCode: 200,
  });
});

/** Sends a change with a key. Returns the body of the answer. */
async function change(path: string, body: Record<string, unknown>, key: Deviation): Promise<unknown> {
  const response = await fetch(`${emulator.url}${path}`, {
    method: "POST",
    headers: signedHeaders(emulator, "POST", path, body, key),
    body: JSON.stringify(body),
  });
  return response.json();
}

test("the read key looks users up, and no call of it changes the pool", async () => {
  const { readKey } = emulator;
  expect(await lookUp(emulator, userId, readKey)).toMatchObject({ statusCode: 200 });
  const changes: [path: string, body: Record<string, unknown>][] = [
    ["/api/v3/delete-users-batch", { userIds: [userId] }],
    ["/api/v3/update-user-batch", { list: [{ userId, status: "Suspended" }] }],
  ];
  for (const [path, body] of changes) {
    expect(await change(path, body, readKey)).toMatchObject({ statusCode: 403 });
  }
  expect(emulator.pool.list()).toEqual(seedUsers(1));
});

test("the deletion key deletes users, and makes no other change", async () => {
  const { deletionKey } = emulator;
  const suspension = { list: [{ userId, status: "Suspended" }] };
  expect(await change("/api/v3/update-user-batch", suspension, deletionKey)).toMatchObject({
    statusCode: 403,
  });
  const newcomer = { list: [{ username: "newcomer" }] };
  expect(await change("/api/v3/create-users-batch", newcomer, deletionKey)).toMatchObject({
    statusCode: 403,
  });
  expect(emulator.pool.list()).toEqual(seedUsers(1));

  expect(await change("/api/v3/delete-users-batch", { userIds: [userId] }, deletionKey)).toMatchObject({
    statusCode: 200,
  });
  expect(emulator.pool.size).toBe(0);
  expect(await lookUp(emulator, userId, deletionKey)).toMatchObject({ apiCode: 2004 });
});

test("a nonce can be used once", async () => {
  const deviation = { headers: { "x-authing-signature-nonce": "5d41402abc4b2a76b9719d911017c592" } };
  expect(await lookUp(emulator, userId, deviation)).toMatchObject({ statusCode: 200 });
  expect(await lookUp(emulator, userId, deviation)).toMatchObject({ apiCode: 1306 });
});

test("a request without authorization is refused", async () => {
  expect(await getEnvelope(`${emulator.url}/api/v3/get-user?userId=${userId}`, {})).toMatchObject({
    apiCode: 2020,
  });
});

test("the signed text is the decoded query, with arrays as JSON, in every notation of the query", async () => {
  const userIds = ["user 1+ä%", "${user}:2"];
  const [first = "", second = ""] = userIds.map(encodeURIComponent);
  for (const query of [
    `userIds[]=${first}&userIds[]=${second}`,
    `userIds%5B%5D=${first}&userIds%5B%5D=${second}`,
    `userIds=${first}&userIds=${second}`,
    `userIds[0]=${first}&userIds[1]=${second}`,
  ]) {
    const headers = signedHeaders(emulator, "GET", "/api/v3/get-user-batch", { userIds });
    const answer = await getEnvelope(`${emulator.url}/api/v3/get-user-batch?${query}`, headers);
    expect(answer).toMatchObject({ statusCode: 200, data: [] });
  }
  expect(emulator.calls.map(({ ids }) => ids)).toEqual(Array(4).fill(userIds));
});

test("after the rate limit is exceeded, every request is refused until the pause is over", async () => {
  let now = Date.now();
  const limited = await startEmulator({
    users: seedUsers(1),
    rateLimit: { perSecond: 3, pauseMs: 3000 },
    now: () => now,
  });
  const statusCodes: number[] = [];
  for (const after of [0, 0, 0, 0, 1500, 1400, 200]) {
    now += after;
    statusCodes.push((await lookUp(limited, userId)).statusCode);
  }
  expect(statusCodes).toEqual([200, 200, 200, 429, 429, 429, 200]);
});

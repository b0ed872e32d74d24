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

const refused: [what: string, deviation: Deviation, code: number][] = [
  ["a wrong secret", { accessKeySecret: "wrong" }, 1300],
  ["a header changed after signing", { forged: { "x-authing-lang": "ja-JP" } }, 1300],
  ["a signature that is not one", { forged: { authorization: "authing nonsense" } }, 1300],
  ["another scheme", { forged: { authorization: "Basic YTpi" } }, 1300],
  ["no nonce", { headers: { "x-authing-signature-nonce": undefined } }, 1300],
  ["another signature method", { headers: { "x-authing-signature-method": "MD5" } }, 1301],
  ["another signature version", { headers: { "x-authing-signature-version": "2.0" } }, 1302],
  ["a malformed date", { headers: { date: "yesterday" } }, 1303],
  ["no date", { headers: { date: undefined } }, 1304],
  ["a stale date", { headers: { date: minutesAgo(6) } }, 1305],
  ["a date of the future", { headers: { date: minutesAgo(-6) } }, 1305],
  ["another pool's key", { accessKeyId: "0123456789abcdef01234567" }, 2224],
];

test.each(refused)("%s is refused", async (_what, deviation, apiCode) => {
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
  const changes: [path: string, body: Record<string, unknown>, statusCode: number][] = [
    ["/api/v3/update-user-batch", { list: [{ userId, status: "Suspended" }] }, 403],
    ["/api/v3/create-users-batch", { list: [{ username: "newcomer" }] }, 403],
    ["/api/v3/delete-users-batch", { userIds: [userId] }, 200],
  ];
  for (const [path, body, statusCode] of changes) {
    expect(emulator.pool.list()).toEqual(seedUsers(1));
    expect(await change(path, body, deletionKey)).toMatchObject({ statusCode });
  }
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
  await limited.close();
  expect(statusCodes).toEqual([200, 200, 200, 429, 429, 429, 200]);
});

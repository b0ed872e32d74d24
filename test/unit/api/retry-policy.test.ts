import { describe, expect, test } from "@jest/globals";
import { createManagementClient, PUBLIC_HOSTS } from "../../../src/api";
import {
  type Cause,
  causeOfHttpStatus,
  causeOfStatus,
  RETRY_POLICY,
  retryAfterMs,
  type RetryRule,
} from "../../../src/api/retry-policy";
import type { Effect } from "../../support/emulator";
import { startTestServer } from "../../support/api/test-server";

const rows = Object.entries(RETRY_POLICY) as [Cause, RetryRule][];

describe("the table", () => {
  const retried = rows.filter(([, { retry }]) => retry !== "never");
  const retriedAlways = rows.filter(([, { retry }]) => retry === "all");
  const never = rows.filter(([, { retry }]) => retry === "never");

  test.each(retriedAlways)("tries every call of the row %s again only as it had no effect", (_, rule) => {
    expect(rule.effect).toBe("none");
  });

  test.each(retried)("tries a call of the row %s again only as it may succeed, after a pause", (_, rule) => {
    expect(rule).toMatchObject({ transient: true, pause: expect.not.stringMatching("none") });
  });

  test.each(never)("pauses for no call of the row %s, which is not tried again", (_, rule) => {
    expect(rule.pause).toBe("none");
  });

  test("has no status and no code twice", () => {
    const codes = rows.flatMap(([, { status, httpStatuses = [], apiCodes = [] }]) => [
      ...(status === undefined ? [] : [`status ${status}`]),
      ...httpStatuses.map((code) => `HTTP ${code}`),
      ...apiCodes.map((code) => `apiCode ${code}`),
    ]);
    expect(codes).toEqual([...new Set(codes)]);
  });

  // The statuses of GenAuth's error-code page.
  test.each([400, 401, 402, 403, 404, 409, 413, 422, 429, 499, 500, 501, 502, 503, 601, 602, 603])(
    "has a row for %d",
    (status) => {
      expect(RETRY_POLICY[causeOfStatus(status)]).toMatchObject({ status });
    },
  );

  test.each<[status: number, cause: Cause]>([
    [418, "other_refusal"],
    [599, "other_server_error"],
    [999, "other_server_error"],
  ])("classifies the unknown status %d as %s", (status, cause) => {
    expect(causeOfStatus(status)).toBe(cause);
  });

  test.each<[status: number, cause: Cause]>([
    [200, "not_json"],
    [404, "gateway_refused"],
    [408, "gateway_request_timeout"],
    [503, "service_unavailable"],
    [520, "other_server_error"],
  ])("classifies a page with HTTP %d as %s", (status, cause) => {
    expect(causeOfHttpStatus(status)).toBe(cause);
  });

  test("prefers an exact code to the status", () => {
    expect(causeOfStatus(503, 1305)).toBe("clock_skew");
    expect(causeOfStatus(503, 9999)).toBe("service_unavailable");
  });
});

const SECONDS = 20;
const headers = { "retry-after": String(SECONDS) };

/** All answers after which the client or its caller tries again. */
const pausing: [name: string, effect: Effect][] = rows
  .filter(([, { pause }]) => pause !== "none")
  .flatMap(([cause, { status, httpStatuses = [], apiCodes = [] }]): [string, Effect][] => [
    ...(status === undefined ? [] : [[`${cause}, GenAuth's ${status}`, answer(status)] as [string, Effect]]),
    ...apiCodes.map((apiCode): [string, Effect] => [`${cause}, apiCode ${apiCode}`, answer(400, apiCode)]),
    ...httpStatuses.map((code): [string, Effect] => [
      `${cause}, HTTP ${code}`,
      { kind: "http", status: code, headers },
    ]),
  ]);
pausing.push(
  ["a body that is not JSON", { kind: "http", status: 200, headers }],
  ["an unknown status of a server error", answer(599)],
);

function answer(statusCode: number, apiCode?: number): Effect {
  return { kind: "answer", statusCode, headers, ...(apiCode !== undefined && { apiCode }) };
}

test.each(pausing)("Retry-After delays a look-up after %s", async (_name, then) => {
  const server = await startTestServer();
  server.emulator.faults.add({ times: 1, then });
  expect(await server.client.findUser("user001", "username")).toMatchObject({ ok: true });
  expect(server.emulator.calls).toHaveLength(2);
  expect(server.elapsed()).toBe(SECONDS * 1000);
});

test.each(pausing)("Retry-After delays every call after a deletion with %s", async (_name, then) => {
  const server = await startTestServer({ maxAttempts: 1 });
  const { client, emulator } = server;
  emulator.faults.add({ on: "delete-users-batch", times: 1, then });
  expect(await client.deleteUsers(["user001"], "username")).toMatchObject({ ok: false });
  expect(server.elapsed()).toBe(0);
  expect(await client.findUser("user002", "username")).toMatchObject({ ok: true });
  expect(server.elapsed()).toBe(SECONDS * 1000);
});

test("Retry-After of a refusal delays nothing", async () => {
  const server = await startTestServer({ requestsPerSecond: 10_000 });
  server.emulator.faults.add({ times: 1, then: answer(422) });
  await server.client.deleteUsers(["user001"], "username");
  await server.client.findUser("user001", "username");
  expect(server.elapsed()).toBeLessThan(1000);
});

test("Retry-After may be a date, by the server's clock", async () => {
  const now = () => Date.now() - 120_000;
  const server = await startTestServer({}, { now });
  const date = new Date(now() + SECONDS * 1000).toUTCString();
  server.emulator.faults.add({
    times: 1,
    then: { kind: "http", status: 503, headers: { "retry-after": date } },
  });
  expect(await server.client.findUser("user001", "username")).toMatchObject({ ok: true });
  // Both are rounded to seconds.
  expect(Math.abs(server.elapsed() - SECONDS * 1000)).toBeLessThanOrEqual(1000);
});

test("a wait is at most a minute, even if the server asks for more", async () => {
  const server = await startTestServer();
  server.emulator.faults.add({
    times: 1,
    then: { kind: "answer", statusCode: 503, headers: { "retry-after": "86400" } },
  });
  expect(await server.client.findUser("user001", "username")).toMatchObject({ ok: true });
  expect(server.elapsed()).toBe(60_000);
});

test("a signal ends the wait for Retry-After", async () => {
  const server = await startTestServer();
  server.emulator.faults.add({ then: { kind: "answer", statusCode: 503, headers: { "retry-after": "60" } } });
  const stop = new AbortController();
  const { url: host, accessKeyId, accessKeySecret } = server.emulator;
  const client = createManagementClient({ host, accessKeyId, accessKeySecret });
  const outcome = client.findUser("user001", "username", stop.signal);
  while (server.emulator.calls[0]?.statusCode === undefined) await new Promise(setImmediate);
  stop.abort();
  expect(await outcome).toMatchObject({ ok: false, failure: { effect: "none" } });
  client.close();
  expect(server.emulator.calls).toHaveLength(1);
});

test.each<[retryAfter: string | undefined, ms: number | undefined]>([
  ["7", 7000],
  ["0", 0],
  ["3600", 60_000],
  ["99999999999999999999", 60_000],
  ["Thu, 01 Jan 2026 00:00:09 GMT", 9000],
  ["Thu, 01 Jan 2026 01:00:00 GMT", 60_000],
  ["Wed, 31 Dec 2025 00:00:00 GMT", 0],
  ["soon", undefined],
  ["", undefined],
  [undefined, undefined],
])("the Retry-After %j is a wait of %p ms", (retryAfter, ms) => {
  const now = Date.parse("2026-01-01T00:00:00Z");
  expect(retryAfterMs({ retryAfter }, now)).toBe(ms);
  const behind = now - 3_600_000;
  expect(retryAfterMs({ retryAfter, date: new Date(now).toUTCString() }, behind)).toBe(ms);
  expect(retryAfterMs({ retryAfter, date: "yesterday-ish" }, now)).toBe(ms);
});

test("a pool that does not exist may be one of the other brand", () => {
  const { advice } = RETRY_POLICY.unknown_pool;
  expect(advice).toContain(PUBLIC_HOSTS.authing);
  expect(advice).toContain("密钥管理");
});

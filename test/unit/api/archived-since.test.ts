import { expect, test } from "@jest/globals";
import { seedUsers } from "../../support/emulator";
import { type TestServer, startTestServer } from "../../support/api/test-server";

let server: TestServer;

const START = Date.parse("2026-01-01T00:00:00Z");
const everybody = seedUsers(120);
const userIds = everybody.map(({ userId }) => userId);
const seconds = START / 1000;

/** A pool whose first users were deleted, one per second. */
async function startWithDeleted(count: number): Promise<void> {
  let now = START;
  server = await startTestServer({}, { users: everybody, now: () => now, clockSkewMs: Infinity });
  for (const userId of userIds.slice(0, count)) {
    server.emulator.pool.remove(userId);
    now += 1000;
  }
}

/** Sets the answers for the pages. */
function answer(...pages: readonly { totalCount: unknown; list: readonly unknown[] }[]): void {
  pages.forEach((data, index) =>
    server.emulator.faults.add({
      on: "list-archived-users",
      ...(index < pages.length - 1 && { times: 1 }),
      then: { kind: "http", status: 200, body: JSON.stringify({ statusCode: 200, data }) },
    }),
  );
}

const entry = (userId: string, archivedAt: unknown = "2026-01-01T00:00:00.000Z") => ({ userId, archivedAt });
const fullPage = (from: number) => userIds.slice(from, from + 50).map((userId) => entry(userId));

test("lists the users deleted since a moment, from as many pages as needed", async () => {
  await startWithDeleted(110);
  expect(await server.client.archivedSince(seconds + 2, 3)).toEqual({
    ok: true,
    value: userIds.slice(2, 110),
  });
  expect(server.emulator.calls).toHaveLength(3);
  expect(await server.client.archivedSince(seconds + 110, 1)).toEqual({ ok: true, value: [] });
});

test("an archive of more pages than it is worth is abandoned after the first", async () => {
  await startWithDeleted(110);
  expect(await server.client.archivedSince(seconds, 2)).toEqual({ ok: true, value: undefined });
  expect(server.emulator.calls).toHaveLength(1);
});

test("an archive of exactly as many pages as it is worth is read", async () => {
  await startWithDeleted(100);
  expect(await server.client.archivedSince(seconds, 2)).toEqual({ ok: true, value: userIds.slice(0, 100) });
});

test("a service that rounds to seconds may show a deletion a second too early", async () => {
  server = await startTestServer();
  answer({ totalCount: 1, list: [entry("a", "2025-12-31T23:59:59.000Z")] });
  expect(await server.client.archivedSince(seconds, 2)).toEqual({ ok: true, value: ["a"] });
});

test("a page that cannot be read is a failure, after retries", async () => {
  await startWithDeleted(60);
  server.emulator.faults.add({ on: "list-archived-users", nth: 2, then: { kind: "http", status: 502 } });
  expect(await server.client.archivedSince(seconds, 2)).toMatchObject({ ok: true });
  server.emulator.faults.add({ on: "list-archived-users", then: { kind: "answer", statusCode: 403 } });
  expect(await server.client.archivedSince(seconds, 2)).toMatchObject({
    ok: false,
    failure: { reach: "every_call", message: expect.stringContaining("list page 1 of the deleted users") },
  });
});

test.each([
  ["contains fewer users than its total", [{ totalCount: 2, list: [entry("a")] }]],
  ["contains more users than its total", [{ totalCount: 1, list: [entry("a"), entry("b")] }]],
  ["contains a user twice", [{ totalCount: 2, list: [entry("a"), entry("a")] }]],
  [
    "counts otherwise on the next page",
    [
      { totalCount: 51, list: fullPage(0) },
      { totalCount: 52, list: [entry("a"), entry("b")] },
    ],
  ],
  ["repeats a page endlessly", [{ totalCount: 51, list: fullPage(0) }]],
  ["contains earlier deletions", [{ totalCount: 1, list: [entry("a", "2025-12-31T23:59:00Z")] }]],
  ["has times without a time zone", [{ totalCount: 1, list: [entry("a", "2026-01-01T00:00:00")] }]],
  ["has no times", [{ totalCount: 1, list: [entry("a", null)] }]],
  ["has an empty user id", [{ totalCount: 1, list: [entry("")] }]],
  ["has no count", [{ totalCount: undefined, list: [] }]],
])("an archive that %s is a failure", async (_what, pages) => {
  server = await startTestServer();
  answer(...pages);
  expect(await server.client.archivedSince(seconds, 2)).toMatchObject({ ok: false });
});

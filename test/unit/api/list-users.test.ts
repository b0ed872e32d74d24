import { expect, test } from "@jest/globals";
import { seedUsers } from "../../support/emulator";
import { type TestServer, startTestServer } from "../../support/api/test-server";

let server: TestServer;

/** The users of all pages, and the failure that ended the list, if any. */
async function list({ afterFirstPage = () => {} }: { readonly afterFirstPage?: () => void } = {}) {
  const pages: string[][] = [];
  for await (const outcome of server.client.listUsers()) {
    if (!outcome.ok) return { pages, failure: outcome.failure };
    pages.push(outcome.value.users.map(({ userId }) => userId));
    if (pages.length === 1) afterFirstPage();
  }
  return { pages };
}

const everybody = seedUsers(120);
const userIds = everybody.map(({ userId }) => userId);

test("lists all users, 50 per page", async () => {
  server = await startTestServer({}, { users: everybody });
  expect(await list()).toEqual({ pages: [userIds.slice(0, 50), userIds.slice(50, 100), userIds.slice(100)] });
  expect(server.emulator.calls).toHaveLength(3);
});

test("after a full page, an empty one ends the list", async () => {
  server = await startTestServer({}, { users: everybody.slice(0, 50) });
  expect(await list()).toEqual({ pages: [userIds.slice(0, 50), []] });
});

test("a pool without users is one empty page", async () => {
  server = await startTestServer({}, { users: [] });
  expect(await list()).toEqual({ pages: [[]] });
});

test("users are listed from the oldest, so that one who is added meanwhile comes last", async () => {
  const days = ["03", "01", "02"];
  server = await startTestServer(
    {},
    { users: days.map((day) => ({ userId: `of day ${day}`, createdAt: `2026-01-${day}T00:00:00.000Z` })) },
  );
  expect(await list()).toEqual({ pages: [["of day 01", "of day 02", "of day 03"]] });
});

test("users are listed with their identities", async () => {
  const identities = [{ extIdpId: "idp1", provider: "lark", userIdInIdp: "ou_1" }];
  server = await startTestServer({}, { users: [{ userId: "ada", identities }] });
  for await (const page of server.client.listUsers())
    expect(page).toMatchObject({ ok: true, value: { users: [{ userId: "ada", identities }] } });
});

/** Sets the answer for some requests. */
function answer(nth: number | undefined, totalCount: number, ids: readonly string[]): void {
  const data = { totalCount, list: ids.map((userId) => ({ userId })) };
  const body = JSON.stringify({ statusCode: 200, data });
  server.emulator.faults.add({
    ...(nth !== undefined && { nth }),
    then: { kind: "http", status: 200, body },
  });
}

test("a user whom two pages hold is listed once", async () => {
  server = await startTestServer();
  answer(1, 51, userIds.slice(0, 50));
  answer(2, 51, userIds.slice(49, 51));
  expect(await list()).toEqual({ pages: [userIds.slice(0, 50), userIds.slice(50, 51)] });
});

test.each([
  { what: "repeats a page", totalCount: 51, requests: 2 },
  { what: "lists more users than it counts", totalCount: 49, requests: 1 },
])("a service that $what is not asked for ever", async ({ totalCount, requests }) => {
  server = await startTestServer();
  answer(undefined, totalCount, userIds.slice(0, 50));
  expect(await list()).toMatchObject({
    failure: { message: expect.stringContaining("so some may be missing from it") },
  });
  expect(server.emulator.calls).toHaveLength(requests);
});

test("a page that cannot be read ends the list with its failure", async () => {
  server = await startTestServer({}, { users: everybody });
  server.emulator.faults.add({ on: "list-users", nth: 2, then: { kind: "answer", statusCode: 403 } });
  const { pages, failure } = await list();
  expect({ pages, reach: failure?.reach }).toEqual({ pages: [userIds.slice(0, 50)], reach: "every_call" });
  expect(failure?.message).toContain("list page 2 of the users");
});

test("a deletion while pages are read makes the list a failure, because it may miss a user", async () => {
  server = await startTestServer({}, { users: everybody });
  // The others move up, so the user who would begin the second page is on the first one, which was read.
  const { pages, failure } = await list({
    afterFirstPage: () => server.emulator.pool.remove(userIds[0] ?? ""),
  });
  expect(failure?.message).toContain("Users were added or removed while the list was read");
  expect(pages.flat()).not.toContain(userIds[50]);
});

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

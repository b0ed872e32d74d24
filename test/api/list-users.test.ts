import { afterEach, expect, test } from "@jest/globals";
import type { UserSearch } from "../../src/api";
import { seedUsers } from "../../src/emulator";
import { type TestServer, startTestServer } from "./test-server";

let server: TestServer;
afterEach(() => server.close());

/** What the pages held, and the failure that ended them, if one did. */
async function list(search?: UserSearch) {
  const pages: string[][] = [];
  for await (const outcome of server.client.listUsers(search)) {
    if (!outcome.ok) return { pages, failure: outcome.failure };
    pages.push(outcome.value.users.map(({ userId }) => userId));
  }
  return { pages };
}

const everybody = seedUsers(120);
const userIds = everybody.map(({ userId }) => userId);

test("lists everybody, 50 a page", async () => {
  server = await startTestServer({}, { users: everybody });
  expect(await list()).toEqual({ pages: [userIds.slice(0, 50), userIds.slice(50, 100), userIds.slice(100)] });
  expect(server.emulator.calls).toHaveLength(3);
});

test("a pool of whole pages, or of nobody, ends with an empty page", async () => {
  server = await startTestServer({}, { users: everybody.slice(0, 50) });
  expect(await list()).toEqual({ pages: [userIds.slice(0, 50), []] });
  server.emulator.pool.remove(...server.emulator.pool.list().map(({ userId }) => userId));
  expect(await list()).toEqual({ pages: [[]] });
});

test("lists those whom a search finds", async () => {
  server = await startTestServer({}, { users: everybody });
  const conditions = [
    { field: "email", operator: "IN", value: ["user007@example.com", "no@example.com"] },
  ] as const;
  expect(await list({ conditions })).toEqual({ pages: [[userIds[6]]] });
  expect(await list({ keywords: "user11" })).toEqual({ pages: [userIds.slice(109, 119)] });
});

test("a page that cannot be read ends the list with the reason", async () => {
  server = await startTestServer({}, { users: everybody });
  server.emulator.faults.add({ on: "list-users", nth: 2, then: { kind: "answer", statusCode: 403 } });
  const { pages, failure } = await list();
  expect({ pages, reach: failure?.reach }).toEqual({ pages: [userIds.slice(0, 50)], reach: "every_call" });
  expect(failure?.message).toContain("list page 2 of the users");
});

test("users who go while pages are read make the list a failure: whoever was skipped is not left out unseen", async () => {
  server = await startTestServer({}, { users: everybody });
  const seen: string[] = [];
  for await (const outcome of server.client.listUsers()) {
    if (outcome.ok) seen.push(...outcome.value.users.map(({ userId }) => userId));
    else expect(outcome.failure.message).toContain("Users were added or removed while the list was read");
    if (seen.length === 50) server.emulator.pool.remove(userIds[0] ?? "");
  }
  expect(seen).not.toContain(userIds[50]);
  expect.assertions(2);
});

import { expect, test } from "@jest/globals";
import { seedUsers } from "../../support/emulator";
import { IDS_OF_USER_1 } from "../../support/emulator/seed-ids";
import { USER_ID_TYPES, type UserDirectory, UserIdType } from "../../../src/users/directory";
import { startTestServer } from "../../support/api/test-server";
import { shown } from "../../support/api/shown";
import { createManagementClient } from "../../../src/api";
import { MAX_IDS_LENGTH } from "../../../src/api/calls";

const [user1] = seedUsers(1);
const idsOfUser1: Record<UserIdType, string> = { ...IDS_OF_USER_1, email: "User001@example.com" };

test.each(USER_ID_TYPES)("the client is a user directory that finds and deletes by %s", async (type) => {
  const server = await startTestServer();
  const directory: UserDirectory = server.client;
  const id = idsOfUser1[type];
  expect(await directory.findUsers([id, "no:body"], type)).toEqual({ ok: true, value: [user1] });
  expect(await directory.findUser(id, type)).toEqual({ ok: true, value: user1 });
  expect(await directory.deleteUsers([id], type)).toEqual({ ok: true, value: undefined });
  expect(await directory.findUser(id, type)).toEqual({ ok: true, value: undefined });
  expect(await directory.findUsers([id], type)).toEqual({ ok: true, value: [] });
  expect(server.emulator.pool.size).toBe(2);
});

test("fields that GenAuth leaves null are absent, and identities are always a list", async () => {
  const server = await startTestServer({}, { users: [{ userId: "bare" }] });
  const { client, emulator } = server;
  const bare = { userId: "bare", status: "Activated", identities: [] };
  expect(await client.findUser("bare", "user_id")).toEqual({ ok: true, value: bare });
  const data = { userId: "bare", identities: [{ extIdpId: null, provider: "lark" }], unheardOf: { a: 1 } };
  emulator.faults.add({
    then: { kind: "http", status: 200, body: JSON.stringify({ statusCode: 200, data }) },
  });
  expect(await client.findUser("bare", "user_id")).toEqual({
    ok: true,
    value: { userId: "bare", identities: [{ provider: "lark" }] },
  });
});

const EVERYTHING = {
  userId: "ada",
  createdAt: "2025-03-01T08:00:00.000Z",
  lastLogin: "2026-11-30T17:45:00.000Z",
  identities: [{ extIdpId: "idp1", provider: "lark", userIdInIdp: "ou_1" }],
  customData: { team: "blue" },
  departments: [{ organizationCode: "acme", path: ["root", "d7"] }],
};

test("a user is read with all fields, custom data, departments and identities too", async () => {
  const server = await startTestServer({}, { users: [EVERYTHING] });
  expect(await server.client.readFullUsers(["ada", "nobody"])).toMatchObject({
    ok: true,
    value: [
      {
        userId: "ada",
        gender: "U",
        lastLogin: EVERYTHING.lastLogin,
        customData: { team: "blue" },
        departmentIds: ["d7"],
        identities: EVERYTHING.identities,
      },
    ],
  });
});

test("a record has what the pool shows of a user, null without a value, in a list and in a look-up", async () => {
  const { departments: _, customData: __, ...ada } = EVERYTHING;
  const server = await startTestServer({}, { users: [ada, { userId: "bo" }] });
  const records = [
    {
      userId: "ada",
      status: "Activated",
      identities: ada.identities,
      shown: { createdAt: ada.createdAt, lastLogin: ada.lastLogin },
    },
    {
      userId: "bo",
      status: "Activated",
      identities: [],
      shown: { createdAt: "2024-01-01T00:00:00.000Z", lastLogin: null },
    },
  ];
  expect(await server.client.readRecords(["ada", "bo", "nobody"])).toEqual({ ok: true, value: records });
  const listed: unknown[] = [];
  for await (const page of server.client.listRecords()) listed.push(page);
  // Oldest first.
  expect(listed).toEqual([{ ok: true, value: { users: records.toReversed(), total: 2 } }]);
});

test("only with a guard is everybody looked up right before a deletion", () => {
  const options = { host: "https://api.genauth.ai", accessKeyId: "id", accessKeySecret: "secret" };
  expect(createManagementClient(options).looksBeforeDeletion).toBe(false);
  const guarded = { ...options, accessKeySecret: "", guard: "/run/guard.sock" };
  expect(createManagementClient(guarded).looksBeforeDeletion).toBe(true);
});

test("an answer with more users than any call asks for is refused before they are checked one by one", async () => {
  const server = await startTestServer();
  const data = Array.from({ length: 1001 }, (_, index) => ({ userId: `user${index}` }));
  server.emulator.faults.add({
    then: { kind: "http", status: 200, body: JSON.stringify({ statusCode: 200, data }) },
    times: 20,
  });
  expect(await server.client.findUsers(["one"], "user_id")).toMatchObject({ ok: false });
});

test("50 unusual ids arrive unchanged", async () => {
  const odd = [
    `a"b\\c`,
    "a%20b",
    "a+b &c=d",
    "é/东[]",
    "${x}",
    "%{y}",
    "a,b;c:d#e?f",
    "tab\tline\n",
    "__proto__",
  ];
  const users = odd.map((externalId, index) => ({ userId: `odd${index}`, externalId }));
  const server = await startTestServer({}, { users: [...users, ...seedUsers(41)] });
  const ids = [...odd, ...seedUsers(41).map(({ externalId }) => externalId ?? "")];
  expect(await server.client.findUsers(ids, "external_id")).toMatchObject({
    ok: true,
    value: ids.map((externalId) => ({ externalId })),
  });
  expect(server.emulator.calls[0]?.ids).toEqual(ids);
  expect(await server.client.deleteUsers(ids, "external_id")).toMatchObject({ ok: true });
  expect(server.emulator.pool.size).toBe(0);
});

test("50 ids that are too long for one URL are looked up in several calls", async () => {
  const long = Array.from({ length: 50 }, (_, index) => `${"长".repeat(50)}${index}`);
  const server = await startTestServer(
    {},
    { users: long.map((username, index) => ({ userId: `user${index}`, username })) },
  );
  const outcome = await server.client.findUsers(long, "username");
  expect(outcome).toMatchObject({ ok: true, value: long.map((username) => ({ username })) });
  // In flight at once, so they may arrive in any order.
  expect(server.emulator.calls.map(({ ids }) => ids.length).sort((one, other) => one - other)).toEqual([
    2, 12, 12, 12, 12,
  ]);
  expect(new Set(server.emulator.calls.flatMap(({ ids }) => ids))).toEqual(new Set(long));

  server.emulator.faults.add({ ids: [long[30] ?? ""], then: { kind: "answer", statusCode: 400 } });
  expect(await server.client.findUsers(long, "username")).toMatchObject({
    ok: false,
    failure: { statusCode: 400 },
  });
});

test("ids that just fit into one URL take one call, and with one more character two", async () => {
  const server = await startTestServer();
  // Each id has `userIds%5B%5D=` before it and an `&` behind it.
  const id = "x".repeat(MAX_IDS_LENGTH / 2 - 15);
  await server.client.findUsers([id, id], "username");
  expect(server.emulator.calls.map(({ ids }) => ids)).toEqual([[id, id]]);
  await server.client.findUsers([id, `${id}x`], "username");
  expect(server.emulator.calls).toHaveLength(3);
});

test("a user that several ids name is in the answer once", async () => {
  const server = await startTestServer();
  const filler = Array.from({ length: 48 }, (_, index) => `${"x".repeat(200)}${index}`);
  const outcome = await server.client.findUsers(["13800000001", ...filler, "+8613800000001"], "phone");
  expect(outcome).toEqual({ ok: true, value: [user1] });
  expect(server.emulator.calls.length).toBe(2);
});

test("each call contains the tenant", async () => {
  const server = await startTestServer({ tenantId: "tenant-a" }, { users: seedUsers(1) });
  expect(await server.client.findUser("user001", "username")).toEqual({ ok: true, value: undefined });
  expect(server.emulator.calls).toMatchObject([{ tenantId: "tenant-a" }]);
});

test("a wrong secret fails every call after one attempt, with advice", async () => {
  const server = await startTestServer({ accessKeySecret: "wrong" });
  expect(await server.client.deleteUsers(["user001"], "username")).toMatchObject({
    ok: false,
    failure: {
      message: expect.stringMatching(
        /^Could not delete a user: GenAuth answered 401 "The signature is invalid\." \(apiCode 1300, request id [\w-]+\)\. Check the access key id and secret/,
      ),
      reach: "every_call",
      effect: "none",
      apiCode: 1300,
      requestId: server.emulator.calls[0]?.requestId,
    },
  });
  expect(server.emulator.calls).toHaveLength(1);
});

test.each([
  [12 * 60_000, "this machine's clock is 12 minutes behind GenAuth's"],
  [-7 * 60_000 - 30_000, "this machine's clock is 8 minutes ahead of GenAuth's"],
])("a clock that is off by %d ms is reported with the difference", async (offset, words) => {
  const server = await startTestServer({}, { now: () => Date.now() + offset });
  expect(await server.client.findUser("user001", "username")).toMatchObject({
    ok: false,
    failure: { apiCode: 1305, message: expect.stringContaining(words) },
  });
});

test("a clock that is off by less than two minutes is reported in seconds", async () => {
  const emulated = { clockSkewMs: 60_000, now: () => Date.now() + 90_000 };
  const server = await startTestServer({}, emulated);
  expect(await server.client.findUser("user001", "username")).toMatchObject({
    ok: false,
    failure: { message: expect.stringMatching(/this machine's clock is (89|90|91) s behind GenAuth's/) },
  });
});

test("without the server's time, a refused clock is reported without the difference", async () => {
  const server = await startTestServer();
  const headers = { date: "" };
  server.emulator.faults.add({ then: { kind: "answer", statusCode: 401, apiCode: 1305, headers } });
  expect(await server.client.findUser("user001", "username")).toMatchObject({
    ok: false,
    failure: { message: expect.stringContaining("; this machine's clock differs from GenAuth's (") },
  });
});

test.each([
  { what: "an empty body", body: "", words: "the server answered HTTP 502 with an empty body. " },
  {
    what: "a page",
    body: "<html/>",
    words: "the server answered HTTP 502 with a body that is not GenAuth's JSON. ",
  },
  { what: "no message", body: '{"statusCode":502}', words: "GenAuth answered 502. " },
])("a failure with $what is described", async ({ body, words }) => {
  const server = await startTestServer();
  server.emulator.faults.add({ then: { kind: "http", status: 502, body } });
  expect(await server.client.findUser("user001", "username")).toMatchObject({
    ok: false,
    failure: {
      message: `Could not look up a user (3 attempts): ${words}Run again later; completed work is kept.`,
    },
  });
});

test("a message of 200 characters is quoted whole", async () => {
  const server = await startTestServer();
  const message = "x".repeat(200);
  server.emulator.faults.add({ then: { kind: "answer", statusCode: 400, message } });
  expect(await server.client.findUser("user001", "username")).toMatchObject({
    ok: false,
    failure: { message: expect.stringContaining(`GenAuth answered 400 "${message}"`) },
  });
});

test("a message of the server is quoted with escaped control characters, and shortened", async () => {
  const server = await startTestServer();
  const message = `\u001b[2Jgone\r\n\u202eevil\u0000 ${"x".repeat(500)}`;
  server.emulator.faults.add({ then: { kind: "answer", statusCode: 400, message } });
  const outcome = await server.client.deleteUsers(["user001"], "username");
  const text = outcome.ok ? "" : outcome.failure.message;
  expect(text).toMatch(/"\[2Jgone \\u\{202e\}evil x{186}…"/);
  expect(text).not.toMatch(/[\p{Cc}\p{Cf}]/u);
});

test("the secret is only in signatures", async () => {
  const lines: unknown[] = [];
  const note = (message: string, fields: unknown) => void lines.push(message, fields);
  const server = await startTestServer({ logger: { debug: note, trace: note } });
  const { client, emulator } = server;
  emulator.faults.add({ nth: [2, 3], then: { kind: "reset", carriedOut: true } });
  const outcomes = [
    await client.findUsers(["user001"], "username"),
    await client.deleteUsers(["user001"], "username"),
    await client.deleteUsers(["user002"], "username"),
  ];
  for (const thing of [client, Object.values(client), outcomes, lines])
    expect(shown(thing)).not.toContain(emulator.accessKeySecret);
});

test("one debug line per attempt counts the ids, and only TRACE names them", async () => {
  const debug: [string, unknown][] = [];
  const trace: [string, unknown][] = [];
  const { emulator, client } = await startTestServer({
    logger: { debug: (...line) => debug.push(line), trace: (...line) => trace.push(line) },
  });
  emulator.faults.add({ nth: 1, then: { kind: "answer", statusCode: 503, message: "user001 is busy" } });
  await client.findUsers(["user001", "user002"], "username");
  // On this clock only the wait between the attempts takes time.
  const common = { count: 2, userIdType: "username", milliseconds: 0 };
  expect(debug).toEqual([
    [
      "GET /api/v3/get-user-batch",
      { ...common, attempt: 1, cause: "service_unavailable", statusCode: 503, requestId: expect.any(String) },
    ],
    ["GET /api/v3/get-user-batch", { ...common, attempt: 2, statusCode: 200, requestId: expect.any(String) }],
  ]);
  expect(JSON.stringify(debug)).not.toContain("user001");
  expect(trace).toEqual([
    [
      "GET /api/v3/get-user-batch, in detail",
      { ids: ["user001", "user002"], reason: `GenAuth answered 503 "user001 is busy"` },
    ],
    ["GET /api/v3/get-user-batch, in detail", { ids: ["user001", "user002"] }],
  ]);
  await client.findUser("user003", "username");
  expect(trace.at(-1)).toEqual(["GET /api/v3/get-user, in detail", { ids: ["user003"] }]);
});

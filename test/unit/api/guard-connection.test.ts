import { once } from "node:events";
import http from "node:http";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import {
  createManagementClient,
  GUARD_REFUSED,
  GUARD_REFUSES_ALL,
  GUARD_VERSION,
  GuardHeader,
  type ManagementClient,
} from "../../../src/api";
import { fastClock } from "../../support/api/test-server";
import { atEnd, closing, newFolder } from "../../support/at-end";
import { openGuard } from "../guard/support/in-process";
import { ada, bob } from "../guard/support/people";
import { planOf } from "../guard/support/plans";

/** A client that has its calls signed by the guard at a socket. */
function clientOf(guard: string, host = "https://api.genauth.ai", tenantId?: string): ManagementClient {
  const options = { host, guard, accessKeyId: "id", accessKeySecret: "", maxAttempts: 3 };
  const { clock } = fastClock();
  return closing(createManagementClient({ ...options, ...(tenantId !== undefined && { tenantId }) }, clock));
}

/** A socket at which every request gets this answer, and the requests. */
async function answerAtSocket(headers: Record<string, string>, text: string) {
  const requests: http.IncomingMessage[] = [];
  let open = 0;
  const server = http.createServer((request, response) => {
    requests.push(request);
    response.writeHead(200, headers).end(text);
  });
  server.on("connection", (connection) => {
    open += 1;
    connection.on("close", () => (open -= 1));
  });
  const socket = join(newFolder(), "s");
  await once(server.listen(socket), "listening");
  atEnd(() => {
    server.closeAllConnections();
    server.close();
  });
  return { socket, requests, open: () => open };
}

const DELETED = '{"statusCode":200,"data":{"success":true}}';

test("through a guard, an approved deletion is carried out, and another one is refused with its reason", async () => {
  const { emulator, session, idsLeft } = await openGuard({ plans: [planOf({ deleted: [ada.email] })] });
  const client = clientOf(session.socket, emulator.url);
  expect(await client.findUsers([ada.email], "email")).toMatchObject({
    ok: true,
    value: [{ userId: ada.id }],
  });
  expect(await client.deleteUsers([ada.email], "email")).toEqual({ ok: true, value: undefined });
  expect(await client.deleteUsers([bob.email], "email")).toMatchObject({
    ok: false,
    failure: {
      message: expect.stringMatching(/^Could not delete a user: the guard did not send it: /),
      effect: "none",
      reach: "call",
    },
  });
  expect(idsLeft()).not.toContain(ada.id);
  expect(idsLeft()).toContain(bob.id);
});

test("the guard is told the host, and the tenant if there is one", async () => {
  const guard = await answerAtSocket({ [GuardHeader.VERSION]: GUARD_VERSION }, DELETED);
  await clientOf(guard.socket).deleteUsers(["a"], "user_id");
  await clientOf(guard.socket, "https://genauth.example", "acme").deleteUsers(["a"], "user_id");
  expect(
    guard.requests.map(({ headers }) => [headers[GuardHeader.HOST], headers[GuardHeader.TENANT]]),
  ).toEqual([
    ["https://api.genauth.ai", undefined],
    ["https://genauth.example", "acme"],
  ]);
});

test("connections to the guard are kept alive until close", async () => {
  const guard = await answerAtSocket({ [GuardHeader.VERSION]: GUARD_VERSION }, DELETED);
  const client = clientOf(guard.socket);
  await client.deleteUsers(["a"], "user_id");
  await client.deleteUsers(["b"], "user_id");
  expect(guard.open()).toBe(1);
  const begun = performance.now();
  client.close();
  while (guard.open() > 0) await new Promise(setImmediate);
  // Idle ones end after four seconds.
  expect(performance.now() - begun).toBeLessThan(3000);
});

test("without a guard at the socket nothing was sent, and every call fails", async () => {
  const socket = join(newFolder(), "nobody");
  expect(await clientOf(socket).deleteUsers(["a"], "user_id")).toMatchObject({
    ok: false,
    failure: {
      message: expect.stringMatching(/^Could not delete a user: .*GENAUTH_GUARD names the socket of/),
      effect: "none",
      reach: "every_call",
      transient: true,
    },
  });
});

test.each<{ readonly what: string; readonly headers: Record<string, string>; readonly words: string }>([
  { what: "answers as GenAuth does", headers: {}, words: "is no guard" },
  {
    what: "gives a cause that is not known here",
    headers: { [GuardHeader.VERSION]: "9.9.9", [GuardHeader.CAUSE]: "toString" },
    words: DELETED,
  },
])("what listens at the socket and $what is no success", async ({ headers, words }) => {
  const other = await answerAtSocket(headers, DELETED);
  expect(await clientOf(other.socket).deleteUsers(["a"], "user_id")).toMatchObject({
    ok: false,
    failure: { message: expect.stringContaining(words), effect: "unknown", reach: "every_call" },
  });
  expect(other.requests).toHaveLength(1);
});

test("a call that the guard could not decide is sent again", async () => {
  const headers = { [GuardHeader.VERSION]: GUARD_VERSION, [GuardHeader.CAUSE]: "guard_undecided" };
  const guard = await answerAtSocket(headers, "GenAuth does not answer");
  expect(await clientOf(guard.socket).deleteUsers(["a"], "user_id")).toMatchObject({
    ok: false,
    failure: { message: expect.stringContaining("(3 attempts): GenAuth does not answer"), effect: "none" },
  });
  expect(guard.requests).toHaveLength(3);
});

test.each([
  { refused: "this call", apiCode: GUARD_REFUSED, reach: "call" },
  { refused: "every call of the run", apiCode: GUARD_REFUSES_ALL, reach: "every_call" },
])(
  "a refusal of $refused is told with the first 600 characters of its reason",
  async ({ apiCode, reach }) => {
    const headers = { [GuardHeader.VERSION]: GUARD_VERSION };
    const message = `the plan is too old ${"x".repeat(600)}`;
    const guard = await answerAtSocket(headers, JSON.stringify({ statusCode: 403, apiCode, message }));
    expect(await clientOf(guard.socket).deleteUsers(["a"], "user_id")).toMatchObject({
      ok: false,
      failure: {
        message: expect.stringMatching(/: the guard did not send it: the plan is too old x{580} \(/),
        effect: "none",
        reach,
      },
    });
    expect(guard.requests).toHaveLength(1);
  },
);

test("a call waits for the guard two minutes longer than the guard waits for GenAuth", async () => {
  const socket = join(newFolder(), "silent");
  const server = http.createServer(() => undefined).listen(socket);
  atEnd(() => {
    server.closeAllConnections();
    server.close();
  });
  const realTimeout = AbortSignal.timeout.bind(AbortSignal);
  const limits: number[] = [];
  AbortSignal.timeout = (milliseconds) => {
    limits.push(milliseconds);
    return realTimeout(50);
  };
  try {
    expect(await clientOf(socket).deleteUsers(["a"], "user_id")).toMatchObject({
      ok: false,
      failure: { message: expect.stringContaining("within 150 s"), effect: "unknown" },
    });
    expect(limits).toEqual([150_000]);
  } finally {
    AbortSignal.timeout = realTimeout;
  }
});

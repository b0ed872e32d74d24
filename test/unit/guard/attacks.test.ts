import { linkSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import inspector from "node:inspector";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "@jest/globals";
import { atEnd, newFolder } from "../../support/at-end";
import { readAudit } from "../../support/guard/guarded";
import { GUARD_VERSION, GuardHeader } from "../../../src/api";
import type { PlanJson } from "../../../src/terraform-json";
import {
  DELETE,
  deletion,
  emailOf,
  type Guarded,
  nullPlanOf,
  openGuard as open,
  planOf,
  pool,
  protecting,
  SET_STATUS,
  statusesOf,
  userIdOf,
  expectRefused,
} from "./support/in-process";

/** What a hostile program with the guard's socket tries, beside an apply. */

const ada = emailOf(0);
const bob = emailOf(1);
const bobId = userIdOf(1);
const LOOK_UP = "/api/v3/get-user-batch";
const ABSENT = "absent@example.com";

const lookUpOf = (userIds: readonly string[], userIdType = "email") => ({
  userIds,
  userIdType,
  withIdentities: true,
});
const activate = ({ send }: Guarded) => send(SET_STATUS, statusesOf([bobId, "Activated"]));
const suspend = ({ send }: Guarded) => send(SET_STATUS, statusesOf([bobId, "Suspended"]));
const statusOfBob = ({ emulator }: Guarded) => emulator.pool.find(bobId)?.status ?? "Activated";
const idsLeft = ({ emulator }: Guarded): string[] => emulator.pool.list().map(({ userId }) => userId);
const idsOf = (indices: readonly number[]): string[] => indices.map(userIdOf);

/** The bytes of a request with a body. */
function bytesOf(
  { emulator }: Guarded,
  path: string,
  body: string,
  length = Buffer.byteLength(body),
): string {
  const headers = [
    "host: guard",
    `${GuardHeader.VERSION}: ${GUARD_VERSION}`,
    `${GuardHeader.HOST}: ${emulator.url}`,
    `content-length: ${length}`,
  ];
  return `POST ${path} HTTP/1.1\r\n${headers.join("\r\n")}\r\n\r\n${body}`;
}

async function openSocket({ session }: Guarded): Promise<Socket> {
  const socket = connect(session.socket);
  atEnd(() => socket.destroy());
  socket.on("error", () => undefined);
  await once(socket, "connect");
  return socket;
}

/** Reads until the other side has closed, or as many answers as expected have begun. */
function answersAt(socket: Socket, expected: number): Promise<string[]> {
  let text = "";
  const statuses = (): string[] =>
    [...text.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map(([, status = ""]) => status);
  return new Promise((resolve) => {
    socket.on("data", (data: Buffer) => {
      text += data.toString();
      if (statuses().length >= expected) resolve(statuses());
    });
    socket.once("close", () => resolve(statuses()));
  });
}

/** Sends bytes, and reads until the other side closes. */
async function everythingAt(socket: Socket, bytes: string | Buffer): Promise<string> {
  let text = "";
  socket.on("data", (data: Buffer) => (text += data.toString()));
  socket.end(bytes);
  await once(socket, "close");
  return text;
}

describe("whom the guard takes an id for", () => {
  test.each<[what: string, id: string]>([
    ["a blank before it", ` ${ada}`],
    ["a blank behind it", `${ada} `],
    ["a line break behind it", `${ada}\n`],
    ["a zero byte behind it", `${ada}\0`],
    ["a byte order mark before it", `\uFEFF${ada}`],
    ["a zero-width character inside", ada.replace("@", "\u200B@")],
    ["a full-width character", ada.replace("@", "\uFF20")],
    ["half a surrogate pair behind it", `${ada}\uD800`],
    ["a comma and somebody else behind it", `${ada},${bob}`],
  ])("with %s is not the approved one", async (_, id) => {
    const opened = await open({ plans: [planOf({ deleted: [ada] })] });
    expect((await opened.send(LOOK_UP, lookUpOf([id]))).status).toBe(200);
    expect((await opened.send(DELETE, deletion([id]))).status).toBe(403);
    expect(idsLeft(opened)).toEqual(idsOf([0, 1, 2, 3, 4, 5]));
  });

  test("is the spelling of the plan alone, composed or decomposed", async () => {
    const composed = "caf\u00E9@example.com";
    const users = pool.map((user, index) => (index === 0 ? { ...user, email: composed } : user));
    const opened = await open({ plans: [planOf({ deleted: [composed], users })] }, { users });
    expect((await opened.send(DELETE, deletion([composed.normalize("NFD")]))).status).toBe(403);
    expect((await opened.send(DELETE, deletion([composed]))).status).toBe(200);
    expect(idsLeft(opened)).toEqual(idsOf([1, 2, 3, 4, 5]));
  });

  test.each(["start", "call"])(
    "is nobody, if it is to the plan, although somebody has it at the %s",
    async (by) => {
      const named = pool.map((user, at) => (at === 3 ? { ...user, email: ABSENT } : user));
      const users = by === "start" ? named : pool;
      const opened = await open({ plans: [planOf({ deleted: [ABSENT] })] }, { users });
      opened.emulator.pool.update(userIdOf(3), { email: ABSENT });
      expect((await opened.send(LOOK_UP, lookUpOf([ABSENT]))).status).toBe(200);
      expect((await opened.send(DELETE, deletion([ABSENT]))).status).toBe(403);
      expect((await opened.send(DELETE, deletion([userIdOf(3)], "user_id"))).status).toBe(403);
      expect(idsLeft(opened)).toEqual(idsOf([0, 1, 2, 3, 4, 5]));
    },
  );

  test.each(["start", "call"])("is nobody who has got it between the plan and the %s", async (by) => {
    const passed = pool.map((user, at) => ({
      ...user,
      ...(at === 0 && { email: "x@x" }),
      ...(at === 3 && { email: ada }),
    }));
    const users = by === "start" ? passed : pool;
    const opened = await open({ plans: [planOf({ deleted: [ada], suspended: [bob] })] }, { users });
    if (by === "call") opened.emulator.pool.passId("email", userIdOf(0), userIdOf(3));
    expectRefused(
      await opened.send(DELETE, deletion([ada])),
      "the plan means somebody else than who has got the id of this user",
    );
    expect((await opened.send(DELETE, deletion([userIdOf(3)], "user_id"))).status).toBe(403);
    expect((await opened.send(SET_STATUS, statusesOf([userIdOf(3), "Suspended"]))).status).toBe(403);
    expect(idsLeft(opened)).toEqual(idsOf([0, 1, 2, 3, 4, 5]));
    // The person whom the plan means can still be deleted.
    expect((await opened.send(DELETE, deletion([userIdOf(0)], "user_id"))).status).toBe(200);
    expect(idsLeft(opened)).toEqual(idsOf([1, 2, 3, 4, 5]));
  });

  test("does not come from an answer that takes too long, which says who had the id", async () => {
    const opened = await open({ plans: [planOf({ deleted: [ada] })] });
    const { emulator, send } = opened;
    // The answer is made at once and takes more than five seconds to arrive: it has more than 600 bytes.
    emulator.faults.add({ on: "get-user-batch", times: 1, then: { kind: "drip", everyMs: 10 } });
    emulator.steps.add({
      on: "get-user-batch",
      run: () => void setTimeout(() => emulator.pool.passId("email", userIdOf(0), userIdOf(3)), 20),
      times: 1,
    });
    expect(await send(DELETE, deletion([ada]))).toMatchObject({ status: 502, cause: "guard_undecided" });
    expectRefused(await send(DELETE, deletion([ada])), "the plan means somebody else");
    expect(idsLeft(opened)).toEqual(idsOf([0, 1, 2, 3, 4, 5]));
  });

  test("is looked up right before the call, however many requests of others wait", async () => {
    const environment = { GENAUTH_REQUESTS_PER_SECOND: "20" };
    const opened = await open({ plans: [planOf({ deleted: [ada] })], environment });
    const { emulator, send } = opened;
    const reads = Array.from({ length: 60 }, () => send(LOOK_UP, lookUpOf([bob])));
    expect((await send(DELETE, deletion([ada]))).status).toBe(200);
    const names = emulator.calls.map(({ path, ids }) => `${path.split("/").at(-1) ?? ""} ${ids.join()}`);
    const calls = names.filter((name) => name.endsWith(ada));
    expect(calls).toEqual([`get-user-batch ${ada}`, `delete-users-batch ${ada}`]);
    const between = names.indexOf(calls[1] ?? "") - names.indexOf(calls[0] ?? "");
    expect(between).toBeLessThan(5);
    await Promise.all(reads);
  });

  test("is looked up right before the call, also while GenAuth asks everybody to wait", async () => {
    const opened = await open({ plans: [planOf({ deleted: [ada] })] });
    const { emulator, send } = opened;
    // While the look-up is under way, somebody else's call is answered with a Retry-After.
    emulator.faults.add({ on: "get-user-batch", times: 1, then: { kind: "slow", ms: 300 } });
    emulator.faults.add({
      on: "list-users",
      times: 1,
      then: { kind: "http", status: 503, headers: { "retry-after": "7" } },
    });
    emulator.steps.add({
      on: "get-user-batch",
      run: () => void send("/api/v3/list-users", { options: { pagination: { page: 1, limit: 1 } } }),
      times: 1,
    });
    const begun = performance.now();
    expect((await send(DELETE, deletion([ada]))).status).toBe(200);
    expect(performance.now() - begun).toBeLessThan(5000);
    expect(idsLeft(opened)).toEqual(idsOf([1, 2, 3, 4, 5]));
  });
});

describe.each([
  { kind: "suspension", before: "Activated", after: "Suspended", plan: planOf({ suspended: [bob] }) },
  {
    kind: "reactivation",
    before: "Suspended",
    after: "Activated",
    plan: planOf({ reactivated: [bobId], declared: [bob] }),
  },
])("a $kind", ({ before, after, plan }) => {
  const change = (opened: Guarded) => opened.send(SET_STATUS, statusesOf([bobId, after]));

  test.each(["Resigned", "Archived", "Deactivated"])("of a user who is %s is refused", async (status) => {
    const opened = await open({ plans: [plan] });
    opened.emulator.pool.update(bobId, { status });
    expectRefused(await change(opened), `only who is ${before} may become ${after}`);
    expect(statusOfBob(opened)).toBe(status);
  });

  test("may be sent again after an answer that was lost, if it had no effect", async () => {
    const opened = await open({ plans: [plan] });
    opened.emulator.pool.update(bobId, { status: before });
    const fault = { kind: "answer", statusCode: 500 } as const;
    opened.emulator.faults.add({ on: "update-user-batch", times: 1, then: fault });
    await change(opened);
    expect(statusOfBob(opened)).toBe(before);
    expect((await change(opened)).status).toBe(200);
    expect(statusOfBob(opened)).toBe(after);
  });

  test("is not sent again after an answer that was lost, if somebody else has undone what it did", async () => {
    const opened = await open({ plans: [plan] });
    opened.emulator.pool.update(bobId, { status: before });
    const then = { kind: "reset", carriedOut: true } as const;
    opened.emulator.faults.add({ on: "update-user-batch", times: 1, then });
    await change(opened);
    expect(statusOfBob(opened)).toBe(after);
    opened.emulator.pool.update(bobId, { status: before });
    expectRefused(await change(opened), "makes no second");
    expect(statusOfBob(opened)).toBe(before);
  });

  test("of whom the operator protects is refused", async () => {
    const opened = await open({ plans: [plan], ...protecting({ username: [pool[1]?.username] }) });
    opened.emulator.pool.update(bobId, { status: before });
    expectRefused(await change(opened), "this pipeline protects this user");
    expect(statusOfBob(opened)).toBe(before);
  });
});

describe("a suspension", () => {
  const plan = planOf({ suspended: [bob], declared: [emailOf(2)] });

  test("is not undone by the run that made it", async () => {
    const opened = await open({ plans: [plan] });
    expect((await suspend(opened)).status).toBe(200);
    expectRefused(await activate(opened), "no approved plan reactivates this user");
    expect(statusOfBob(opened)).toBe("Suspended");
  });

  test("is not sent again once somebody else has activated", async () => {
    const opened = await open({ plans: [plan] });
    expect((await suspend(opened)).status).toBe(200);
    opened.emulator.pool.update(bobId, { status: "Activated" });
    expectRefused(await suspend(opened), "no second suspension of this user");
    expect(statusOfBob(opened)).toBe("Activated");
  });
});

describe("a reactivation", () => {
  const plan = planOf({ reactivated: [bobId], declared: [bob] });
  const suspended = pool.map((user, index) => (index === 1 ? { ...user, status: "Suspended" } : user));

  test("happens once: whoever is suspended again stays so", async () => {
    const statusChangedAt = "2026-01-01T00:00:00.000Z";
    const users = suspended.map((user) => ({ ...user, statusChangedAt }));
    const opened = await open({ plans: [plan] }, { users });
    expect((await activate(opened)).status).toBe(200);
    opened.emulator.pool.update(bobId, { status: "Suspended" });
    expectRefused(await activate(opened), "no second reactivation of this user");
    expect(statusOfBob(opened)).toBe("Suspended");
  });

  test("and a suspension in one call are no call that the guard knows", async () => {
    const both = planOf({ suspended: [ada], reactivated: [bobId], declared: [bob] });
    const opened = await open({ plans: [both] }, { users: suspended });
    const body = statusesOf([userIdOf(0), "Suspended"], [bobId, "Activated"]);
    expectRefused(await opened.send(SET_STATUS, body), "the call has several statuses");
  });

  test("is under way once at a time", async () => {
    const opened = await open({ plans: [plan] }, { users: suspended, latencyMs: 100 });
    const [first, second] = [activate(opened), activate(opened)];
    const statuses = (await Promise.all([first, second])).map(({ status }) => status);
    expect(statuses.sort()).toEqual([200, 403]);
    opened.emulator.pool.update(bobId, { status: "Suspended" });
    expectRefused(await activate(opened), "no second reactivation of this user");
    expect(statusOfBob(opened)).toBe("Suspended");
  });
});

test.each(["email", "user_id"])(
  "a deletion after a suspension, by %s, is refused where somebody else has activated the user meanwhile",
  async (type) => {
    const opened = await open({ plans: [planOf({ due: [ada, bob] })] });
    opened.emulator.pool.update(userIdOf(1), { status: "Suspended" });
    const [first, second] = type === "email" ? [ada, bob] : [userIdOf(0), userIdOf(1)];
    expectRefused(await opened.send(DELETE, deletion([first], type)), "which somebody else has ended");
    expect((await opened.send(DELETE, deletion([second], type))).status).toBe(200);
    expect(idsLeft(opened)).toEqual(idsOf([0, 2, 3, 4, 5]));
  },
);

test("a deletion after a suspension is refused during and after one of this run, which another plan shows", async () => {
  const opened = await open({ plans: [planOf({ due: [bob] }), planOf({ suspended: [bob] })] });
  opened.emulator.faults.add({ on: "update-user-batch", times: 1, then: { kind: "drip", everyMs: 2 } });
  const sent = suspend(opened);
  while (statusOfBob(opened) !== "Suspended") await new Promise((resolve) => setTimeout(resolve, 5));
  expectRefused(await opened.send(DELETE, deletion([bob])), "another call changes one of the users");
  expect((await sent).status).toBe(200);
  expectRefused(await opened.send(DELETE, deletion([bob])), "which somebody else has ended");
  expect(idsLeft(opened)).toEqual(idsOf([0, 1, 2, 3, 4, 5]));
});

describe("a deletion", () => {
  test("that GenAuth has confirmed is not sent again, although look-ups lag and still show the user", async () => {
    const opened = await open({ plans: [planOf({ deleted: [ada] })] });
    expect((await opened.send(DELETE, deletion([ada]))).status).toBe(200);
    const body = JSON.stringify({ statusCode: 200, data: [{ userId: userIdOf(0), email: ada }] });
    opened.emulator.faults.add({ on: "get-user-batch", then: { kind: "http", status: 200, body } });
    opened.emulator.pool.update(userIdOf(3), { email: ada });
    expectRefused(await opened.send(DELETE, deletion([ada])), "no second deletion of this user");
    expect(idsLeft(opened)).toEqual(idsOf([1, 2, 3, 4, 5]));
  });

  test("is under way once at a time, by whichever id", async () => {
    const opened = await open({ plans: [planOf({ deleted: [ada] })] }, { latencyMs: 100 });
    const bodies = [deletion([ada]), deletion([userIdOf(0)], "user_id"), deletion([ada])];
    const answers = await Promise.all(bodies.map((body) => opened.send(DELETE, body)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 403, 403]);
    expect(opened.emulator.calls.filter(({ path }) => path === DELETE)).toHaveLength(1);
  });
});

test("a deletion after a suspension is not sent if the look-up shows no status", async () => {
  const opened = await open({ plans: [planOf({ due: [ada] })] });
  const body = JSON.stringify({ statusCode: 200, data: [{ userId: userIdOf(0), email: ada }] });
  opened.emulator.faults.add({ on: "get-user-batch", then: { kind: "http", status: 200, body } });
  expectRefused(await opened.send(DELETE, deletion([ada])), "does not show");
  expect(idsLeft(opened)).toEqual(idsOf([0, 1, 2, 3, 4, 5]));
});

test("whoever becomes protected right after the run has looked them up is neither deleted nor suspended", async () => {
  const plans = [planOf({ deleted: [ada], suspended: [bob] })];
  const opened = await open({ plans, ...protecting({ username: ["chief"] }) });
  await opened.send(LOOK_UP, lookUpOf(idsOf([0, 1]), "user_id"));
  for (const index of [0, 1]) {
    opened.emulator.pool.update(userIdOf(index), { username: "chief" });
    const body = index === 0 ? deletion([userIdOf(0)], "user_id") : statusesOf([userIdOf(1), "Suspended"]);
    expect((await opened.send(index === 0 ? DELETE : SET_STATUS, body)).status).toBe(403);
    opened.emulator.pool.update(userIdOf(index), { username: `former${index}` });
  }
  expect(idsLeft(opened)).toEqual(idsOf([0, 1, 2, 3, 4, 5]));
});

describe("a request at the socket", () => {
  const plan = planOf({ deleted: [ada] });
  const everybodyElse = JSON.stringify(deletion([bob]));

  test.each<[what: string, body: string]>([
    ["a key twice", `{"userIds":["${ada}"],"userIds":["${bob}"],"options":{"userIdType":"email"}}`],
    ["a key in another case", `{"userIds":["${ada}"],"UserIds":["${bob}"],"options":{"userIdType":"email"}}`],
    [
      "__proto__ beside the ids",
      `{"userIds":["${ada}"],"options":{"userIdType":"email"},"__proto__":{"userIds":["${bob}"]}}`,
    ],
    [
      "__proto__ in the options",
      `{"userIds":["${ada}"],"options":{"userIdType":"email","__proto__":{"userIdType":"username"}}}`,
    ],
    [
      "__proto__ in place of the ids",
      `{"__proto__":{"userIds":["${ada}"]},"options":{"userIdType":"email"}}`,
    ],
    ["ids as an object", `{"userIds":{"0":"${ada}","length":1},"options":{"userIdType":"email"}}`],
    ["an id as a list", `{"userIds":[["${ada}"]],"options":{"userIdType":"email"}}`],
    ["a list of calls", `[${JSON.stringify(deletion([ada]))}]`],
    ["lists in lists", "[".repeat(1_000_000)],
    ["a byte order mark", `\uFEFF${everybodyElse}`],
  ])("with %s deletes nobody", async (_, body) => {
    const opened = await open({ plans: [plan] });
    expect((await opened.send(DELETE, body)).status).toBe(403);
    expect(idsLeft(opened)).toEqual(idsOf([0, 1, 2, 3, 4, 5]));
  });

  test.each([
    `/${DELETE}`,
    DELETE.replace("/v3/", "/v3//"),
    `${DELETE}/`,
    `${DELETE};x`,
    `${DELETE}#x`,
    `${DELETE}%20`,
    DELETE.replace("-", "%2D"),
    DELETE.toUpperCase(),
    `${LOOK_UP}/..${DELETE.slice(DELETE.lastIndexOf("/"))}`,
    `http://guard${DELETE}`,
    `http://other.example${DELETE}`,
  ])("at the path %s is no call that the guard knows", async (path) => {
    const opened = await open({ plans: [plan] });
    const socket = await openSocket(opened);
    const text = await everythingAt(socket, bytesOf(opened, path, JSON.stringify(deletion([ada]))));
    expect(text).toContain("does not know the call");
    expect(opened.emulator.calls).toEqual([]);
  });

  test.each<[what: string, change: (request: string) => string | Buffer]>([
    ["another method in a header", (it) => it.replace("host:", "x-http-method-override: DELETE\r\nhost:")],
    [
      "an upgrade of the protocol",
      (it) => it.replace("host:", "connection: upgrade\r\nupgrade: h2c\r\nhost:"),
    ],
    ["the wish to go on", (it) => it.replace("host:", "expect: 100-continue\r\nhost:")],
    ["the version twice", (it) => it.replace("host:", `${GuardHeader.VERSION}: ${GUARD_VERSION}\r\nhost:`)],
    ["the host twice", (it) => it.replace("host:", `${GuardHeader.HOST}: https://other.example\r\nhost:`)],
    ["a tunnel as its method", (it) => it.replace("POST", "CONNECT")],
    ["an older protocol", (it) => it.replace("HTTP/1.1", "HTTP/1.0")],
    ["line feeds alone", (it) => it.replaceAll("\r\n", "\n")],
    ["a header that is continued", (it) => it.replace("host: guard", "host: guard\r\n x: y")],
    [
      "chunks, with an extension and a trailer",
      (it) =>
        `${it.replace(/content-length: \d+/, "transfer-encoding: chunked").replace(/\r\n\r\n[^]*/, "")}\r\n\r\n${everybodyElse.length.toString(16)};x=y\r\n${everybodyElse}\r\n0\r\n${GuardHeader.HOST}: x\r\n\r\n`,
    ],
    [
      "a body that is compressed",
      (it) => {
        const body = gzipSync(everybodyElse);
        const head = it.replace(/\r\n\r\n[^]*/, "").replace(/length: \d+/, `length: ${body.length}`);
        return Buffer.concat([Buffer.from(`${head}\r\ncontent-encoding: gzip\r\n\r\n`), body]);
      },
    ],
  ])("with %s deletes nobody", async (_, change) => {
    const opened = await open({ plans: [plan] });
    const socket = await openSocket(opened);
    const text = await everythingAt(socket, change(bytesOf(opened, DELETE, everybodyElse)));
    expect(text).not.toContain("HTTP/1.1 200");
    expect(opened.emulator.calls.map(({ path }) => path)).not.toContain(DELETE);
    expect(opened.emulator.pool.size).toBe(pool.length);
  });

  test("behind another one on the same connection is judged by itself", async () => {
    const opened = await open({ plans: [plan] });
    const socket = await openSocket(opened);
    const parts = [
      bytesOf(opened, LOOK_UP, JSON.stringify(lookUpOf([bob]))),
      bytesOf(opened, DELETE, everybodyElse),
      bytesOf(opened, DELETE, JSON.stringify(deletion([ada]))),
      bytesOf(opened, DELETE, everybodyElse),
    ];
    socket.write(parts.join(""));
    expect(await answersAt(socket, 4)).toEqual(["200", "403", "200", "403"]);
    expect(idsLeft(opened)).toEqual(idsOf([1, 2, 3, 4, 5]));
  });

  test("that hides another one in its body sends one call at most", async () => {
    const opened = await open({ plans: [plan] });
    for (const hidden of [
      bytesOf(opened, DELETE, everybodyElse),
      `0\r\n\r\n${bytesOf(opened, DELETE, everybodyElse)}`,
    ]) {
      for (const smuggled of [
        bytesOf(opened, LOOK_UP, hidden),
        bytesOf(opened, LOOK_UP, hidden, 0),
        bytesOf(opened, LOOK_UP, hidden).replace(
          "content-length",
          "transfer-encoding: chunked\r\ncontent-length",
        ),
        bytesOf(opened, LOOK_UP, hidden).replace("content-length", "content-length: 0\r\ncontent-length"),
        bytesOf(opened, LOOK_UP, hidden).replace("content-length", "transfer-encoding: xchunked\r\nx"),
        bytesOf(opened, LOOK_UP, hidden).replace("content-length", "transfer-encoding : chunked\r\nx"),
      ]) {
        const socket = await openSocket(opened);
        const answered = answersAt(socket, 2);
        socket.end(smuggled);
        expect(await answered).not.toContain("200");
      }
    }
    expect(opened.emulator.calls.map(({ path }) => path)).not.toContain(DELETE);
    expect(idsLeft(opened)).toEqual(idsOf([0, 1, 2, 3, 4, 5]));
  });

  test("that never ends keeps nobody else waiting, and not the guard's end", async () => {
    const opened = await open({ plans: [plan] });
    for (let number = 0; number < 100; number += 1) {
      const socket = await openSocket(opened);
      socket.write(bytesOf(opened, DELETE, "{", 1000));
    }
    expect((await opened.send(DELETE, deletion([ada]))).status).toBe(200);
    expect((await opened.session.close()).changes.deletion.sent).toBe(1);
  });

  test("that waits for its turn is sent no more once the guard ends", async () => {
    const opened = await open({
      plans: [plan],
      environment: { GENAUTH_REQUESTS_PER_SECOND: "2" },
    });
    const socket = await openSocket(opened);
    const reads = Array.from({ length: 500 }, () =>
      bytesOf(opened, LOOK_UP, JSON.stringify(lookUpOf([bob]))),
    );
    socket.write(reads.join(""));
    await once(socket, "data");
    await opened.session.close();
    expect(opened.emulator.calls.length).toBeLessThan(100);
  });

  test("that comes while the guard ends is not sent", async () => {
    const opened = await open({ plans: [plan] }, { latencyMs: 200 });
    const socket = await openSocket(opened);
    const answered = answersAt(socket, 2);
    socket.write(bytesOf(opened, LOOK_UP, JSON.stringify(lookUpOf([bob]))));
    while (opened.emulator.calls.filter(({ path }) => path === LOOK_UP).length < 1)
      await new Promise((resolve) => setTimeout(resolve, 5));
    const ended = opened.session.close();
    socket.write(bytesOf(opened, DELETE, JSON.stringify(deletion([ada]))));
    await ended;
    expect(await answered).not.toContain("403");
    expect(idsLeft(opened)).toEqual(idsOf([0, 1, 2, 3, 4, 5]));
  });
});

type Resource = PlanJson["resource_changes"][number];
const changed = (
  from: PlanJson,
  by: Partial<Resource>,
  change: Partial<Resource["change"]> = {},
): PlanJson => ({
  ...from,
  resource_changes: from.resource_changes.map((one) => ({
    ...one,
    ...by,
    change: { ...one.change, ...change },
  })),
});
const both = planOf({ deleted: [ada], suspended: [bob], reactivated: [userIdOf(2)] });
const ofNull = nullPlanOf([ada]);
const byUserId = { triggers: { user_id_type: "user_id", [`user:${userIdOf(0)}`]: "x" } };
const TYPE_UNKNOWN = { triggers: { user_id_type: true } };

describe("a plan that", () => {
  test.each<[what: string, its: PlanJson]>([
    ["replaces a set", changed(both, {}, { actions: ["delete", "create"] })],
    ["replaces a set, the new one first", changed(both, {}, { actions: ["create", "delete"] })],
    ["destroys a set", changed(both, {}, { actions: ["delete"], after: null })],
    ["forgets a set", changed(both, {}, { actions: ["forget"], after: null })],
    ["creates a set", changed(both, {}, { actions: ["create"], before: null })],
    [
      "destroys what is left of a set",
      changed(both, { deposed: "abcd1234" }, { actions: ["delete"], after: null }),
    ],
    ["reads a set as data", changed(both, { mode: "data" })],
    ["names a set's type in another case", changed(both, { type: "Genauth_user_set" })],
    ["replaces a null_resource, the new one first", changed(ofNull, {}, { actions: ["create", "delete"] })],
    ["replaces a tainted null_resource", changed(ofNull, { action_reason: "replace_because_tainted" })],
    ["destroys a null_resource", changed(ofNull, {}, { actions: ["delete"], after: null })],
  ])("%s approves nobody", async (_, its) => {
    const opened = await open({ plans: [its] });
    opened.emulator.pool.update(userIdOf(2), { status: "Suspended" });
    for (const [path, body] of [
      [DELETE, deletion([ada])],
      [DELETE, deletion([userIdOf(0)], "user_id")],
      [SET_STATUS, statusesOf([userIdOf(1), "Suspended"])],
      [SET_STATUS, statusesOf([userIdOf(2), "Activated"])],
    ] as const)
      expect((await opened.send(path, body)).status).toBe(403);
    expect(opened.emulator.calls.map(({ path }) => path)).not.toContain(DELETE);
    expect(opened.emulator.calls.map(({ path }) => path)).not.toContain(SET_STATUS);
  });
});

test.each([
  ["somebody who leaves", changed(both, {}, { after_unknown: {} })],
  ["the id type of a null_resource", changed(ofNull, {}, { before: byUserId, after_unknown: TYPE_UNKNOWN })],
])("a plan that does not say what becomes of %s starts nothing", async (_, its) => {
  await expect(open({ plans: [its] })).rejects.toThrow("does not say what becomes of everybody who leaves");
});

test("a plan that has become too old since the start, even during a look-up, changes nobody any more", async () => {
  const timestamp = new Date(Date.now() - 3_600_000 + 1500).toISOString();
  const opened = await open({ plans: [planOf({ deleted: [ada], timestamp })], maxPlanAgeHours: 1 });
  opened.emulator.faults.add({ on: "get-user-batch", then: { kind: "slow", ms: 1600 } });
  expectRefused(await opened.send(DELETE, deletion([ada])), "its plans are too old by now");
  expect(idsLeft(opened)).toEqual(idsOf([0, 1, 2, 3, 4, 5]));
});

test("a request that waits for the guard's start does not keep a guard alive that does not start", async () => {
  const socket = join(newFolder(), "guard.sock");
  const starting = open({
    plans: [planOf({ deleted: [ada] })],
    socket,
    readKey: () =>
      new Promise((_, reject) => {
        setTimeout(() => reject(new Error("no key")), 200);
      }),
  });
  const ended = expect(starting).rejects.toThrow();
  let waiting: Socket | undefined;
  while (!waiting) {
    const attempt = connect(socket);
    atEnd(() => attempt.destroy());
    waiting = await once(attempt, "connect").then(
      () => attempt,
      () => undefined,
    );
  }
  waiting.on("error", () => undefined);
  const head = `POST ${DELETE} HTTP/1.1\r\nhost: guard\r\n${GuardHeader.VERSION}: ${GUARD_VERSION}\r\n`;
  waiting.write(`${head}content-length: 2\r\n\r\n{}`);
  await ended;
  await once(waiting, "close");
});

test("a debugger that is open keeps the guard from starting", async () => {
  inspector.open(0);
  try {
    await expect(open()).rejects.toThrow("A debugger is open in this process");
  } finally {
    inspector.close();
  }
});

describe("an audit file", () => {
  test("lists the first refusals, and ends with a count of all, by the first reasons, without long text", async () => {
    const folder = newFolder();
    const auditFile = join(folder, "audit.jsonl");
    const opened = await open({ plans: [planOf({ deleted: [ada] })], auditFile });
    for (let number = 0; number < 200; number += 1) await opened.send(`/x${number}`, {});
    await opened.send(DELETE, deletion([ada]), { headers: { [GuardHeader.HOST]: "x".repeat(9000) } });
    const { refused } = await opened.session.close();
    expect(Object.keys(refused).length).toBeLessThan(50);
    expect(Object.values(refused).reduce((sum, times) => sum + times, 0)).toBe(201);
    expect(Math.max(...Object.keys(refused).map(({ length }) => length))).toBeLessThan(300);
    const lines = readAudit({ folder });
    expect(lines.length).toBeLessThan(110);
    expect(lines.at(-1)).toMatchObject({ event: "ended", refused });
  });

  test.each<[what: string, make: (path: string, folder: string) => void]>([
    ["a link", (path, folder) => symlinkSync(join(folder, "victim"), path)],
    ["a link to nothing", (path, folder) => symlinkSync(join(folder, "nothing"), path)],
    ["a second name of another file", (path, folder) => linkSync(join(folder, "victim"), path)],
  ])("that is %s is refused, and nothing is written", async (_, make) => {
    const folder = newFolder();
    writeFileSync(join(folder, "victim"), "before");
    const auditFile = join(folder, "audit.jsonl");
    make(auditFile, folder);
    await expect(open({ plans: [planOf({ deleted: [ada] })], auditFile })).rejects.toThrow(
      "cannot be written",
    );
    expect(readFileSync(join(folder, "victim"), "utf8")).toBe("before");
  });
});

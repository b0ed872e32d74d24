import { describe, expect, test } from "@jest/globals";
import type { DirectoryFailure, Outcome } from "../../../src/users";
import { type Effect, type PoolUser, seedUsers } from "../../support/emulator";
import { startTestServer } from "../../support/api/test-server";
import type { TestServer } from "../../support/api/test-server";
import { shown } from "../../support/api/shown";

let server: TestServer;

const [{ userId }] = seedUsers(1) as [PoolUser];

const envelope = (statusCode: number, apiCode?: number) =>
  ({ kind: "answer", statusCode, ...(apiCode !== undefined && { apiCode }) }) as const;

/** Whether only a time-out ends the call. */
const isEndless = ({ kind }: Effect) => kind === "hang" || kind === "drip";

/** What a call came to, and how often it was sent. */
interface Call {
  readonly sent: number;
  readonly outcome: Outcome<unknown>;
}

/** Makes each call while this is the answer to every request. */
async function callsUnder(answer: Effect) {
  const seen: unknown[] = [];
  const note = (...line: unknown[]) => void seen.push(line);
  const timeoutSeconds = isEndless(answer) ? 0.2 : 30;
  server = await startTestServer({ timeoutSeconds, logger: { debug: note, trace: note } });
  const { emulator, client } = server;
  emulator.faults.add({ then: answer });
  const countSent = async (call: Promise<Outcome<unknown>>): Promise<Call> => {
    const before = emulator.calls.length;
    const outcome = await call;
    seen.push(outcome);
    return { sent: emulator.calls.length - before, outcome };
  };
  const calls = {
    findUsers: await countSent(client.findUsers(["user001"], "username")),
    findUser: await countSent(client.findUser("user001", "username")),
    deleteUsers: await countSent(client.deleteUsers(["user001"], "username")),
    setStatus: await countSent(client.setStatus([userId], "Suspended")),
  };
  expect(shown(seen)).not.toContain(emulator.accessKeySecret);
  return calls;
}

/** An answer, and what of it the failure of a change shows. */
interface Answered {
  readonly answer: Effect;
  readonly shows?: Partial<Pick<DirectoryFailure, "statusCode" | "apiCode">>;
}

/** Answers of one kind. */
interface Kind {
  /** What such an answer says or does. */
  readonly says: string;
  readonly fate: Pick<DirectoryFailure, "transient" | "reach">;
  /** How often a look-up and a change are sent, of three attempts. */
  readonly lookUps: number;
  readonly changes: number;
  /** That of a change; a look-up has none. */
  readonly effect: DirectoryFailure["effect"];
  readonly answers: readonly Answered[];
}

const KINDS: readonly Kind[] = [
  {
    says: "may pass next time, and had no effect, so that each call is sent again",
    fate: { transient: true, reach: "call" },
    lookUps: 3,
    changes: 3,
    effect: "none",
    answers: [
      { answer: envelope(429), shows: { statusCode: 429 } },
      { answer: { kind: "http", status: 429 }, shows: { statusCode: 429 } },
    ],
  },
  {
    says: "may pass next time, and may have had an effect, so that only a look-up is sent again",
    fate: { transient: true, reach: "call" },
    lookUps: 3,
    changes: 1,
    effect: "unknown",
    answers: [
      { answer: envelope(500), shows: { statusCode: 500 } },
      { answer: envelope(502) },
      { answer: envelope(503) },
      { answer: envelope(601) },
      { answer: envelope(602) },
      { answer: { kind: "http", status: 502 }, shows: { statusCode: 502 } },
      { answer: { kind: "http", status: 503, body: "" } },
      { answer: { kind: "http", status: 200 } },
      {
        answer: { kind: "http", status: 502, body: `{"statusCode":200,"data":[]}` },
        shows: { statusCode: 502 },
      },
      { answer: { kind: "reset" } },
      { answer: { kind: "reset", carriedOut: true } },
      { answer: { kind: "hang" } },
      { answer: { kind: "drip", everyMs: 100 } },
      { answer: { kind: "truncated" } },
      { answer: { kind: "emptyBody" } },
      { answer: envelope(401, 1306), shows: { apiCode: 1306 } },
    ],
  },
  {
    says: "refuses this call alone, without an effect",
    fate: { transient: false, reach: "call" },
    lookUps: 1,
    changes: 1,
    effect: "none",
    answers: [
      { answer: envelope(400), shows: { statusCode: 400 } },
      { answer: envelope(404) },
      { answer: envelope(409) },
      { answer: envelope(413) },
      { answer: envelope(422) },
      { answer: envelope(501) },
    ],
  },
  {
    says: "ends this call alone, perhaps with an effect",
    fate: { transient: false, reach: "call" },
    lookUps: 1,
    changes: 1,
    effect: "unknown",
    answers: [
      { answer: envelope(499) },
      { answer: envelope(603) },
      { answer: { kind: "hugeBody", bytes: 17 * 1024 * 1024 } },
      { answer: { kind: "http", status: 400 }, shows: { statusCode: 400 } },
      {
        answer: { kind: "http", status: 400, body: `{"statusCode":200,"data":[]}` },
        shows: { statusCode: 400 },
      },
      { answer: { kind: "http", status: 404 }, shows: { statusCode: 404 } },
    ],
  },
  {
    says: "refuses every other call, too, without an effect",
    fate: { transient: false, reach: "every_call" },
    lookUps: 1,
    changes: 1,
    effect: "none",
    answers: [
      { answer: envelope(401) },
      { answer: envelope(402) },
      { answer: envelope(403) },
      { answer: envelope(401, 1300), shows: { apiCode: 1300 } },
      { answer: envelope(401, 1305), shows: { apiCode: 1305 } },
      { answer: envelope(401, 2020) },
      { answer: envelope(404, 2224), shows: { apiCode: 2224 } },
      { answer: envelope(400, 4021), shows: { apiCode: 4021 } },
    ],
  },
  {
    says: "ends every other call, too, perhaps with an effect",
    fate: { transient: false, reach: "every_call" },
    lookUps: 1,
    changes: 1,
    effect: "unknown",
    answers: [
      { answer: { kind: "http", status: 403 }, shows: { statusCode: 403 } },
      { answer: { kind: "http", status: 407 } },
      { answer: { kind: "http", status: 300 }, shows: { statusCode: 300 } },
      { answer: { kind: "redirect", location: "http://127.0.0.1:9/" } },
    ],
  },
];

describe.each(KINDS)("an answer that $says:", ({ fate, lookUps, changes, effect, answers }) => {
  test.each(answers)("$answer", async ({ answer, shows }) => {
    const lookUp = { sent: lookUps, outcome: { ok: false, failure: { ...fate, effect: "none" } } };
    const change = { sent: changes, outcome: { ok: false, failure: { ...fate, effect, ...shows } } };
    expect(await callsUnder(answer)).toMatchObject({
      findUsers: lookUp,
      findUser: lookUp,
      deleteUsers: change,
      setStatus: change,
    });
  });
});

test.each<Effect>([
  envelope(429),
  envelope(503),
  { kind: "http", status: 502 },
  { kind: "reset" },
  { kind: "hang" },
  { kind: "truncated" },
  { kind: "emptyBody" },
])("a look-up succeeds after %j", async (fault) => {
  server = await startTestServer({ timeoutSeconds: isEndless(fault) ? 0.5 : 30 });
  server.emulator.faults.add({ times: 1, then: fault });
  expect(await server.client.findUsers(["user001"], "username")).toMatchObject({
    ok: true,
    value: [{ username: "user001" }],
  });
  expect(server.emulator.calls).toHaveLength(2);
});

test("a deletion succeeds after a 429, and is carried out once", async () => {
  server = await startTestServer();
  server.emulator.faults.add({ times: 2, then: envelope(429) });
  expect(await server.client.deleteUsers(["user001"], "username")).toEqual({ ok: true, value: undefined });
  expect(server.emulator.calls.map(({ statusCode }) => statusCode)).toEqual([429, 429, 200]);
});

test("a refusal in GenAuth's words counts, whatever the HTTP status beside it is", async () => {
  server = await startTestServer();
  const refusal = (status: number, apiCode: number) => ({
    kind: "http" as const,
    status,
    body: JSON.stringify({ statusCode: status, apiCode }),
  });
  server.emulator.faults.add({ on: "get-user", then: refusal(404, 2004) });
  server.emulator.faults.add({ on: "delete-users-batch", then: refusal(400, 9999) });
  expect(await server.client.findUser("user001", "username")).toEqual({ ok: true, value: undefined });
  expect(await server.client.deleteUsers(["user001"], "username")).toMatchObject({
    ok: false,
    failure: { effect: "none", apiCode: 9999 },
  });
});

test.each([`{"statusCode":200}`, `{"statusCode":200,"data":null}`, `{"statusCode":200,"data":{}}`])(
  "a deletion that GenAuth answers with %s is a success",
  async (body) => {
    server = await startTestServer();
    server.emulator.faults.add({ then: { kind: "http", status: 200, body } });
    expect(await server.client.deleteUsers(["user001"], "username")).toEqual({ ok: true, value: undefined });
  },
);

test("only a change, and no look-up, may still have been carried out", async () => {
  server = await startTestServer();
  server.emulator.faults.add({ then: { kind: "reset" } });
  const words = "It may still have been carried out.";
  expect(await server.client.deleteUsers(["user001"], "username")).toMatchObject({
    failure: { message: expect.stringContaining(words) },
  });
  expect(await server.client.findUser("user001", "username")).toMatchObject({
    failure: { message: expect.not.stringContaining(words) },
  });
});

test("success: false is a failure after which the deletion may have been carried out", async () => {
  server = await startTestServer();
  server.emulator.faults.add({ then: { kind: "successFalse" } });
  expect(await server.client.deleteUsers(["user001"], "username")).toMatchObject({
    ok: false,
    failure: { effect: "unknown", transient: false, reach: "call", statusCode: 200 },
  });
  expect(server.emulator.calls).toHaveLength(1);
});

test("a correct answer with the content type HTML is accepted", async () => {
  server = await startTestServer();
  server.emulator.faults.add({ then: { kind: "wrongContentType" } });
  expect(await server.client.findUser("user001", "username")).toMatchObject({
    ok: true,
    value: { username: "user001" },
  });
});

test("only a 404 with GenAuth's own code means that there is no such user", async () => {
  server = await startTestServer();
  expect(await server.client.findUser("nobody", "username")).toEqual({ ok: true, value: undefined });
  for (const body of [
    `{"statusCode":404,"message":"Not Found"}`,
    `{"statusCode":404,"apiCode":2224}`,
    `{"statusCode":400,"apiCode":2004}`,
    "<html/>",
  ]) {
    server.emulator.faults.clear();
    server.emulator.faults.add({ then: { kind: "http", status: 404, body } });
    expect(await server.client.findUser("user001", "username")).toMatchObject({ ok: false });
  }
});

test.each([
  [`{"statusCode":200,"data":[{"userId":5}]}`, "data.0.userId"],
  [`{"statusCode":200,"data":[{"userId":""}]}`, "data.0.userId"],
  [`{"statusCode":200,"data":[{"userId":"a","email":["a"]}]}`, "data.0.email"],
  [`{"statusCode":200,"data":[{"userId":"a","identities":{}}]}`, "data.0.identities"],
  [`{"statusCode":200,"data":{"list":[]}}`, "data"],
  [`{"statusCode":200,"data":[null]}`, "data.0"],
  [`{"statusCode":200}`, "data"],
])("the answer %s to a look-up is not understood, and not retried", async (body, where) => {
  server = await startTestServer();
  server.emulator.faults.add({ then: { kind: "http", status: 200, body } });
  expect(await server.client.findUsers(["a"], "user_id")).toMatchObject({
    ok: false,
    failure: {
      transient: false,
      reach: "call",
      message: expect.stringContaining(`not understood: ${where}`),
    },
  });
  expect(server.emulator.calls).toHaveLength(1);
});

test.each([`{"statusCode":200,"data":{"success":"yes"}}`, `{"statusCode":200,"data":"done"}`])(
  "the deletion's answer %s is not understood, so it may have been carried out",
  async (body) => {
    server = await startTestServer();
    server.emulator.faults.add({ then: { kind: "http", status: 200, body } });
    expect(await server.client.deleteUsers(["a"], "user_id")).toMatchObject({
      ok: false,
      failure: { effect: "unknown" },
    });
    expect(server.emulator.calls).toHaveLength(1);
  },
);

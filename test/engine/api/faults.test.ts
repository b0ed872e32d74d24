import { expect, test } from "@jest/globals";
import type { DirectoryFailure, Outcome } from "../../../src/users";
import type { Effect } from "../../support/emulator";
import { startTestServer } from "../../support/api/test-server";
import type { TestServer } from "../../support/api/test-server";
import { shown } from "../../support/api/shown";

let server: TestServer;

const envelope = (statusCode: number, apiCode?: number) =>
  ({ kind: "answer", statusCode, ...(apiCode !== undefined && { apiCode }) }) as const;

/** Whether only a time-out ends the call. */
const isEndless = ({ kind }: Effect) => kind === "hang" || kind === "drip";

/** The result of a call if every attempt fails: how often it is sent, and the failure. */
type Expected = [attempts: number, failure: Partial<DirectoryFailure>];

const none = { effect: "none" } as const;
const unknown = { effect: "unknown" } as const;
const passing = { transient: true, reach: "call" } as const;
const final = { transient: false, reach: "call" } as const;
const everyCall = { transient: false, reach: "every_call" } as const;

const always: [fault: Effect, lookUp: Expected, deletion: Expected][] = [
  // Certainly not carried out: sent again automatically.
  [envelope(429), [3, passing], [3, { ...none, ...passing, statusCode: 429 }]],
  [{ kind: "http", status: 429 }, [3, passing], [3, { ...none, ...passing, statusCode: 429 }]],
  // May have been carried out: a look-up is sent again, a deletion is left to the caller.
  [envelope(500), [3, passing], [1, { ...unknown, ...passing, statusCode: 500 }]],
  [envelope(502), [3, passing], [1, { ...unknown, ...passing }]],
  [envelope(503), [3, passing], [1, { ...unknown, ...passing }]],
  [envelope(601), [3, passing], [1, { ...unknown, ...passing }]],
  [envelope(602), [3, passing], [1, { ...unknown, ...passing }]],
  [{ kind: "http", status: 502 }, [3, passing], [1, { ...unknown, ...passing, statusCode: 502 }]],
  [{ kind: "http", status: 503, body: "" }, [3, passing], [1, { ...unknown, ...passing }]],
  [{ kind: "http", status: 200 }, [3, passing], [1, { ...unknown, ...passing }]],
  [
    { kind: "http", status: 502, body: `{"statusCode":200,"data":[]}` },
    [3, passing],
    [1, { ...unknown, ...passing, statusCode: 502 }],
  ],
  [{ kind: "reset" }, [3, passing], [1, { ...unknown, ...passing }]],
  [{ kind: "reset", carriedOut: true }, [3, passing], [1, { ...unknown, ...passing }]],
  [{ kind: "hang" }, [3, passing], [1, { ...unknown, ...passing }]],
  [{ kind: "drip", everyMs: 100 }, [3, passing], [1, { ...unknown, ...passing }]],
  [{ kind: "truncated" }, [3, passing], [1, { ...unknown, ...passing }]],
  [{ kind: "emptyBody" }, [3, passing], [1, { ...unknown, ...passing }]],
  [envelope(401, 1306), [3, passing], [1, { ...unknown, ...passing, apiCode: 1306 }]],
  // Only this call is refused.
  [envelope(400), [1, final], [1, { ...none, ...final, statusCode: 400 }]],
  [envelope(404), [1, final], [1, { ...none, ...final }]],
  [envelope(409), [1, final], [1, { ...none, ...final }]],
  [envelope(413), [1, final], [1, { ...none, ...final }]],
  [envelope(422), [1, final], [1, { ...none, ...final }]],
  [envelope(501), [1, final], [1, { ...none, ...final }]],
  [envelope(499), [1, final], [1, { ...unknown, ...final }]],
  [envelope(603), [1, final], [1, { ...unknown, ...final }]],
  [{ kind: "hugeBody", bytes: 17 * 1024 * 1024 }, [1, final], [1, { ...unknown, ...final }]],
  [{ kind: "http", status: 400 }, [1, final], [1, { ...unknown, ...final, statusCode: 400 }]],
  [
    { kind: "http", status: 400, body: `{"statusCode":200,"data":[]}` },
    [1, final],
    [1, { ...unknown, ...final, statusCode: 400 }],
  ],
  [{ kind: "http", status: 404 }, [1, final], [1, { ...unknown, ...final, statusCode: 404 }]],
  // Every other call would be refused too.
  [envelope(401), [1, everyCall], [1, { ...none, ...everyCall }]],
  [envelope(402), [1, everyCall], [1, { ...none, ...everyCall }]],
  [envelope(403), [1, everyCall], [1, { ...none, ...everyCall }]],
  [envelope(401, 1300), [1, everyCall], [1, { ...none, ...everyCall, apiCode: 1300 }]],
  [envelope(401, 1305), [1, everyCall], [1, { ...none, ...everyCall, apiCode: 1305 }]],
  [envelope(401, 2020), [1, everyCall], [1, { ...none, ...everyCall }]],
  [envelope(404, 2224), [1, everyCall], [1, { ...none, ...everyCall, apiCode: 2224 }]],
  [envelope(400, 4021), [1, everyCall], [1, { ...none, ...everyCall, apiCode: 4021 }]],
  [{ kind: "http", status: 403 }, [1, everyCall], [1, { ...unknown, ...everyCall, statusCode: 403 }]],
  [{ kind: "http", status: 407 }, [1, everyCall], [1, { ...unknown, ...everyCall }]],
  [{ kind: "http", status: 300 }, [1, everyCall], [1, { ...unknown, ...everyCall, statusCode: 300 }]],
  [{ kind: "redirect", location: "http://127.0.0.1:9/" }, [1, everyCall], [1, { ...unknown, ...everyCall }]],
];

test.each(always)(
  "when every answer is %j",
  async (fault, [lookUps, lookUpFailure], [deletions, deletionFailure]) => {
    const seen: unknown[] = [];
    const note = (...line: unknown[]) => void seen.push(line);
    const timeoutSeconds = isEndless(fault) ? 0.3 : 30;
    server = await startTestServer({ timeoutSeconds, logger: { debug: note, trace: note } });
    const { emulator, client } = server;
    emulator.faults.add({ then: fault });
    const expectFailure = (outcome: Outcome<unknown>, failure: Partial<DirectoryFailure>): void => {
      seen.push(outcome);
      expect(outcome).toMatchObject({ ok: false, failure });
    };
    const readFailure = { ...lookUpFailure, effect: "none" } as const;
    expectFailure(await client.findUsers(["user001"], "username"), readFailure);
    expect(emulator.calls).toHaveLength(lookUps);
    expectFailure(await client.findUser("user001", "username"), readFailure);
    expect(emulator.calls).toHaveLength(2 * lookUps);
    expectFailure(await client.deleteUsers(["user001"], "username"), deletionFailure);
    expect(emulator.calls).toHaveLength(2 * lookUps + deletions);
    expect(shown(seen)).not.toContain(emulator.accessKeySecret);
  },
);

test.each<Effect>([
  envelope(429),
  envelope(503),
  { kind: "http", status: 502 },
  { kind: "reset" },
  { kind: "hang" },
  { kind: "truncated" },
  { kind: "emptyBody" },
])("a look-up succeeds after %j", async (fault) => {
  server = await startTestServer({ timeoutSeconds: isEndless(fault) ? 1.5 : 30 });
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

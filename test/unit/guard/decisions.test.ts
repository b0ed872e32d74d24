import { describe, expect, test } from "@jest/globals";
import { statSync } from "node:fs";
import { dirname, join } from "node:path";
import { newFolder } from "../../support/at-end";
import { readAudit } from "../../support/guard/guarded";
import { GUARD_REFUSES_ALL, GuardHeader } from "../../../src/api";
import type { PlanJson } from "../../../src/terraform-json";
import {
  DELETE,
  deletion,
  emailOf,
  type Guarded,
  nullPlanOf,
  openGuard,
  planOf,
  pool,
  protecting,
  type RequestOptions,
  SET_STATUS,
  statusesOf,
  userIdOf,
  expectRefused,
} from "./support/in-process";

const ada = emailOf(0);
const bob = emailOf(1);
const carl = emailOf(2);
const plan = planOf({
  deleted: [ada],
  suspended: [bob],
  declared: pool.slice(2).map((_, index) => emailOf(index + 2)),
});

const open = (...[options, users]: Parameters<typeof openGuard>): Promise<Guarded> =>
  openGuard({ plans: [plan], ...options }, users);

const changesIn = ({ emulator }: Guarded): number =>
  emulator.calls.filter(({ path }) => path === DELETE || path === SET_STATUS).length;

const UNKNOWN_PART = "a part that the guard does not know";
const NOT_APPROVED = "no approved plan deletes this user";
const sending = (header: string, value?: string): RequestOptions => ({ headers: { [header]: value } });

const [suspended] = statusesOf([userIdOf(1), "Suspended"]).list;
const withPassword = { list: [{ ...suspended, password: "x" }] };
const bothSuspended = { list: [suspended, ...statusesOf([userIdOf(2), "Suspended"]).list] };

/** A request that the guard refuses. */
interface RefusedRequest {
  readonly what: string;
  readonly path?: string;
  readonly body: unknown;
  readonly options?: RequestOptions;
  readonly why: string;
}

async function expectRefusedAndUnsent({ path = DELETE, body, options, why }: RefusedRequest): Promise<void> {
  const opened = await open();
  expectRefused(await opened.send(path, body, options), why);
  expect(changesIn(opened)).toBe(0);
  expect(opened.emulator.pool.size).toBe(pool.length);
}

describe("a request is refused that is no call of this version's client for this key:", () => {
  const approved = deletion([ada]);

  test.each<RefusedRequest>([
    { what: "a GET", body: "", options: { method: "GET" }, why: "commands of cdktf-genauth only" },
    {
      what: "a PUT, as of a backend",
      path: "/v1/kv/state",
      body: "{}",
      options: { method: "PUT" },
      why: "commands of cdktf-genauth only",
    },
    {
      what: "without a version",
      body: approved,
      options: sending(GuardHeader.VERSION),
      why: "cdktf-genauth only",
    },
    {
      what: "of another version",
      body: approved,
      options: sending(GuardHeader.VERSION, "9.9.9"),
      why: "has another one",
    },
    { what: "without a host", body: approved, options: sending(GuardHeader.HOST), why: "calls no host" },
    {
      what: "for another host",
      body: approved,
      options: sending(GuardHeader.HOST, "https://evil.example"),
      why: "Give both the same GENAUTH_HOST",
    },
    {
      what: "for another tenant",
      body: approved,
      options: sending(GuardHeader.TENANT, "t"),
      why: "another tenant",
    },
  ])("$what", expectRefusedAndUnsent);
});

describe("a request is refused of which the guard does not know everything:", () => {
  test.each<RefusedRequest>([
    { what: "another call", path: "/api/v3/create-user", body: {}, why: "does not know the call" },
    {
      what: "a query behind the path",
      path: `${DELETE}?userIds=x`,
      body: deletion([ada]),
      why: "does not know the call",
    },
    { what: "a name of every object", path: "/__proto__", body: {}, why: "does not know the call" },
    { what: "no JSON", body: "{", why: UNKNOWN_PART },
    { what: "another option", body: { ...deletion([ada]), force: true }, why: UNKNOWN_PART },
    { what: "no id", body: deletion([]), why: UNKNOWN_PART },
    { what: "51 ids", body: deletion(Array(51).fill(ada)), why: UNKNOWN_PART },
    { what: "an id twice", body: deletion([ada, ada]), why: "the call has an id that appears twice" },
    { what: "an unknown id type", body: deletion([ada], "custom_field"), why: UNKNOWN_PART },
    {
      what: "another status",
      path: SET_STATUS,
      body: statusesOf([userIdOf(1), "Archived"]),
      why: UNKNOWN_PART,
    },
    { what: "a field beside the status", path: SET_STATUS, body: withPassword, why: UNKNOWN_PART },
    {
      what: "a user without a status",
      path: SET_STATUS,
      body: { list: [{ userId: userIdOf(1) }] },
      why: UNKNOWN_PART,
    },
    {
      what: "a user twice",
      path: SET_STATUS,
      body: { list: [suspended, { ...suspended, status: "Activated" }] },
      why: "a user who appears twice",
    },
    { what: "more than 1 MiB", body: " ".repeat(1024 * 1024 + 1), why: "larger than 1 MiB" },
    {
      what: "the parameters of a read as a list",
      path: "/api/v3/list-users",
      body: [{}],
      why: UNKNOWN_PART,
    },
  ])("$what", expectRefusedAndUnsent);
});

describe("a change is refused of somebody for whom no plan shows it:", () => {
  test.each<RefusedRequest>([
    { what: "somebody else", body: deletion([emailOf(2)]), why: NOT_APPROVED },
    {
      what: "somebody else beside an approved user",
      body: deletion([ada, emailOf(2)]),
      why: "1 of these 2 users",
    },
    {
      what: "somebody else by system user id",
      body: deletion([userIdOf(2)], "user_id"),
      why: NOT_APPROVED,
    },
    { what: "an approved id of another type", body: deletion([ada], "username"), why: NOT_APPROVED },
    { what: "an approved id in another case", body: deletion([ada.toUpperCase()]), why: NOT_APPROVED },
    { what: "a deletion of whom the plan only suspends", body: deletion([bob]), why: NOT_APPROVED },
    {
      what: "a suspension of whom the plan deletes",
      path: SET_STATUS,
      body: statusesOf([userIdOf(0), "Suspended"]),
      why: "no approved plan suspends",
    },
    {
      what: "a reactivation of whom the plan suspends",
      path: SET_STATUS,
      body: statusesOf([userIdOf(1), "Activated"]),
      why: "no approved plan reactivates",
    },
    {
      what: "somebody else beside an approved suspension",
      path: SET_STATUS,
      body: bothSuspended,
      why: "1 of these 2 users",
    },
  ])("$what", expectRefusedAndUnsent);
});

test("a call that only reads passes, whatever it asks for", async () => {
  const { send, emulator } = await open();
  const wide = { userIds: [userIdOf(3)], userIdType: "user_id", withCustomData: true };
  expect((await send("/api/v3/get-user-batch", wide)).status).toBe(200);
  expect(emulator.calls.at(-1)).toMatchObject({ path: "/api/v3/get-user-batch", statusCode: 200 });
});

test.each<[what: string, path: string, body: unknown]>([
  ["a deletion by its id", DELETE, deletion([ada])],
  ["a deletion by system user id", DELETE, deletion([userIdOf(0)], "user_id")],
  ["a suspension", SET_STATUS, statusesOf([userIdOf(1), "Suspended"])],
  ["a look-up of anybody", "/api/v3/get-user-batch", { userIds: [userIdOf(3)], userIdType: "user_id" }],
  ["a list", "/api/v3/list-users", { options: { pagination: { page: 1, limit: 50 } } }],
])("lets %s through", async (_, path, body) => {
  const { send, emulator } = await open();
  const { status, text } = await send(path, body);
  expect(JSON.parse(text)).toMatchObject({ statusCode: 200 });
  expect(status).toBe(200);
  expect(emulator.calls.at(-1)).toMatchObject({ path, statusCode: 200 });
});

test("reactivates whom a plan reactivates, and nobody else who joins a set of suspended users", async () => {
  const joining = planOf({
    suspended: [bob],
    reactivated: [userIdOf(2)],
    declared: [emailOf(2), emailOf(3)],
  });
  const { send, emulator } = await open({ plans: [joining] });
  for (const index of [2, 3]) emulator.pool.update(userIdOf(index), { status: "Suspended" });
  expect((await send(SET_STATUS, statusesOf([userIdOf(2), "Activated"]))).status).toBe(200);
  expectRefused(
    await send(SET_STATUS, statusesOf([userIdOf(3), "Activated"])),
    "no approved plan reactivates",
  );
  expect(emulator.pool.find(userIdOf(2))?.status).toBe("Activated");
  expect(emulator.pool.find(userIdOf(3))?.status).toBe("Suspended");
});

test("refuses a change of somebody whom GenAuth no longer shows", async () => {
  const opened = await open();
  opened.emulator.pool.remove(userIdOf(0));
  expectRefused(await opened.send(DELETE, deletion([ada])), "GenAuth no longer shows this user");
  expect(changesIn(opened)).toBe(0);
});

test("refuses every change with --read-only", async () => {
  const guarded = await openGuard();
  expectRefused(await guarded.send(DELETE, deletion([ada])), "lets only reads pass");
});

test.each<[type: string, id: string]>([
  ["email", ada],
  ["user_id", userIdOf(0)],
])(
  "looks up itself whom it lets through, whatever the run has just looked up, in a deletion by %s",
  async (type, id) => {
    const { send, emulator } = await open();
    const lookUp = { userIds: [id], userIdType: type, withIdentities: true };
    expect((await send("/api/v3/get-user-batch", lookUp)).status).toBe(200);
    const before = emulator.calls.length;
    expect((await send(DELETE, deletion([id], type))).status).toBe(200);
    expect(emulator.calls.slice(before).map(({ path }) => path)).toEqual(["/api/v3/get-user-batch", DELETE]);
  },
);

test("takes no id of another type for an approved one, and changes nobody whom only that names", async () => {
  const { send, emulator } = await open(
    { plans: [planOf({ deleted: [ada] })] },
    {
      users: pool.map((user, index) => (index === 1 ? { ...user, username: ada } : user)),
    },
  );
  const lookUp = { userIds: [ada], userIdType: "username", withIdentities: true };
  expect((await send("/api/v3/get-user-batch", lookUp)).text).toContain(userIdOf(1));
  for (const body of [deletion([userIdOf(1)], "user_id"), deletion([ada], "username")])
    expect((await send(DELETE, body)).status).toBe(403);
  expect((await send(DELETE, deletion([ada]))).status).toBe(200);
  expect(emulator.pool.find(userIdOf(1))).toBeDefined();
  expect(emulator.pool.find(userIdOf(0))).toBeUndefined();
});

test("lets a deletion name the person alone where the plan says so", async () => {
  const plans = [planOf({ deleted: [ada], due: [bob], deleteBy: "user_id" })];
  const { send, emulator } = await open({ plans });
  emulator.pool.update(userIdOf(1), { status: "Suspended" });
  for (const id of [ada, bob]) expectRefused(await send(DELETE, deletion([id])), NOT_APPROVED);
  expect((await send(DELETE, deletion([userIdOf(0), userIdOf(1)], "user_id"))).status).toBe(200);
  expect(emulator.pool.size).toBe(pool.length - 2);
});

describe("a plan of a null_resource, which names nobody,", () => {
  const left = ({ emulator }: Guarded) => emulator.pool.list().map(({ userId }) => userId);

  test("means whom its ids name at the guard's start", async () => {
    const opened = await open({ plans: [nullPlanOf([ada, bob])] });
    const { send, emulator } = opened;
    emulator.pool.passId("email", userIdOf(0), userIdOf(3));
    expectRefused(await send(DELETE, deletion([ada])), "the plan means somebody else");
    expectRefused(await send(DELETE, deletion([userIdOf(3)], "user_id")), NOT_APPROVED);
    expect((await send(DELETE, deletion([userIdOf(0)], "user_id"))).status).toBe(200);
    expect((await send(DELETE, deletion([bob]))).status).toBe(200);
    expect(left(opened)).toEqual([2, 3, 4, 5].map(userIdOf));
  });

  test("means nobody by an id that nobody had at the start, and whom another plan says that an id means", async () => {
    const nobody = "nobody@example.com";
    const plans = [nullPlanOf([nobody, bob]), planOf({ deleted: [bob] })];
    const users = pool.map((user, at) => ({ ...user, ...(at === 1 && { email: "moved@example.com" }) }));
    const opened = await open({ plans }, { users });
    const { send, emulator } = opened;
    emulator.pool.update(userIdOf(3), { email: nobody });
    emulator.pool.update(userIdOf(4), { email: bob });
    expectRefused(await send(DELETE, deletion([nobody])), NOT_APPROVED);
    expectRefused(await send(DELETE, deletion([bob])), "the plan means somebody else");
    expect(left(opened)).toEqual([0, 1, 2, 3, 4, 5].map(userIdOf));
  });

  test("starts no guard while GenAuth does not say whom it means", async () => {
    const environment = { GENAUTH_MAX_ATTEMPTS: "1", GENAUTH_HOST: "http://127.0.0.1:9" };
    await expect(openGuard({ plans: [nullPlanOf([ada])], environment })).rejects.toThrow(
      "It is not known whom the ids of a null_resource name. Nothing was started.",
    );
  });
});

test.each([
  { type: "email", by: "a user name", protectedUsers: { username: [pool[0]?.username] } },
  { type: "user_id", by: "a user name", protectedUsers: { username: [pool[0]?.username] } },
  { type: "email", by: "a pattern", protectedUsers: { email: ["*@example.com"] } },
  { type: "user_id", by: "a pattern in another case", protectedUsers: { email: ["*@EXAMPLE.com"] } },
])("keeps whom the operator protects by $by, in a deletion by $type", async ({ type, protectedUsers }) => {
  const opened = await open(protecting(protectedUsers));
  const answer = await opened.send(DELETE, deletion([type === "email" ? ada : userIdOf(0)], type));
  expectRefused(answer, "this pipeline protects this user");
  expect(changesIn(opened)).toBe(0);
});

test("deletes nobody at once where the operator asks for a suspension first, and nobody who is due on hold", async () => {
  const environment = { GENAUTH_MIN_SUSPEND_DAYS: "7", GENAUTH_DUE_DELETIONS: "hold" };
  const opened = await open({
    plans: [planOf({ deleted: [ada], due: [carl] }), nullPlanOf([bob])],
    environment,
  });
  for (const id of [ada, bob, carl])
    expectRefused(await opened.send(DELETE, deletion([id])), "no approved plan deletes this user");
  expect(changesIn(opened)).toBe(0);
});

test.each<[does: string, other: Parameters<typeof planOf>[0]]>([
  ["declares by then", { declared: ["0@new.example", "1@new.example"] }],
  ["retains by then", { retained: ["0@new.example", "1@new.example"] }],
  [
    "names beside whom its provider protects",
    { provider: { protected_users: { email: ["*@NEW.example"] } } },
  ],
  ["reactivates, whatever id they have", { reactivated: [userIdOf(0), userIdOf(1)] }],
  ["leaves suspended, but declares again", { staying: [userIdOf(0), userIdOf(1)] }],
])("keeps whom a set of another plan %s", async (_, other) => {
  const opened = await open({ plans: [plan, planOf(other)] });
  for (const at of [0, 1]) {
    opened.emulator.pool.update(userIdOf(at), { email: `${at}@new.example` });
    const answer = await (at === 0
      ? opened.send(DELETE, deletion([userIdOf(at)], "user_id"))
      : opened.send(SET_STATUS, statusesOf([userIdOf(at), "Suspended"])));
    expectRefused(answer, "one plan declares or retains this user");
  }
  expect(changesIn(opened)).toBe(0);
});

test("takes a system user id in another case for somebody else's", async () => {
  const opened = await open({ plans: [planOf({ deleted: [ada], deleteBy: "user_id" })] });
  expectRefused(await opened.send(DELETE, deletion([userIdOf(0).toUpperCase()], "user_id")), NOT_APPROVED);
  expect(changesIn(opened)).toBe(0);
});

/** A plan with another object besides, which it changes. */
function besides(type: string, change: object): Partial<PlanJson> {
  const other = {
    address: `${type}.other`,
    mode: "managed",
    type,
    change: { actions: ["update"], ...change },
  };
  return { resource_changes: [...plan.resource_changes, other] };
}

test.each<[what: string, others: Partial<PlanJson>]>([
  [
    "that the plan leaves out, as with -target",
    {
      prior_state: {
        format_version: "1.0",
        values: {
          root_module: {
            resources: [
              {
                address: "genauth_user_set.other",
                mode: "managed",
                type: "genauth_user_set",
                values: { user_id_type: "user_id", users: { [userIdOf(0)]: "x" } },
              },
            ],
            child_modules: [],
          },
        },
      },
    },
  ],
  [
    "whose users the plan does not know",
    besides("genauth_user_set", {
      before: { user_id_type: "user_id", users: { [userIdOf(0)]: "x" } },
      after: { user_id_type: "user_id" },
      after_unknown: { users: true },
    }),
  ],
  [
    "whose id type the plan does not know",
    besides("genauth_user_set", {
      before: null,
      after: { users: { [pool[0]?.username ?? ""]: "x" } },
      after_unknown: { user_id_type: true },
    }),
  ],
  [
    "whose triggers the plan does not know",
    besides("null_resource", {
      before: { triggers: { user_id_type: "user_id", [`user:${userIdOf(0)}`]: "x" } },
      after: {},
      after_unknown: { id: true, triggers: true },
    }),
  ],
  [
    "whose id type among the triggers the plan does not know",
    besides("null_resource", {
      before: null,
      after: { triggers: { [`user:${pool[0]?.username}`]: "x" } },
      after_unknown: { id: true, triggers: { user_id_type: true } },
    }),
  ],
])("keeps whom a set declares %s", async (_, others) => {
  const opened = await open({ plans: [{ ...plan, ...others }] });
  expectRefused(await opened.send(DELETE, deletion([ada])), "one plan declares or retains this user");
  expect(changesIn(opened)).toBe(0);
});

test("lets through the people of all plans, as many as the run may, and each again after a lost answer", async () => {
  const plans = [planOf({ deleted: [ada] }), planOf({ suspended: [bob] })];
  const { send, emulator } = await open({ plans, maxDeletions: 2 });
  emulator.faults.add({ on: "delete-users-batch", times: 1, then: { kind: "answer", statusCode: 500 } });
  for (const body of [deletion([ada]), deletion([userIdOf(0)], "user_id")]) await send(DELETE, body);
  await send(SET_STATUS, statusesOf([userIdOf(1), "Suspended"]));
  expect(emulator.pool.find(userIdOf(1))?.status).toBe("Suspended");
  expect(emulator.pool.size).toBe(pool.length - 1);
});

test("keeps one pace for all processes of the run", async () => {
  const { send } = await open({ environment: { GENAUTH_REQUESTS_PER_SECOND: "4" } });
  const begun = performance.now();
  // Each on a connection of its own.
  const lookUp = { userIds: [ada], userIdType: "email", withIdentities: true };
  await Promise.all(Array.from({ length: 6 }, () => send("/api/v3/get-user-batch", lookUp)));
  expect(performance.now() - begun).toBeGreaterThan(1000);
});

test.each([
  [[{ deleted: [ada, bob] }]],
  [[{ suspended: [ada, bob] }]],
  [[{ deleted: [ada] }, { suspended: [bob] }]],
])("refuses to start if the plans delete or suspend more people than the run may: %j", async (changes) => {
  await expect(
    openGuard({ plans: changes.map((change) => planOf(change)), maxDeletions: 1 }),
  ).rejects.toThrow("2 users would be deleted or suspended in this run, and it allows 1 ");
});

test("sends nothing if it cannot look up whom a call deletes, and lets the run ask again", async () => {
  const opened = await open();
  opened.emulator.faults.add({ on: "get-user-batch", times: 1, then: { kind: "http", status: 503 } });
  expect(await opened.send(DELETE, deletion([ada]))).toMatchObject({ status: 502, cause: "guard_undecided" });
  expect(changesIn(opened)).toBe(0);
  expect((await opened.send(DELETE, deletion([ada]))).status).toBe(200);
});

test("sends nothing if its key may not look users up, and refuses all of the run", async () => {
  const opened = await open();
  opened.emulator.faults.add({ on: "get-user-batch", then: { kind: "answer", statusCode: 403 } });
  const answer = await opened.send(DELETE, deletion([ada]));
  expectRefused(answer, "it could not look up whom the call changes: Could not look up a user");
  expect(JSON.parse(answer.text)).toMatchObject({ apiCode: GUARD_REFUSES_ALL });
  expect(changesIn(opened)).toBe(0);
});

test("sends nothing for a client that has gone", async () => {
  const opened = await open({}, { latencyMs: 200 });
  const gone = new AbortController();
  const answer = opened.send(DELETE, deletion([ada]), { signal: gone.signal });
  while (!opened.emulator.calls.some(({ path }) => path.endsWith("get-user-batch")))
    await new Promise((resolve) => setTimeout(resolve, 10));
  gone.abort();
  await expect(answer).rejects.toThrow();
  expect((await opened.session.close()).changes.deletion.sent).toBe(0);
  expect(changesIn(opened)).toBe(0);
});

test("passes an outage of GenAuth on, by its row of the retry policy", async () => {
  const { send, emulator, session } = await open();
  for (const data of [undefined, '"queued"', '{"success":"false"}']) {
    const body = data === undefined ? "a gateway's page" : `{"statusCode":200,"data":${data}}`;
    emulator.faults.add({ on: "delete-users-batch", times: 1, then: { kind: "http", status: 200, body } });
    await send(DELETE, deletion([ada]));
    expect(session.summary().changes.deletion).toEqual({ approved: 1, sent: 1, done: 0 });
  }
  emulator.faults.add({ on: "delete-users-batch", then: { kind: "reset", carriedOut: true } });
  expect(await send(DELETE, deletion([ada]))).toMatchObject({ status: 502, cause: "connection_lost" });
});

test("listens for its own user only", async () => {
  const { session } = await open();
  expect(statSync(session.socket).mode & 0o777).toBe(0o600);
  expect(statSync(dirname(session.socket)).mode & 0o777).toBe(0o700);
});

test("records each change before its call, and what it refused", async () => {
  const folder = newFolder();
  const file = join(folder, "audit.jsonl");
  const opened = await open({ auditFile: file });
  const lines = () => readAudit({ folder });
  let before: unknown;
  opened.emulator.steps.add({ on: "delete-users-batch", run: () => void (before = lines().at(-1)) });
  await opened.send(DELETE, deletion([ada]));
  await opened.send(DELETE, deletion([emailOf(4)]));
  expect(before).toMatchObject({
    event: "sending",
    change: "deletion",
    user_id_type: "email",
    users: [{ id: ada, user_id: userIdOf(0), status: "Activated" }],
  });
  expect(lines().slice(-2)).toMatchObject([
    { event: "answered", status: 200, request: 1 },
    { event: "refused", request: 2, users: [{ change: "deletion", ids: [emailOf(4)] }] },
  ]);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  await opened.session.close();
  expect(lines().at(-1)).toMatchObject({
    event: "ended",
    changes: { deletion: { approved: 1, sent: 1, done: 1 } },
  });
});

test.each<[what: string, made: Parameters<typeof planOf>[0], says: string]>([
  [
    "of two days ago",
    { timestamp: new Date(Date.now() - 2 * 86_400_000).toISOString() },
    "accepts plans of the last 24 hours (--max-plan-age)",
  ],
  [
    "of tomorrow",
    { timestamp: new Date(Date.now() + 86_400_000).toISOString() },
    "accepts plans of the last 24 hours (--max-plan-age)",
  ],
  ["of no time", { timestamp: "", provider: { tenant_id: "ours" } }, "A plan is of an unknown time"],
  [
    "of another host",
    { provider: { host: "https://other.example" } },
    "A plan is about https://other.example, and the guard",
  ],
  [
    "of another tenant",
    { provider: { tenant_id: "theirs" } },
    "A plan is about the tenant theirs, and the guard acts in the tenant ours. Nothing was started.",
  ],
  ["of no tenant", { provider: { tenant_id: "" } }, "A plan is about no tenant, and the guard acts in"],
])("refuses a plan %s", async (_, made, says) => {
  const environment = { GENAUTH_TENANT_ID: "ours" };
  const plans = [planOf({ deleted: [ada], ...made })];
  await expect(openGuard({ plans, environment })).rejects.toThrow(says);
});

test("accepts an older plan if its owner says so, and one that names no tenant, as its own", async () => {
  const timestamp = new Date(Date.now() - 2 * 86_400_000).toISOString();
  const old = planOf({ deleted: [ada], timestamp, provider: { tenant_id: "" } });
  const opened = await open({ plans: [old], maxPlanAgeHours: 72 });
  expect((await opened.send(DELETE, deletion([ada]))).status).toBe(200);
});

test("plans of two user pools are refused with the way out", async () => {
  const inPool = (userPoolName: string) => planOf({ deleted: [ada], userPoolName });
  const plans = [inPool("us"), inPool("eu"), planOf({ declared: [bob] })];
  await expect(openGuard({ plans })).rejects.toThrow(
    /about 2 user pools: eu, us\..*Nothing was started\. Declare each pool in a stack of its own/,
  );
});

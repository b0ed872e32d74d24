import { describe, expect, test } from "@jest/globals";
import { GuardHeader } from "../../../src/api";
import {
  DELETE,
  deletion,
  expectDone,
  expectRefused,
  openGuard,
  type RequestOptions,
  SET_STATUS,
  statusOf,
} from "./support/in-process";
import { ada, bob, everybodyBut, idsOfEverybody } from "./support/people";
import { planOf } from "./support/plans";

/** The guard sends on what this version's client sends, for this key, and nothing that it does not know in full. */

const plan = planOf({ deleted: [ada.email], suspended: [bob.email] });
const UNKNOWN_PART = "a part that the guard does not know";

/** A request that the guard refuses. */
interface RefusedRequest {
  /** What is wrong with it. */
  readonly wrong: string;
  /** Default: a deletion. */
  readonly path?: string;
  readonly body: unknown;
  readonly options?: RequestOptions;
  readonly why: string;
}

async function expectRefusedAndUnsent({ path = DELETE, body, options, why }: RefusedRequest): Promise<void> {
  const guarded = await openGuard({ plans: [plan] });
  expectRefused(await guarded.send(path, body, options), why);
  expect(guarded.changesReceived()).toBe(0);
  expect(guarded.idsLeft()).toEqual(idsOfEverybody);
}

describe("a request is refused that no client of this version makes for this key:", () => {
  const approved = deletion([ada.email]);
  const withHeader = (name: string, value?: string): RequestOptions => ({ headers: { [name]: value } });

  test.each<RefusedRequest>([
    { wrong: "a GET", body: "", options: { method: "GET" }, why: "commands of cdktf-genauth only" },
    {
      wrong: "a PUT, as of a backend",
      path: "/v1/kv/state",
      body: "{}",
      options: { method: "PUT" },
      why: "commands of cdktf-genauth only",
    },
    {
      wrong: "no version",
      body: approved,
      options: withHeader(GuardHeader.VERSION),
      why: "cdktf-genauth only",
    },
    {
      wrong: "another version",
      body: approved,
      options: withHeader(GuardHeader.VERSION, "9.9.9"),
      why: "has another one",
    },
    { wrong: "no host", body: approved, options: withHeader(GuardHeader.HOST), why: "calls no host" },
    {
      wrong: "another host",
      body: approved,
      options: withHeader(GuardHeader.HOST, "https://evil.example"),
      why: "Give both the same GENAUTH_HOST",
    },
    {
      wrong: "another tenant",
      body: approved,
      options: withHeader(GuardHeader.TENANT, "t"),
      why: "another tenant",
    },
  ])("$wrong", expectRefusedAndUnsent);
});

describe("a request is refused for a part that the guard does not know:", () => {
  const suspension = { userId: bob.id, status: "Suspended" };

  test.each<RefusedRequest>([
    { wrong: "another call", path: "/api/v3/create-user", body: {}, why: "does not know the call" },
    {
      wrong: "a query behind the path",
      path: `${DELETE}?userIds=x`,
      body: deletion([ada.email]),
      why: "does not know the call",
    },
    {
      wrong: "a path that every object has as a name",
      path: "/__proto__",
      body: {},
      why: "does not know the call",
    },
    { wrong: "no JSON", body: "{", why: UNKNOWN_PART },
    { wrong: "another option", body: { ...deletion([ada.email]), force: true }, why: UNKNOWN_PART },
    { wrong: "no id", body: deletion([]), why: UNKNOWN_PART },
    { wrong: "51 ids", body: deletion(Array(51).fill(ada.email)), why: UNKNOWN_PART },
    {
      wrong: "an id twice",
      body: deletion([ada.email, ada.email]),
      why: "the call has an id that appears twice",
    },
    { wrong: "an unknown id type", body: deletion([ada.email], "custom_field"), why: UNKNOWN_PART },
    { wrong: "another status", path: SET_STATUS, body: statusOf("Archived", bob), why: UNKNOWN_PART },
    {
      wrong: "a field beside the status",
      path: SET_STATUS,
      body: { list: [{ ...suspension, password: "x" }] },
      why: UNKNOWN_PART,
    },
    {
      wrong: "a user without a status",
      path: SET_STATUS,
      body: { list: [{ userId: bob.id }] },
      why: UNKNOWN_PART,
    },
    {
      wrong: "a user twice",
      path: SET_STATUS,
      body: { list: [suspension, { ...suspension, status: "Activated" }] },
      why: "a user who appears twice",
    },
    {
      wrong: "another status for each user",
      path: SET_STATUS,
      body: { list: [suspension, { userId: ada.id, status: "Activated" }] },
      why: "several statuses",
    },
    { wrong: "more than 1 MiB", body: " ".repeat(1024 * 1024 + 1), why: "larger than 1 MiB" },
    {
      wrong: "the parameters of a read as a list",
      path: "/api/v3/list-users",
      body: [{}],
      why: UNKNOWN_PART,
    },
  ])("$wrong", expectRefusedAndUnsent);
});

test("a call of 1 MiB is judged as any other", async () => {
  const guarded = await openGuard({ plans: [plan] });
  const call = JSON.stringify(deletion([ada.email]));
  expectDone(await guarded.send(DELETE, call.padEnd(1024 * 1024)));
  expect(guarded.idsLeft()).toEqual(everybodyBut(ada));
});

describe("a body that two readers of JSON may read differently deletes nobody:", () => {
  const OPTIONS = `"options":{"userIdType":"email"}`;

  test.each([
    { trick: "a key twice", body: `{"userIds":["${ada.email}"],"userIds":["${bob.email}"],${OPTIONS}}` },
    {
      trick: "a key in another case",
      body: `{"userIds":["${ada.email}"],"UserIds":["${bob.email}"],${OPTIONS}}`,
    },
    {
      trick: "__proto__ beside the ids",
      body: `{"userIds":["${ada.email}"],${OPTIONS},"__proto__":{"userIds":["${bob.email}"]}}`,
    },
    {
      trick: "__proto__ in the options",
      body: `{"userIds":["${ada.email}"],"options":{"userIdType":"email","__proto__":{"userIdType":"username"}}}`,
    },
    {
      trick: "__proto__ in place of the ids",
      body: `{"__proto__":{"userIds":["${ada.email}"]},${OPTIONS}}`,
    },
    { trick: "ids as an object", body: `{"userIds":{"0":"${ada.email}","length":1},${OPTIONS}}` },
    { trick: "an id as a list", body: `{"userIds":[["${ada.email}"]],${OPTIONS}}` },
    { trick: "a list of calls", body: `[${JSON.stringify(deletion([ada.email]))}]` },
    { trick: "lists in lists", body: "[".repeat(1_000_000) },
    { trick: "a byte order mark", body: `\uFEFF${JSON.stringify(deletion([bob.email]))}` },
  ])("$trick", async ({ body }) => {
    const guarded = await openGuard({ plans: [plan] });
    expect((await guarded.send(DELETE, body)).status).toBe(403);
    expect(guarded.idsLeft()).toEqual(idsOfEverybody);
  });
});

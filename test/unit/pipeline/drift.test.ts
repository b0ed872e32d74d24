import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, test } from "@jest/globals";
import { reachPool } from "../../../src/operator";
import { findUndeclared } from "../../../src/pipeline/drift";
import { checkDrift, type DeclaredSet, readDeclaredSets } from "../../../src/reports";
import { UserLookUps } from "../../../src/users";
import { atEnd, newFolder } from "../../support/at-end";
import { type Emulator, seedUsers, startEmulator } from "../../support/emulator";

const POOL = seedUsers(4);
const emails = POOL.map(({ email = "" }) => email);
const userIds = POOL.map(({ userId }) => userId);
const stranger = { userId: "stranger", email: "backup@example.com" };

let emulator: Emulator;
beforeEach(async () => {
  emulator = await startEmulator({ users: POOL });
});

/** The set of a stack. In every stack, it has the same address. */
function setOf(userIdType: string, ids: readonly string[]): readonly DeclaredSet[] {
  const values = { user_id_type: userIdType, users: Object.fromEntries(ids.map((id) => [id, ""])) };
  const resource = { address: "genauth_user_set.staff", mode: "managed", type: "genauth_user_set", values };
  return readDeclaredSets(
    JSON.stringify({ format_version: "1.0", values: { root_module: { resources: [resource] } } }),
  );
}

const people = setOf("email", emails.slice(0, 2));
const guests = setOf("user_id", userIds.slice(2));

/** Compares each stack with the pool, and then finds who is in none of them. */
async function findInNone({
  stacks = { people, guests },
  redactKey,
}: {
  readonly stacks?: Readonly<Record<string, readonly DeclaredSet[]>>;
  readonly redactKey?: string;
}) {
  const pool = reachPool(emulator.environment());
  atEnd(() => pool.client.close());
  const terms = {
    lookUps: new UserLookUps(pool.client),
    host: pool.settings.host,
    acceptEmptyPool: false,
    ...(redactKey !== undefined && { redactKey }),
  };
  const parts = [];
  for (const [name, sets] of Object.entries(stacks))
    parts.push({ name, sets, report: await checkDrift({ ...terms, sets }), markdown: "" });
  const before = emulator.calls.length;
  const out = newFolder();
  const part = await findUndeclared(pool, parts, terms, out);
  const calls = emulator.calls.slice(before).map(({ path }) => path.replace(/\?.*/, ""));
  return {
    ...part,
    calls,
    read: (ending: string) => readFileSync(join(out, `undeclared.${ending}`), "utf8"),
    out,
  };
}

test("nobody is undeclared whom a set of any stack declares, by any type of id, and nobody is looked up again", async () => {
  const { report, markdown, calls } = await findInNone({});
  expect(report).toMatchObject({ verdict: "no_drift", undeclared: [], sets: [] });
  expect(markdown).toContain("## No drift: nobody in the user pool is undeclared");
  expect(markdown).toContain("against the sets of all stacks");
  expect(markdown).toContain(
    "Compared 4 users of the pool: each is declared, or left a set and is not deleted yet.",
  );
  expect(calls).toEqual(["/api/v3/list-users"]);
});

test("a user of no stack's set is drift, in a report of its own, until a set of any stack names the account", async () => {
  emulator.pool.add(stranger);
  const { report, markdown, read } = await findInNone({});
  expect(report?.verdict).toBe("drift");
  expect(report?.undeclared.map(({ email }) => email)).toEqual([stranger.email]);
  expect(markdown).toContain("## Drift: 1 user not declared");
  expect(read("md")).toBe(markdown);
  expect(JSON.parse(read("json"))).toMatchObject({ verdict: "drift", totals: { undeclared: 1, in_pool: 5 } });

  const service = setOf("email", [stranger.email]);
  expect((await findInNone({ stacks: { people, guests, service } })).report?.verdict).toBe("no_drift");
});

test("a report that hides ids hides those of users who are in no set", async () => {
  emulator.pool.add(stranger);
  const { report, markdown, read } = await findInNone({ redactKey: "a key for the tests" });
  expect(report).toMatchObject({ verdict: "drift", redacted: true });
  for (const text of [markdown, read("json"), read("html"), read("txt")])
    expect(text).not.toMatch(/stranger|backup@/);
});

test("as long as not all users of a stack are known, a sentence stands in place of the list", async () => {
  // GenAuth refuses one id of guests.
  emulator.faults.add({
    on: ["get-user", "get-user-batch"],
    ids: userIds.slice(3),
    then: { kind: "answer", statusCode: 400 },
  });
  const part = await findInNone({});
  expect(part.report).toBeUndefined();
  expect(part.failure).toBeUndefined();
  expect(part.markdown).toContain("is not known, because not all users of guests are known");
  expect(existsSync(join(part.out, "undeclared.md"))).toBe(false);
});

test("a pool that cannot be listed is a failure, and no drift", async () => {
  emulator.faults.add({ on: "list-users", then: { kind: "answer", statusCode: 403, message: "No right" } });
  const { report, failure, markdown } = await findInNone({});
  expect(report).toBeUndefined();
  expect(failure).toMatch(/^users who are in no set: .*403/);
  expect(markdown).toContain("**The drift is not known.**");
});

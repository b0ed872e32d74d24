import { describe, expect, test } from "@jest/globals";
import {
  checkDrift,
  driftDocument,
  readDeclaredSets,
  renderText,
  selectUserPool,
} from "../../../src/reports";
import { type DirectoryUser, type Resolution, type UserLookUps } from "../../../src/users";
import { found } from "../../../src/users/look-up/resolution";
import { person, systemId } from "../../support/users/people";

type Check = Parameters<typeof checkDrift>[0];

/** The set of a state, with these attributes. */
function setsOf(attributes: object): Check["sets"] {
  const values = { user_id_type: "email", drift: { missing: [], survivors: [] }, ...attributes };
  const resource = { address: "genauth_user_set.staff", mode: "managed", type: "genauth_user_set", values };
  return readDeclaredSets(
    JSON.stringify({ format_version: "1.0", values: { root_module: { resources: [resource] } } }),
  );
}

/** Checks sets against a pool. @param shown whom each id names; undefined for nobody */
function check(
  sets: Check["sets"],
  shown: Readonly<Record<string, DirectoryUser | undefined>>,
  more: Partial<Check> = {},
): ReturnType<typeof checkDrift> {
  const resolutions = new Map(
    Object.entries(shown).map(([id, user]): [string, Resolution] => [
      id,
      user ? found(user) : { kind: "absent" },
    ]),
  );
  const lookUps = { resolve: () => Promise.resolve(resolutions) } as unknown as UserLookUps;
  return checkDrift({ sets, lookUps, host: "https://core.genauth.ai", acceptEmptyPool: false, ...more });
}

const [ada = "", bob = "", eve = "", dan = ""] = [1, 2, 3, 4].map((n) => `person${n}@example.com`);
const suspended = (n: number) => person(n, { status: "Suspended" });

test("a declared user is not undeclared, in any spelling of the system user id in the pool", async () => {
  const poolUsers = [person(1, { userId: systemId(1).toUpperCase() }), person(2)];
  const { undeclared } = await check(setsOf({ users: { [ada]: "" } }), { [ada]: person(1) }, { poolUsers });
  expect(undeclared.map(({ user_id }) => user_id)).toEqual([systemId(2)]);
});

test("users who wait for their deletion are listed, are no drift, and never look like another pool", async () => {
  const waiting = [2, 3, 4, 5, 6, 7].map((n) => `person${n}@example.com`);
  const sets = setsOf({
    users: { [ada]: "One" },
    suspended: Object.fromEntries(waiting.map((id) => [id, "2026-12-11T00:00:00Z"])),
    suspend_days: 14,
  });
  const absent = Object.fromEntries(waiting.map((id) => [id, undefined]));
  const shown = { ...absent, [ada]: person(1), [bob]: person(2) };
  const poolUsers = [person(1), person(2)];
  const report = await check(sets, shown, { poolUsers });
  expect(report).toMatchObject({
    verdict: "no_drift",
    undeclared: [],
    totals: { suspended: 6, declared: 1 },
  });
  const text = renderText(driftDocument(report));
  expect(text).toContain("Suspended until their deletion (6)");
  expect(text).toContain(
    "Compared 2 users of the pool: each is declared, or left a set and is not deleted yet.",
  );
  expect(text).toMatch(/person2@example\.com +Person 2 +2026-12-11/);
  expect(report.suspended.map(({ name }) => name)).toEqual(["Person 2", ...Array<undefined>(5)]);
  const redacted = await check(sets, shown, { poolUsers, redactKey: "a key for the tests" });
  expect(JSON.stringify(redacted.suspended)).not.toMatch(/person/i);
});

test("with --set, nobody is called declared who left another set and is still in the pool", async () => {
  const [staff] = setsOf({ users: { [ada]: "" } });
  const [guests] = setsOf({ users: { [bob]: "", [eve]: "" }, drift: { missing: [], survivors: [bob] } });
  const sets = staff && guests ? [staff, { ...guests, name: "genauth_user_set.guests" }] : [];
  const terms = {
    poolUsers: [person(1), person(2), person(3)],
    concerns: (name: string) => name === "genauth_user_set.staff",
  };
  const report = await check(sets, { [ada]: person(1), [bob]: person(2), [eve]: person(3) }, terms);
  expect(report).toMatchObject({ verdict: "no_drift", undeclared: [], survivors: [] });
  expect(renderText(driftDocument(report))).toContain(
    "Compared 3 users of the pool: each is declared, or left a set and is not deleted yet.",
  );
});

test("an ignored user may be spelt in any way that GenAuth takes for the same id", async () => {
  const phone = "+8613800000003";
  const sets = setsOf({ users: { [ada]: "" } });
  const shown = { [ada]: person(1) };
  const poolUsers = [person(1), person(2), person(3, { phone }), person(4)];
  const undeclaredBeside = async (...ids: string[]) => {
    const { undeclared } = await check(sets, shown, { poolUsers, ignored: new Set(ids) });
    return undeclared.map(({ user_id }) => user_id);
  };
  expect(await undeclaredBeside()).toEqual([systemId(2), systemId(3), systemId(4)]);
  expect(await undeclaredBeside(bob.toUpperCase(), phone, systemId(4).toUpperCase())).toEqual([]);

  // Nor is it missing, if a set declares it in another spelling.
  const missing = { [ada]: undefined };
  const report = await check(sets, missing, { ignored: new Set([ada.toUpperCase()]), acceptEmptyPool: true });
  expect(report).toMatchObject({ verdict: "no_drift", missing: [] });
});

test("a declared user whom somebody else has suspended is listed, and no drift", async () => {
  const sets = setsOf({ users: { [ada]: "Label", [bob]: "Label" } });
  const report = await check(sets, { [ada]: suspended(1), [bob]: person(2) });
  expect(report).toMatchObject({
    verdict: "no_drift",
    locked_out: [],
    suspended_by_others: [{ id: ada }],
    totals: { locked_out: 0, suspended_by_others: 1 },
  });
});

test("who is declared again waits for no deletion, also before an apply has reactivated them", async () => {
  const day = "2026-12-11T00:00:00Z";
  const sets = setsOf({
    // Dan by another id than the one that left.
    users: { [ada]: "Ada", "new4@example.com": "Dan" },
    suspended: { [ada]: day, [dan]: day, [eve]: day },
  });
  const shown = { [ada]: suspended(1), [dan]: suspended(4), "new4@example.com": suspended(4) };
  expect(await check(sets, { ...shown, [eve]: suspended(3) })).toMatchObject({
    verdict: "drift",
    suspended: [{ id: eve }],
    locked_out: [{ id: ada }, { id: "new4@example.com" }],
  });
});

test("a declared user is drift who is still suspended by the set, also under another id", async () => {
  const sets = setsOf({
    users: { [ada]: "Ada", [bob]: "Bob", [eve]: "Eve", "new4@example.com": "Dan" },
    // Dan is declared again by another id.
    suspended: { [dan]: "2026-12-11T00:00:00Z" },
    // Eve has her status back since.
    drift: { missing: [], survivors: [], locked_out: [ada, eve, dan] },
  });
  const report = await check(sets, {
    [ada]: suspended(1),
    [bob]: suspended(2),
    [eve]: person(3),
    "new4@example.com": suspended(4),
    [dan]: suspended(4),
  });
  expect(report).toMatchObject({
    verdict: "drift",
    totals: { locked_out: 1, suspended_by_others: 2 },
    locked_out: [{ id: "new4@example.com", label: "Dan" }],
    suspended_by_others: [
      { id: ada, label: "Ada" },
      { id: bob, label: "Bob" },
    ],
  });
  const text = renderText(driftDocument(report));
  expect(text).toMatch(/^Drift: 1 declared user locked out/);
  expect(text).toMatch(/Declared, but still suspended by their own set \(1\)[\s\S]*Dan/);
  expect(text).toMatch(/Declared, but suspended, and not by their set .*\(2\)[\s\S]*Ada/);
});

describe("the user pools of a state", () => {
  const stateOf = (pools: Readonly<Record<string, string | null | undefined>>) =>
    readDeclaredSets(
      JSON.stringify({
        format_version: "1.0",
        values: {
          root_module: {
            resources: Object.entries(pools).map(([name, user_pool_name]) => ({
              address: name,
              mode: "managed",
              type: "genauth_user_set",
              values: { user_id_type: "email", users: { [`${name}@example.com`]: "" }, user_pool_name },
            })),
          },
        },
      }),
    );
  const names = (sets: ReturnType<typeof selectUserPool>) => sets.map(({ name }) => name);
  const STATE = stateOf({ berlin: "eu", austin: "us", former: undefined, unnamed: null });

  test("several are refused, unless one is chosen", () => {
    expect(() => selectUserPool(STATE)).toThrow("2 user pools: eu, us. One key reads one pool");
    expect(names(selectUserPool(STATE, "eu"))).toEqual(["berlin", "former", "unnamed"]);
    expect(names(selectUserPool(STATE, "us"))).toEqual(["austin", "former", "unnamed"]);
  });

  test("one, or none, needs no choice", () => {
    expect(names(selectUserPool(stateOf({ berlin: "eu", former: null })))).toEqual(["berlin", "former"]);
    expect(names(selectUserPool(stateOf({ berlin: null })))).toEqual(["berlin"]);
  });

  test("a pool that the state does not name is an error", () => {
    expect(() => selectUserPool(stateOf({ berlin: "eu" }), "us")).toThrow("Its user pools are: eu.");
  });

  test("the report says which pool was checked", async () => {
    const sets = selectUserPool(STATE, "eu");
    const ids = sets.flatMap(({ declared }) => [...declared.keys()]);
    const report = await check(sets, Object.fromEntries(ids.map((id, n) => [id, person(n)])));
    expect(report.context).toEqual({ pool: "eu" });
    expect(report.sets.map(({ user_pool_name }) => user_pool_name)).toEqual(["eu", undefined, undefined]);
    expect(renderText(driftDocument(report))).toContain("User pool eu");
  });
});

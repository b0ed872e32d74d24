import { describe, expect, test } from "@jest/globals";
import {
  checkDrift,
  driftDocument,
  readDeclaredSets,
  renderText,
  selectUserPool,
} from "../../../src/reports";
import { type Resolution, UserIdType, type UserLookUps } from "../../../src/users";
import { found } from "../../../src/users/look-up/resolution";
import { person, systemId } from "../../support/users/people";

test("a declared user is not undeclared, in any spelling of the system user id in the pool", async () => {
  const id = "person1@example.com";
  const set = {
    name: "staff",
    userIdType: UserIdType.EMAIL,
    declared: new Map([[id, ""]]),
    survivors: new Map<string, string>(),
    suspended: new Map<string, string>(),
    missingBefore: new Set<string>(),
    sensitive: false,
  };
  const resolve = () => Promise.resolve(new Map([[id, found(person(1))]]));
  const { undeclared } = await checkDrift({
    sets: [set],
    lookUps: { resolve } as unknown as UserLookUps,
    host: "https://core.genauth.ai",
    poolUsers: [person(1, { userId: systemId(1).toUpperCase() }), person(2)],
    acceptEmptyPool: false,
  });
  expect(undeclared.map(({ user_id }) => user_id)).toEqual([systemId(2)]);
});

test("users who wait for their deletion are listed, are no drift, and never look like another pool", async () => {
  const values = {
    user_id_type: "email",
    users: { "person1@example.com": "One" },
    suspended: Object.fromEntries(
      [2, 3, 4, 5, 6, 7].map((n) => [`person${n}@example.com`, "2026-12-11T00:00:00Z"]),
    ),
    suspend_days: 14,
    drift: { missing: [], survivors: [] },
  };
  const address = "genauth_user_set.staff";
  const resource = { address, mode: "managed", type: "genauth_user_set", name: "staff", values };
  const sets = readDeclaredSets(
    JSON.stringify({ format_version: "1.0", values: { root_module: { resources: [resource] } } }),
  );
  const resolutions = new Map<string, Resolution>(
    [3, 4, 5, 6, 7].map((n) => [`person${n}@example.com`, { kind: "absent" }]),
  );
  for (const n of [1, 2]) resolutions.set(`person${n}@example.com`, found(person(n)));
  const check: Parameters<typeof checkDrift>[0] = {
    sets,
    lookUps: { resolve: () => Promise.resolve(resolutions) } as unknown as UserLookUps,
    host: "https://core.genauth.ai",
    poolUsers: [person(1), person(2)],
    acceptEmptyPool: false,
  };
  const report = await checkDrift(check);
  expect(report).toMatchObject({
    verdict: "no_drift",
    undeclared: [],
    totals: { suspended: 6, declared: 1 },
  });
  const text = renderText(driftDocument(report));
  expect(text).toContain("Suspended until their deletion (6)");
  expect(text).toContain(
    "The pool holds 2 users, all of them declared, or not deleted yet after they left a set.",
  );
  expect(text).toMatch(/person2@example\.com +Person 2 +2026-12-11/);
  expect(report.suspended.map(({ name }) => name)).toEqual(["Person 2", ...Array<undefined>(5)]);
  const redacted = await checkDrift({ ...check, redactKey: "a key for the tests" });
  expect(JSON.stringify(redacted.suspended)).not.toMatch(/person/i);
});

test("a declared user who is suspended is listed, and is no drift", async () => {
  const [ada, bob] = ["person1@example.com", "person2@example.com"] as const;
  const check: Parameters<typeof checkDrift>[0] = {
    sets: [
      {
        name: "staff",
        userIdType: UserIdType.EMAIL,
        declared: new Map([ada, bob].map((id) => [id, "Label"])),
        survivors: new Map(),
        suspended: new Map(),
        missingBefore: new Set(),
        sensitive: false,
      },
    ],
    lookUps: {
      resolve: () =>
        Promise.resolve(
          new Map([
            [ada, found(person(1, { status: "Suspended" }))],
            [bob, found(person(2))],
          ]),
        ),
    } as unknown as UserLookUps,
    host: "https://core.genauth.ai",
    acceptEmptyPool: false,
  };
  const report = await checkDrift(check);
  expect(report).toMatchObject({
    verdict: "no_drift",
    totals: { declared_suspended: 1 },
    declared_suspended: [{ id: ada }],
  });
  const text = renderText(driftDocument(report));
  expect(text).toContain("Declared, but suspended in GenAuth (1)");
  expect(text).not.toContain(bob);
  const ignored = await checkDrift({ ...check, ignored: new Set([ada]) });
  expect(ignored.declared_suspended).toEqual([]);
});

test("a declared user is drift who is suspended, perhaps by the set itself", async () => {
  const [ada, bob, eve] = [1, 2, 3].map((n) => `person${n}@example.com`) as [string, string, string];
  const values = {
    user_id_type: "email",
    users: { [ada]: "Ada", [bob]: "Bob", [eve]: "Eve", "new4@example.com": "Dan" },
    // Dan is declared again by another id.
    suspended: { "person4@example.com": "2026-12-11T00:00:00Z" },
    // Eve has her status back since.
    drift: { missing: [], survivors: [], locked_out: [ada, eve, "person4@example.com"] },
  };
  const address = "genauth_user_set.staff";
  const resource = { address, mode: "managed", type: "genauth_user_set", name: "staff", values };
  const resolutions = new Map([
    ...[1, 2].map((n) => [`person${n}@example.com`, found(person(n, { status: "Suspended" }))] as const),
    [eve, found(person(3))],
    ...["new4", "person4"].map(
      (n) => [`${n}@example.com`, found(person(4, { status: "Suspended" }))] as const,
    ),
  ]);
  const report = await checkDrift({
    sets: readDeclaredSets(
      JSON.stringify({ format_version: "1.0", values: { root_module: { resources: [resource] } } }),
    ),
    lookUps: { resolve: () => Promise.resolve(resolutions) } as unknown as UserLookUps,
    host: "https://core.genauth.ai",
    acceptEmptyPool: false,
  });
  expect(report).toMatchObject({
    verdict: "drift",
    totals: { locked_out: 2, declared_suspended: 1 },
    locked_out: [
      { id: ada, label: "Ada" },
      { id: "new4@example.com", label: "Dan" },
    ],
    declared_suspended: [{ id: bob }],
  });
  const text = renderText(driftDocument(report));
  expect(text).toMatch(/^Drift: 2 declared users locked out/);
  expect(text).toMatch(/Declared, but suspended, perhaps by their own set \(2\)[\s\S]*Ada/);
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
    const resolutions = new Map<string, Resolution>(
      sets.flatMap(({ declared }) =>
        [...declared.keys()].map((id, n): [string, Resolution] => [id, found(person(n))]),
      ),
    );
    const report = await checkDrift({
      sets,
      lookUps: { resolve: () => Promise.resolve(resolutions) } as unknown as UserLookUps,
      host: "https://core.genauth.ai",
      acceptEmptyPool: false,
    });
    expect(report.context).toEqual({ pool: "eu" });
    expect(report.sets.map(({ user_pool_name }) => user_pool_name)).toEqual(["eu", undefined, undefined]);
    expect(renderText(driftDocument(report))).toContain("User pool eu");
  });
});

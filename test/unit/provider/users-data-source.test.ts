import { afterEach, describe, expect, test } from "@jest/globals";
import { createManagementClient } from "../../../src/api";
import {
  type Emulator,
  type EmulatorOptions,
  type PoolUser,
  seedUsers,
  startEmulator,
} from "../../support/emulator";
import { fillModel, UNKNOWN } from "../../../src/plugin";
import { usersDataSource } from "../../../src/provider/provider";
import { type UsersModel, usersSchema } from "../../../src/provider/users-data-source/schema";
import { UserLookUps } from "../../../src/users";
import { contextOver } from "../../support/provider/refreshed-set";

let emulator: Emulator | undefined;
afterEach(async () => {
  await emulator?.close();
  emulator = undefined;
});

const [ada, bo, cy, di] = seedUsers(4) as [PoolUser, PoolUser, PoolUser, PoolUser];

/** Reads a block from a pool. */
async function read(block: Partial<UsersModel>, options: EmulatorOptions = {}) {
  emulator = await startEmulator({ users: [ada, bo, cy, di], rateLimit: false, ...options });
  const { url: host, accessKeyId, accessKeySecret } = emulator;
  const client = createManagementClient({
    host,
    accessKeyId,
    accessKeySecret,
    maxAttempts: 1,
    requestsPerSecond: 10_000,
  });
  try {
    const context = contextOver(client, { list: client, lookUps: new UserLookUps(client) });
    const config = fillModel(usersSchema, { user_id_type: "username", ...block });
    const { state, diagnostics } = await usersDataSource.read({ config, context });
    const { summary = "", detail = "" } = diagnostics[0] ?? {};
    return { state, problem: `${summary}: ${detail}`, errors: diagnostics.length };
  } finally {
    client.close();
  }
}

describe("the filters", () => {
  const people: readonly PoolUser[] = [
    { ...ada, email: "Ada@Example.com", lastLogin: "2026-01-01T00:00:00.000Z" },
    { ...bo, email: "bo@example.com.cn", lastLogin: "2026-06-01T00:00:00.000Z" },
    { ...cy, email: "cy@sub.example.com", createdAt: "2026-06-01T00:00:00.000Z" },
    { ...di, email: undefined, status: "Suspended", lastLogin: "2026-03-01T02:00:00+02:00" },
  ] as readonly PoolUser[];
  const limit = "2026-03-01T00:00:00Z";

  const cases: readonly (readonly [string, Partial<UsersModel>, readonly string[]])[] = [
    ["status", { status: "Suspended" }, ["user004"]],
    ["email_domain, to the end and in any case", { email_domain: "EXAMPLE.com" }, ["user001"]],
    ["status and email_domain", { status: "Suspended", email_domain: "example.com" }, []],
    ["last_login_before", { last_login_before: limit }, ["user001"]],
    ["last_login_before never", { last_login_before: "never" }, ["user003"]],
    [
      "last_login_before, or never",
      { last_login_before: limit, include_never_logged_in: true },
      ["user001", "user003"],
    ],
    ["created_before", { created_before: "2026-01-01T00:00:00Z" }, ["user001", "user002", "user004"]],
    [
      "last_login_before, or never, of older accounts",
      { last_login_before: limit, include_never_logged_in: true, created_before: "2026-01-01T00:00:00Z" },
      ["user001"],
    ],
  ];

  describe.each([{}, { conditions: "ignored" }] as const)("where the service differs in %j", (variants) => {
    test.each(cases)("%s", async (_name, block, expected) => {
      const { state, errors } = await read(block, { users: people, variants });
      expect({ ids: state?.ids, count: state?.user_count, errors }).toEqual({
        ids: expected,
        count: expected.length,
        errors: 0,
      });
    });
  });

  test.each([
    ["status", { status: "Activated" }],
    ["email", { email_domain: "example.com" }],
    ["lastLogin", { last_login_before: limit }],
    ["lastLogin", { last_login_before: "never" }],
    ["createdAt", { created_before: limit }],
  ])("a field that is not shown is an error: %s", async (field, block) => {
    const { state, problem } = await read(block, { users: people, variants: { hiddenFields: [field] } });
    expect(state).toBeNull();
    expect(problem).toContain(`GenAuth does not show the ${field} of `);
    expect(problem).toContain(`  ${ada.userId}`);
  });

  test("who fails another filter needs no such field", async () => {
    const variants = { hiddenFields: ["lastLogin"] };
    const block = { status: "Suspended", email_domain: "example.com", last_login_before: limit };
    expect((await read(block, { users: people, variants })).state?.ids).toEqual([]);
  });

  describe("by department", () => {
    const inDepartment = (user: PoolUser, ...path: string[]): PoolUser => ({
      ...user,
      departments: [{ organizationCode: "acme", path }],
    });
    const members = [
      inDepartment(ada, "sales"),
      inDepartment({ ...bo, status: "Suspended" }, "sales", "east"),
      inDepartment(cy, "it"),
      di,
    ];
    const sales = { department_id: "sales", organization_code: "acme" };

    test.each([
      [sales, ["user001"]],
      [{ ...sales, include_child_departments: true }, ["user001", "user002"]],
      [{ ...sales, include_child_departments: true, status: "Suspended" }, ["user002"]],
      [
        { ...sales, department_id: "root", include_child_departments: true },
        ["user001", "user002", "user003"],
      ],
    ])("%j", async (block, expected) => {
      expect((await read(block, { users: members })).state?.ids).toEqual(expected);
    });

    test("members of other departments are dropped, whom the service lists without being asked", async () => {
      const variants = { childDepartments: "always" } as const;
      expect((await read(sales, { users: members, variants })).state?.ids).toEqual(["user001"]);
    });

    test.each([
      ["an unknown department", { ...sales, department_id: "none" }, {}, "The department does not exist."],
      [
        "departments that are not shown",
        sales,
        { variants: { hiddenFields: ["departmentIds"] } },
        "GenAuth does not show the departmentIds of 1 user",
      ],
    ])("%s is an error", async (_name, block, options, says) => {
      const { state, problem } = await read(block, { users: members, ...options });
      expect({ state, problem }).toEqual({ state: null, problem: expect.stringContaining(says) });
    });
  });
});

describe("a list that may not be complete is an error", () => {
  const status = { status: "Activated" };
  const users = seedUsers(120);

  test("all pages are read", async () => {
    const { state } = await read(status, { users });
    expect(state?.user_count).toBe(120);
  });

  test.each<[string, EmulatorOptions, string]>([
    [
      "a page that fails",
      { faults: [{ on: "list-users", nth: 2, then: { kind: "answer", statusCode: 403 } }] },
      "Could not list page 2 of the users",
    ],
    ["counts that do not add up", { variants: { listed: "without_last" } }, "some may be missing from it"],
    [
      "a user deleted while the pages are read",
      { steps: [{ on: "list-users", nth: 2, run: (pool) => pool.remove(users[0]?.userId ?? "") }] },
      "some may be missing from it",
    ],
  ])("%s", async (_name, options, says) => {
    const { state, problem } = await read(status, { users, ...options });
    expect({ state, problem }).toEqual({ state: null, problem: expect.stringContaining(says) });
    expect(problem).toContain("The users cannot be listed");
  });

  test("a hit without the id", async () => {
    const { state, problem } = await read(status, { users: [ada, { userId: bo.userId }, cy] });
    expect(state).toBeNull();
    expect(problem).toContain("1 user found without the id type username");
    expect(problem).toContain(`  ${bo.userId}`);
  });

  test("two users with one id", async () => {
    const twin = { ...bo, email: "USER001@example.com" };
    const { state, problem } = await read({ ...status, user_id_type: "email" }, { users: [ada, twin] });
    expect(state).toBeNull();
    expect(problem).toContain(`is the id of the users ${ada.userId} and ${bo.userId}`);
  });

  test("two identities of one source", async () => {
    const [lark] = ada.identities?.filter(({ provider }) => provider === "lark") ?? [];
    const identities = [...(ada.identities ?? []), { ...lark, userIdInIdp: "ou_other" }];
    const block = { ...status, user_id_type: "sync_relation", identity_source: "lark" };
    const { problem } = await read(block, { users: [{ ...ada, identities } as PoolUser] });
    expect(problem).toContain(`user ${ada.userId} has lark:ou_user001 and lark:ou_other`);
  });
});

describe("the ids of the result", () => {
  test.each([
    ["user_id", ada.userId],
    ["email", "user001@example.com"],
    ["phone", "+8613800000001"],
    ["external_id", "HR-user001"],
  ])("%s", async (user_id_type, id) => {
    const { state } = await read({ email_domain: "example.com", user_id_type }, { users: [ada] });
    expect(state).toMatchObject({ ids: [id], users: new Map([[id, "User 001"]]) });
  });

  test("an identity of the source", async () => {
    const block = { status: "Activated", user_id_type: "sync_relation", identity_source: "lark" };
    expect((await read(block, { users: [ada] })).state?.ids).toEqual(["lark:ou_user001"]);
  });

  test("a name is a label that a set accepts", async () => {
    const user = { ...ada, name: "Ada\n\u202eLovelace " };
    expect((await read({ status: "Activated" }, { users: [user] })).state?.users).toEqual(
      new Map([["user001", "Ada Lovelace"]]),
    );
  });
});

describe("by ids", () => {
  test("finds the users, whose ids come back sorted", async () => {
    const { state } = await read({ ids: ["user003", "user001"] });
    expect(state).toMatchObject({
      ids: ["user001", "user003"],
      users: new Map([
        ["user001", "User 001"],
        ["user003", "User 003"],
      ]),
      user_count: 2,
      details: null,
    });
  });

  test("an id that names nobody is an error, or is left out", async () => {
    const { state, problem } = await read({ ids: ["user001", "nobody"] });
    expect(state).toBeNull();
    expect(problem).toContain("1 id without a user in GenAuth");
    expect(problem).toContain("  nobody");
    await emulator?.close();
    expect((await read({ ids: ["user001", "nobody"], ignore_missing: true })).state?.ids).toEqual([
      "user001",
    ]);
  });

  test.each([
    ["no answer", ["user001"], "1 user could not be looked up"],
    ["two ids of one user", ["+8613800000002", "13800000002"], "name the same user in GenAuth"],
  ])("%s is an error, also with ignore_missing", async (name, ids, says) => {
    const faults =
      name === "no answer" ? [{ then: { kind: "answer", statusCode: 403 } } as const] : ([] as const);
    const user_id_type = name === "no answer" ? "username" : "phone";
    const { state, problem } = await read({ ids, user_id_type, ignore_missing: true }, { faults });
    expect({ state, problem }).toEqual({ state: null, problem: expect.stringContaining(says) });
  });

  test("details are read only if asked for, with the word never", async () => {
    const lastLogin = "2026-01-01T00:00:00.000Z";
    const users = [{ ...ada, lastLogin }, bo];
    const { state } = await read({ ids: ["user001", "user002"], with_details: true }, { users });
    const details = state?.details as ReadonlyMap<string, unknown>;
    expect(details.get("user001")).toEqual({
      user_id: ada.userId,
      status: "Activated",
      email: "user001@example.com",
      phone: "+8613800000001",
      username: "user001",
      external_id: "HR-user001",
      last_login: lastLogin,
      created_at: "2024-01-01T00:00:00.000Z",
    });
    expect(details.get("user002")).toMatchObject({ last_login: "never" });
    await emulator?.close();
    const variants = { hiddenFields: ["lastLogin"] };
    const hidden = await read({ status: "Activated", with_details: true }, { users, variants });
    expect((hidden.state?.details as typeof details | undefined)?.get("user002")).toMatchObject({
      last_login: null,
    });
  });
});

describe("a block is refused", () => {
  const validate = (block: Partial<UsersModel>) =>
    usersDataSource.validate?.(fillModel(usersSchema, block)) ?? [];

  test.each<[Partial<UsersModel>, string]>([
    [{ ids: ["a"], status: "Activated" }, "status"],
    [{ ids: ["a"], identity_source: "lark" }, "identity_source"],
    [{ ids: ["a"], user_id_type: "e-mail" }, "user_id_type"],
    [{ ids: ["a@example.com"] }, "ids"],
    [{ ids: [null] }, "ids"],
    [{ ids: ["a@x", "A@x"], user_id_type: "email" }, "ids"],
    [{ status: "activated" }, "status"],
    [{ email_domain: "@example.com" }, "email_domain"],
    [{ email_domain: "" }, "email_domain"],
    [{ department_id: "sales" }, "department_id"],
    [{ organization_code: "acme", status: "Activated" }, "organization_code"],
    [{ department_id: "", organization_code: "acme" }, "department_id"],
    [{ include_child_departments: true, status: "Activated" }, "include_child_departments"],
    [{ last_login_before: "2026-03-01" }, "last_login_before"],
    [{ created_before: "2026-03-01T00:00:00" }, "created_before"],
    [{ created_before: "2026-13-01T00:00:00Z" }, "created_before"],
    [{ last_login_before: "never", include_never_logged_in: true }, "include_never_logged_in"],
    [{ status: "Activated", include_never_logged_in: true }, "include_never_logged_in"],
    [{ status: "Activated", ignore_missing: true }, "ignore_missing"],
    [{ status: "Activated", user_id_type: "sync_relation" }, "identity_source"],
    [{ status: "Activated", user_id_type: "email", identity_source: "lark" }, "identity_source"],
  ])("%j", (block, attribute) => {
    const found = validate(block);
    expect(found).toHaveLength(1);
    expect(found[0]?.path?.[0]).toEqual({ attribute });
  });

  test("without ids and filters, with the filters", () => {
    const [found, ...others] = validate({});
    expect(others).toEqual([]);
    expect(found?.detail).toContain(
      "status, email_domain, department_id, last_login_before, created_before. For everybody who can log in, write status",
    );
  });

  test("but not for a value that is not known yet", () => {
    expect(validate({ last_login_before: UNKNOWN, include_never_logged_in: true })).toEqual([]);
    expect(validate({ ids: UNKNOWN, user_id_type: UNKNOWN })).toEqual([]);
    expect(validate({ ids: ["a", UNKNOWN], ignore_missing: UNKNOWN })).toEqual([]);
  });

  test("at the read, once a value is known", async () => {
    const { state, problem } = await read({ last_login_before: "yesterday" });
    expect(state).toBeNull();
    expect(problem).toContain('"yesterday" is not a time with a time zone');
  });

  test("while the provider's configuration is not known", async () => {
    const config = fillModel(usersSchema, { status: "Activated", user_id_type: "email" });
    const { pool, ...context } = contextOver({} as never);
    expect(pool).toBeDefined();
    const { state, diagnostics } = await usersDataSource.read({ config, context });
    expect(state).toBeNull();
    expect(diagnostics).toMatchObject([{ severity: "error", summary: "The users cannot be read yet" }]);
  });
});

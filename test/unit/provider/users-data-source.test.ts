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

const users = seedUsers(120);

test("without ids, everybody is listed, suspended users too, from all pages", async () => {
  const people = users.map((user, at) => ({ ...user, status: at === 7 ? "Suspended" : "Activated" }));
  const { state } = await read({}, { users: people });
  expect(state?.user_count).toBe(120);
});

describe("a list that may not be complete is an error", () => {
  test.each<{ readonly fault: string; readonly options: EmulatorOptions; readonly says: string }>([
    {
      fault: "a page that fails",
      options: { faults: [{ on: "list-users", nth: 2, then: { kind: "answer", statusCode: 403 } }] },
      says: "Could not list page 2 of the users",
    },
    {
      fault: "counts that do not add up",
      options: { variants: { listed: "without_last" } },
      says: "some may be missing from it",
    },
    {
      fault: "a user deleted while the pages are read",
      options: { steps: [{ on: "list-users", nth: 2, run: (pool) => pool.remove(users[0]?.userId ?? "") }] },
      says: "some may be missing from it",
    },
  ])("$fault", async ({ options, says }) => {
    const { state, problem } = await read({}, { users, ...options });
    expect({ state, problem }).toEqual({ state: null, problem: expect.stringContaining(says) });
    expect(problem).toContain("The users cannot be listed");
  });

  test("a hit without the id", async () => {
    const { state, problem } = await read({}, { users: [ada, { userId: bo.userId }, cy] });
    expect(state).toBeNull();
    expect(problem).toContain("1 user found without the id type username");
    expect(problem).toContain(`  ${bo.userId}`);
  });

  test("two users with one id", async () => {
    const twin = { ...bo, email: "USER001@example.com" };
    const { state, problem } = await read({ user_id_type: "email" }, { users: [ada, twin] });
    expect(state).toBeNull();
    expect(problem).toContain(`is the id of the users ${ada.userId} and ${bo.userId}`);
  });
});

describe("the users of the result", () => {
  test.each([
    { user_id_type: "user_id", id: ada.userId },
    { user_id_type: "email", id: "user001@example.com" },
    { user_id_type: "phone", id: "+8613800000001" },
    { user_id_type: "external_id", id: "HR-user001" },
  ])("have their $user_id_type as the id, and their name as the label", async ({ user_id_type, id }) => {
    const { state } = await read({ user_id_type }, { users: [ada] });
    expect(state).toMatchObject({ ids: [id], users: new Map([[id, "User 001"]]) });
  });

  test("have a label that a set accepts, whatever the name holds", async () => {
    const user = { ...ada, name: "Ada\n\u202eLovelace " };
    expect((await read({}, { users: [user] })).state?.users).toEqual(new Map([["user001", "Ada Lovelace"]]));
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

  test("a look-up that fails is an error, also with ignore_missing", async () => {
    const refused: EmulatorOptions = { faults: [{ then: { kind: "answer", statusCode: 403 } }] };
    const { state, problem } = await read({ ids: ["user001"], ignore_missing: true }, refused);
    expect(state).toBeNull();
    expect(problem).toContain("1 user could not be looked up");
  });

  test("two ids of one user are an error, also with ignore_missing", async () => {
    const ids = ["+8613800000002", "13800000002"];
    const { state, problem } = await read({ ids, user_id_type: "phone", ignore_missing: true });
    expect(state).toBeNull();
    expect(problem).toContain("name the same user in GenAuth");
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
    const hidden = await read({ with_details: true }, { users, variants });
    expect((hidden.state?.details as typeof details | undefined)?.get("user002")).toMatchObject({
      last_login: null,
    });
  });
});

describe("a block is refused", () => {
  const validate = (block: Partial<UsersModel>) =>
    usersDataSource.validate?.(fillModel(usersSchema, block)) ?? [];

  test.each<[Partial<UsersModel>, string]>([
    [{ ids: ["a"], user_id_type: "e-mail" }, "user_id_type"],
    [{ ids: ["a@example.com"] }, "ids"],
    [{ ids: [null] }, "ids"],
    [{ ids: ["a@x", "A@x"], user_id_type: "email" }, "ids"],
    [{ ignore_missing: true }, "ignore_missing"],
    [{ user_id_type: "sync_relation" }, "user_id_type"],
    [{ user_id_type: "identity" }, "user_id_type"],
  ])("%j", (block, attribute) => {
    const found = validate(block);
    expect(found).toHaveLength(1);
    expect(found[0]?.path?.[0]).toEqual({ attribute });
  });

  test("but not for a value that is not known yet", () => {
    expect(validate({ ids: UNKNOWN, user_id_type: UNKNOWN })).toEqual([]);
    expect(validate({ ids: ["a", UNKNOWN], ignore_missing: UNKNOWN })).toEqual([]);
  });

  test("at the read, once a value is known", async () => {
    const spelt = await read({ user_id_type: "phone", ids: ["138-0000-0001"] });
    expect(spelt.problem).toContain("write 13800000001");
    const { state, problem } = await read({ user_id_type: "e-mail" });
    expect(state).toBeNull();
    expect(problem).toContain('"e-mail" is not one of');
  });

  test("while the provider's configuration is not known", async () => {
    const config = fillModel(usersSchema, { user_id_type: "email" });
    const { pool, ...context } = contextOver({} as never);
    expect(pool).toBeDefined();
    const { state, diagnostics } = await usersDataSource.read({ config, context });
    expect(state).toBeNull();
    expect(diagnostics).toMatchObject([{ severity: "error", summary: "The users cannot be read yet" }]);
  });
});

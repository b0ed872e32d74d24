import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { ProviderContext } from "../../../src/provider/context";
import { userSet } from "../../../src/provider/provider";
import { type DirectoryUser, UserIdType } from "../../../src/users";
import { OUTAGE } from "../../support/users/failures";
import { ModelDirectory } from "../../support/users/model-directory";
import { idOf, people, person } from "../../support/users/people";
import { contextOver } from "../../support/provider/refreshed-set";
import { SuspendingStack } from "./support/suspending-stack";

const everybody = people(1, 4);
const [ada, bob, eve, dan] = [person(1), person(2), person(3), person(4)];
const withoutAda = [bob, eve, dan];

/** A stack in which Ada waits, and whose state is lost five days later. */
async function lostState(type = UserIdType.EMAIL) {
  const stack = new SuspendingStack(new ModelDirectory(everybody), type);
  await stack.declare(everybody);
  await stack.declare(withoutAda);
  const { suspended } = stack;
  stack.kept = { state: null, privateData: new Uint8Array() };
  stack.directory.letPass(5);
  const users = Object.fromEntries(withoutAda.map((user) => [idOf(user, type), ""]));
  const id = { user_id_type: type, suspend_days: 14, users, suspended };
  return { stack, id, adaId: idOf(ada, type) };
}

async function importInto(stack: SuspendingStack, id: unknown, context: Partial<ProviderContext> = {}) {
  const own = contextOver(stack.directory, {}, context);
  const imported = await userSet.importState?.(JSON.stringify(id), own);
  if (!imported) throw new Error("A set can be imported.");
  const { diagnostics, ...kept } = imported;
  stack.kept = kept;
  const texts = diagnostics.map(({ summary, detail }) => `${summary}\n${detail}`);
  return { kept, text: texts.join("\n") };
}

describe.each(Object.values(UserIdType))("users who wait, imported by %s", (type) => {
  test("are bound, wait for fresh days, and are deleted", async () => {
    const { stack, id, adaId } = await lostState(type);
    const { text } = await importInto(stack, id);
    expect(text).toContain("1 suspended user imported, to be deleted from 2026-01-21 on");
    expect(text).toContain("in GenAuth: Person 1, Suspended");
    expect(stack.suspended).toEqual({ [adaId]: "2026-01-21T00:00:00Z" });
    expect(stack.waiting.get(adaId)).toMatchObject({ userId: ada.userId, isOurs: false, isDue: false });
    stack.directory.letPass(14);
    expect((await stack.declare(withoutAda)).errors).toEqual([]);
    expect(stack.directory.deleted).toEqual([]);
    stack.directory.letPass(1);
    expect((await stack.declare(withoutAda)).errors).toEqual([]);
    expect(stack.directory.deleted).toEqual([ada.userId]);
    expect(stack.suspended).toEqual({});
  });

  test("are never reactivated by the set", async () => {
    const { stack, id } = await lostState(type);
    await importInto(stack, id);
    const { text } = await stack.declare(everybody);
    expect(text).toContain("not certain that it suspended them");
    expect(stack.directory.statusesSet).toEqual([]);
    expect(stack.suspended).toEqual({});
  });
});

describe("the day of the deletion", () => {
  test("of several users is told from the first to the last", async () => {
    const stack = new SuspendingStack(new ModelDirectory(everybody));
    await stack.declare(everybody);
    await stack.declare([eve, dan]);
    const days = ["2026-03-01T00:00:00Z", "2026-02-01T00:00:00Z"];
    const suspended = Object.fromEntries(
      [ada, bob].map((user, index) => [idOf(user, UserIdType.EMAIL), days[index]]),
    );
    const { text } = await importInto(stack, {
      user_id_type: "email",
      suspend_days: 14,
      users: {},
      suspended,
    });
    expect(text).toContain("2 suspended users imported, to be deleted from 2026-02-01 to 2026-03-01 on");
  });

  test.each<[string, unknown, string]>([
    ["a list gives none: fresh", ["person1@example.com"], "2026-01-21T00:00:00Z"],
    ["a later day stays", { "person1@example.com": "2026-03-01T00:00:00Z" }, "2026-03-01T00:00:00Z"],
    [
      "a later time of day is rounded up",
      { "person1@example.com": "2026-03-01T08:00:00Z" },
      "2026-03-02T00:00:00Z",
    ],
    [
      "an earlier day does not count",
      { "person1@example.com": "2025-03-01T00:00:00Z" },
      "2026-01-21T00:00:00Z",
    ],
  ])("%s", async (_, suspended, day) => {
    const { stack, id, adaId } = await lostState();
    await importInto(stack, { ...id, suspended });
    expect(stack.suspended).toEqual({ [adaId]: day });
  });

  test.each([
    [30, "2026-02-06T00:00:00Z"],
    [14, "2026-01-21T00:00:00Z"],
    [3, "2026-01-21T00:00:00Z"],
    [0, "2026-01-21T00:00:00Z"],
  ])("with suspend_days = %d in the configuration is never earlier", async (suspendDays, day) => {
    const { stack, id, adaId } = await lostState();
    await importInto(stack, id);
    await stack.declare(withoutAda, { suspendDays });
    expect(stack.suspended).toEqual({ [adaId]: day });
    expect(stack.directory.deleted).toEqual([]);
  });
});

test("the id passes on after the import: neither holder is deleted", async () => {
  const { stack, id } = await lostState();
  await importInto(stack, id);
  const now = stack.directory.get(ada.userId) ?? ada;
  stack.directory.put({ ...now, email: "ada.old@example.com" });
  stack.directory.put(person(50, { email: "person1@example.com", status: "Suspended" }));
  stack.directory.letPass(20);
  const { text } = await stack.declare(withoutAda);
  expect(text).toContain("somebody else now");
  expect(stack.directory.deleted).toEqual([]);
  expect(stack.suspended).toEqual({});
});

describe("nothing is imported", () => {
  test("if somebody is not there, is active, or shows no status: each is named", async () => {
    const { stack, id } = await lostState();
    const silent: DirectoryUser = { userId: person(7).userId, email: "person7@example.com", identities: [] };
    for (const user of [person(6), silent]) stack.directory.put(user);
    const suspended = ["person1@example.com", "person6@example.com", "person7@example.com", "no@example.com"];
    const { kept, text } = await importInto(stack, { ...id, suspended });
    expect(kept.state).toBeNull();
    expect(text).toContain("3 users in suspended cannot be imported");
    expect(text).toMatch(/These users are Activated[^\n]*\n {2}person6@example\.com\n/);
    expect(text).toMatch(/GenAuth shows no status[^\n]*\n {2}person7@example\.com\n/);
    expect(text).toMatch(/GenAuth has no user[^\n]*\n {2}no@example\.com\n/);
  });

  test("if an id names several users, or GenAuth cannot be reached", async () => {
    const { stack, id } = await lostState();
    stack.directory.put(person(8, { email: "person1@example.com", status: "Suspended" }));
    expect((await importInto(stack, id)).text).toContain("several users");
    stack.directory.fault = () => ({ failure: OUTAGE });
    const { kept, text } = await importInto(stack, id);
    expect(kept.state).toBeNull();
    expect(text).toContain(OUTAGE.message);
  });

  test("if GenAuth's answers hold no date, or the provider is not configured yet", async () => {
    const { stack, id } = await lostState();
    const unconfigured: ProviderContext = { ...contextOver(stack.directory), pool: undefined };
    const before = await userSet.importState?.(JSON.stringify(id), unconfigured);
    expect(before).toMatchObject({
      state: null,
      diagnostics: [{ severity: "error", detail: expect.stringContaining("not known before apply") }],
    });
    stack.directory.serviceTime = () => undefined;
    const { kept, text } = await importInto(stack, id);
    expect(kept.state).toBeNull();
    expect(text).toContain("no Date header");
  });

  test("if the days are fewer than the operator's", async () => {
    const { stack, id } = await lostState();
    const limits = { protectedUsers: new Map(), acceptEmptyPool: false, minSuspendDays: 30 };
    const { kept, text } = await importInto(stack, id, { limits });
    expect(kept.state).toBeNull();
    expect(text).toContain("asks for at least 30 days");
    const enough = await importInto(stack, id, { limits: { ...limits, minSuspendDays: 14 } });
    expect(enough.kept.state).not.toBeNull();
  });

  test.each<[string, Record<string, unknown>, string]>([
    ["has no days", { suspend_days: undefined }, "it also needs suspend_days"],
    ["has no whole days", { suspend_days: 1.5 }, "whole number of days"],
    ["has too many days", { suspend_days: 91 }, "whole number of days"],
    ["has an invalid id", { suspended: ["ada"] }, 'The id "ada"'],
    ["has a user of the set", { suspended: ["PERSON2@example.com"] }, "is the same user as another one"],
    [
      "has a user twice",
      { suspended: ["x@example.com", "X@example.com"] },
      "is the same user as another one",
    ],
    ["has no date", { suspended: { "x@example.com": "soon" } }, "does not have that form"],
    ["has another form", { suspended: 1 }, "does not have that form"],
  ])("if suspended %s", async (_, changes, problem) => {
    const { stack, id } = await lostState();
    stack.directory.forget();
    const { kept, text } = await importInto(stack, { ...id, ...changes });
    expect(kept.state).toBeNull();
    expect(text).toContain(problem);
    expect(stack.directory.calls).toEqual([]);
  });
});

test.each([[undefined], [null], [{}], [[]]])("with suspended %j nobody is looked up", async (suspended) => {
  const { stack, id } = await lostState();
  stack.directory.forget();
  const { kept, text } = await importInto(stack, { ...id, suspended });
  expect(text).toBe("");
  expect(kept).toMatchObject({ state: { suspend_days: 14, suspended: null }, privateData: new Uint8Array() });
  expect(stack.directory.calls).toEqual([]);
});

test("nobody is lost for an id that JavaScript gives a meaning of its own", async () => {
  const stack = new SuspendingStack(new ModelDirectory(everybody), UserIdType.USERNAME);
  const users = JSON.parse('{"__proto__":"Ada","constructor":"Bob"}') as unknown;
  const { kept } = await importInto(stack, { user_id_type: "username", users });
  expect(kept.state?.users).toEqual(
    new Map([
      ["__proto__", "Ada"],
      ["constructor", "Bob"],
    ]),
  );
});

describe("an import id", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "genauth-import-"));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const directory = new ModelDirectory(everybody);
  const context = contextOver(directory, {}, { userPoolName: "staff" });
  const importText = async (text: string) => {
    const imported = await userSet.importState?.(text, context);
    if (!imported) throw new Error("A set can be imported.");
    return imported;
  };
  const importFile = (name: string, text: string, more: object = {}) => {
    writeFileSync(join(folder, name), text);
    return importText(JSON.stringify({ user_id_type: "email", users_file: join(folder, name), ...more }));
  };

  test("makes the same set at plan and at apply, in the pool of its provider, that no apply has checked", async () => {
    const [one, again, other] = await Promise.all(
      [{ a: "" }, { a: "" }, { a: "", b: "" }].map((users) => importText(JSON.stringify({ users }))),
    );
    expect(one).toMatchObject({
      state: {
        user_id_type: "user_id",
        user_pool_name: "staff",
        suspend_days: 0,
        removals: null,
        drift: null,
      },
      diagnostics: [],
    });
    expect(one?.state?.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(again?.state?.id).toBe(one?.state?.id);
    expect(other?.state?.id).not.toBe(one?.state?.id);
  });

  test.each<[what: string, text: string, more: object]>([
    ["a list of ids", "id\nada@x\nbob@x\n", {}],
    ["columns of other names", "mail,name\nada@x,\nbob@x,\n", { id_column: "mail", label_column: "name" }],
  ])("may name a file: %s", async (_what, text, more) => {
    const { state, diagnostics } = await importFile("users.csv", text, more);
    expect(diagnostics).toEqual([]);
    expect([...((state?.users as ReadonlyMap<string, string> | undefined) ?? new Map()).keys()]).toEqual([
      "ada@x",
      "bob@x",
    ]);
  });

  test("takes the labels of a file", async () => {
    const { state } = await importFile("labels.csv", "id,name\nada@x,Ada\n", { label_column: "name" });
    expect(state?.users).toEqual(new Map([["ada@x", "Ada"]]));
  });

  test.each<[what: string, text: string, more: object, problem: string]>([
    ["names somebody twice", "id\nada@x\nada@x\n", {}, "line 3: This id appears twice"],
    ["holds nobody", "id\n", {}, "if the set held nobody, do not import it"],
    ["has no such column", "id\nada@x\n", { id_column: "mail" }, '"id_column":"id"'],
  ])("is refused if its file %s", async (_what, text, more, problem) => {
    const { state, privateData, diagnostics } = await importFile("bad.csv", text, more);
    expect({ state, privateData }).toEqual({ state: null, privateData: new Uint8Array() });
    expect(diagnostics).toMatchObject([
      { severity: "error", summary: "Invalid import id", detail: expect.stringContaining(problem) },
    ]);
  });

  test.each([
    ["is no JSON", "ada@example.com"],
    ["is a list", '["ada@example.com"]'],
    ["is null", "null"],
    ["names nobody", "{}"],
    ["has users and a file", '{"users":{"a":""},"users_file":"a.csv"}'],
    ["has a list of users", '{"users":["a"]}'],
    ["has no users but null", '{"users":null}'],
    ["has text for users", '{"users":"a"}'],
    ["has a label that is no text", '{"users":{"a":1}}'],
    ["has an empty file name", '{"users_file":""}'],
    ["has an unknown type", '{"user_id_type":"nickname","users":{"a":""}}'],
    ["has a property that is misspelt", '{"users":{"a":""},"user_type":"email"}'],
  ])("is refused if it %s", async (_what, text) => {
    const { state, diagnostics } = await importText(text);
    expect(state).toBeNull();
    expect(diagnostics).toMatchObject([
      { severity: "error", detail: expect.stringContaining("This id does not have that form.") },
    ]);
  });

  test("is refused with the first twenty of its wrong ids", async () => {
    const users = Object.fromEntries(Array.from({ length: 21 }, (_, index) => [`${index}@example.com`, ""]));
    const { state, diagnostics } = await importText(JSON.stringify({ users }));
    expect(state).toBeNull();
    expect(diagnostics).toHaveLength(1);
    const detail = diagnostics[0]?.detail ?? "";
    expect(detail).toContain('"19@example.com" is not a user_id');
    expect(detail).not.toContain('"20@example.com"');
  });
});

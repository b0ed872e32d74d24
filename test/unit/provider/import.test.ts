import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { userSet } from "../../../src/provider/provider";
import { UserIdType } from "../../../src/users";
import { ModelDirectory } from "../../support/users/model-directory";
import { people } from "../../support/users/people";
import { contextOver } from "../../support/provider/refreshed-set";
import { SuspendingStack } from "./support/suspending-stack";

const everybody = people(1, 4);

async function importInto(stack: SuspendingStack, id: unknown) {
  const own = contextOver(stack.directory);
  const imported = await userSet.importState?.(JSON.stringify(id), own);
  if (!imported) throw new Error("A set can be imported.");
  const { diagnostics, ...kept } = imported;
  stack.kept = kept;
  const texts = diagnostics.map(({ summary, detail }) => `${summary}\n${detail}`);
  return { kept, text: texts.join("\n") };
}

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

  test.each([
    { what: "a list of ids", text: "id\nada@x\nbob@x\n", more: {} },
    {
      what: "columns of other names",
      text: "mail,name\nada@x,\nbob@x,\n",
      more: { id_column: "mail", label_column: "name" },
    },
  ])("may name a file: $what", async ({ text, more }) => {
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

  test.each([
    { what: "names somebody twice", text: "id\nada@x\nada@x\n", says: "line 3: This id appears twice" },
    { what: "holds nobody", text: "id\n", says: "if the set held nobody, do not import it" },
    { what: "has no such column", text: "mail\nada@x\n", says: '"id_column":"mail"' },
  ])("is refused if its file $what", async ({ text, says }) => {
    const { state, privateData, diagnostics } = await importFile("bad.csv", text);
    expect({ state, privateData }).toEqual({ state: null, privateData: new Uint8Array() });
    expect(diagnostics).toMatchObject([
      { severity: "error", summary: "Invalid import id", detail: expect.stringContaining(says) },
    ]);
  });

  test("is refused if its file is not there", async () => {
    const { state, diagnostics } = await importText(JSON.stringify({ users_file: "nowhere.csv" }));
    expect(state).toBeNull();
    expect(diagnostics).toMatchObject([
      { summary: "Invalid import id", detail: expect.stringContaining("nowhere.csv") },
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

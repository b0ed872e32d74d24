import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { importUserSet } from "../../../src/provider/user-set/import";
import { contextOver } from "../../support/provider/refreshed-set";
import { ModelDirectory } from "../../support/users/model-directory";
import { unlabelled } from "../../support/users/people";

const context = contextOver(new ModelDirectory([]), {}, { userPoolName: "staff" });
const importText = (text: string) => importUserSet(text, context);

describe("an import id", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "genauth-import-"));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const importFile = (name: string, text: string, more: object = {}) => {
    writeFileSync(join(folder, name), text);
    return importText(JSON.stringify({ user_id_type: "email", users_file: join(folder, name), ...more }));
  };

  test("makes the same set at plan and at apply, in the pool of its provider, that no apply has checked", () => {
    const [one, again, other] = [{ a: "" }, { a: "" }, { a: "", b: "" }].map((users) =>
      importText(JSON.stringify({ users })),
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

  test("loses nobody whose id JavaScript gives a meaning of its own", () => {
    const { state } = importText(
      '{"user_id_type":"username","users":{"__proto__":"Ada","constructor":"Bob"}}',
    );
    expect(state?.users).toEqual(
      new Map([
        ["__proto__", "Ada"],
        ["constructor", "Bob"],
      ]),
    );
  });

  test.each([
    { what: "a list of ids", text: "id\nada@x\nbob@x\n", more: {} },
    {
      what: "columns of other names",
      text: "mail,name\nada@x,\nbob@x,\n",
      more: { id_column: "mail", label_column: "name" },
    },
  ])("may name a file: $what", ({ text, more }) => {
    const { state, diagnostics } = importFile("users.csv", text, more);
    expect(diagnostics).toEqual([]);
    expect(state?.users).toEqual(unlabelled(["ada@x", "bob@x"]));
  });

  test("takes the labels of a file", () => {
    const { state } = importFile("labels.csv", "id,name\nada@x,Ada\n", { label_column: "name" });
    expect(state?.users).toEqual(new Map([["ada@x", "Ada"]]));
  });

  test.each([
    { what: "names somebody twice", text: "id\nada@x\nada@x\n", says: "line 3: This id appears twice" },
    { what: "holds nobody", text: "id\n", says: "if the set held nobody, do not import it" },
    { what: "is separated by semicolons", text: "id;name\nada@x;Ada\n", says: "save it with commas" },
    { what: "has no such column", text: "mail\nada@x\n", says: '"id_column":"mail"' },
  ])("is refused if its file $what", ({ text, says }) => {
    const { state, privateData, diagnostics } = importFile("bad.csv", text);
    expect({ state, privateData }).toEqual({ state: null, privateData: new Uint8Array() });
    expect(diagnostics).toMatchObject([
      { severity: "error", summary: "Invalid import id", detail: expect.stringContaining(says) },
    ]);
  });

  test("is refused if its file is not there", () => {
    const { state, diagnostics } = importText(JSON.stringify({ users_file: "nowhere.csv" }));
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
  ])("is refused if it %s", (_what, text) => {
    const { state, diagnostics } = importText(text);
    expect(state).toBeNull();
    expect(diagnostics).toMatchObject([
      { severity: "error", detail: expect.stringContaining("This id does not have that form.") },
    ]);
  });

  test("is refused with the first twenty of its wrong ids", () => {
    const users = Object.fromEntries(Array.from({ length: 21 }, (_, index) => [`${index}@example.com`, ""]));
    const { state, diagnostics } = importText(JSON.stringify({ users }));
    expect(state).toBeNull();
    expect(diagnostics).toHaveLength(1);
    const detail = diagnostics[0]?.detail ?? "";
    expect(detail).toContain('"19@example.com" is not a user_id');
    expect(detail).not.toContain('"20@example.com"');
  });
});

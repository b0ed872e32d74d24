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

  const EXAMPLES =
    'An import id is JSON that lists the users of the set, such as {"user_id_type":"email","users":{"ada@example.com":"Ada"}}, or names a file of them, such as {"user_id_type":"email","users_file":"before.csv"}.';

  test.each([
    ["is no JSON", "ada@example.com", "This id is no JSON."],
    ["is a list", '["ada@example.com"]', "This id is no JSON object."],
    ["is null", "null", "This id is no JSON object."],
    ["names nobody", "{}", "This id has neither users nor users_file. Give one of them."],
    [
      "has users and a file",
      '{"users":{"a":""},"users_file":"a.csv"}',
      "This id has users and users_file. Give one of them.",
    ],
    ["has a list of users", '{"users":["a"]}', "users is no JSON object of ids and labels."],
    ["has no users but null", '{"users":null}', "users is no JSON object of ids and labels."],
    ["has text for users", '{"users":"a"}', "users is no JSON object of ids and labels."],
    [
      "has labels that are no text",
      '{"users":{"a":1,"b":"","c":null}}',
      'Of "a": The label is no text. Use "" for no label.\nOf "c": The label is no text. Use "" for no label.',
    ],
    ["has an empty file name", '{"users_file":""}', "users_file is no text, or empty."],
    ["has a column that is no text", '{"users_file":"a.csv","id_column":1}', "id_column is no text."],
    [
      "has an unknown type",
      '{"user_id_type":"mail","users":{"a":""}}',
      '"mail" is not one of user_id, phone, email, username, external_id, identity, sync_relation. The closest is email.',
    ],
    ["has a type that is no text", '{"user_id_type":null,"users":{"a":""}}', "user_id_type is no text."],
    [
      "has a property that is misspelt",
      '{"users":{"a":""},"user_file":"a.csv"}',
      '"user_file" is no property of an import id. The closest is users_file.',
    ],
    [
      "has a property of another kind",
      '{"users":{"a":""},"pool":"staff"}',
      '"pool" is no property of an import id.',
    ],
  ])("that %s is refused with this reason, and with examples", (_what, text, reason) => {
    expect(importText(text)).toEqual({
      state: null,
      privateData: new Uint8Array(),
      diagnostics: [{ severity: "error", summary: "Invalid import id", detail: `${reason}\n${EXAMPLES}` }],
    });
  });

  test("of an empty set is refused, because its export may have been cut short", () => {
    const { state, diagnostics } = importText('{"users":{}}');
    expect(state).toBeNull();
    expect(diagnostics).toEqual([
      {
        severity: "error",
        summary: "Invalid import id",
        detail:
          "users is empty. If an export was cut short, repeat it; if the set held nobody, do not import it.",
      },
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

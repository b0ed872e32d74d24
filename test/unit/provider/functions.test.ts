import { describe, expect, test } from "@jest/globals";
import { functions } from "../../../src/provider/functions/functions";

/** Calls a function as the engine does. */
async function call(name: string, ...given: (string | null)[]): Promise<unknown> {
  return await functions[name]?.call(given);
}

const ADA = new Map([["ada@example.com", "Ada"]]);

test.each([
  {
    name: "users_from_csv",
    what: "a table after a byte order mark",
    given: ["\ufeffid,label\nada@example.com,Ada\n", "email", null, null],
  },
  {
    name: "users_from_csv",
    what: "cells between blanks, and empty lines",
    given: ["id , label\n\n ada@example.com , Ada \n", "email", null, null],
  },
  {
    name: "users_from_csv",
    what: "columns and a delimiter that the caller names",
    given: ["mail;name\nada@example.com;Ada\n", "email", "mail", "name", ";"],
  },
  {
    name: "users_from_json",
    what: "a list of objects",
    given: ['[{ "id": "ada@example.com", "label": "Ada" }]', "email", null, null],
  },
  {
    name: "users_from_json",
    what: "an object of ids and labels",
    given: ['{ "ada@example.com": "Ada" }', "email", null, null],
  },
  {
    name: "users_from_yaml",
    what: "a list whose keys the caller names",
    given: ["- mail: ada@example.com\n  name: Ada\n", "email", "mail", "name"],
  },
  {
    name: "users_from_text",
    what: "lines, and a comment",
    given: ["# the office\nada@example.com  Ada\n", "email"],
  },
])("$name reads $what", async ({ name, given }) => {
  expect(await call(name, ...given)).toEqual(ADA);
});

test.each([
  {
    name: "users_from_json",
    given: ['["ada@example.com",\n "ADA@example.com"]', "email", null, null],
    argument: 0,
    says: 'the JSON text, line 2: "ADA@example.com" names the same user as "ada@example.com" (line 1). Keep one of the two.',
  },
  {
    name: "users_from_yaml",
    given: ["- ada\n- ada", "username", null, null],
    argument: 0,
    says: 'the YAML text, line 2: "ada" is declared already (line 1). Keep one of the two.',
  },
  {
    name: "users_from_csv",
    given: ["id;label\nada;Ada\n", "username", null, null],
    argument: 0,
    says: 'line 1: the line is separated by ";": give ";" as delimiter, the last argument.',
  },
  {
    name: "users_from_csv",
    given: ["id,label\n138-0000-0001,Ada\n", "phone", null, null],
    argument: 0,
    says: 'line 2: The id "138-0000-0001" is a phone number with blanks or punctuation: write 13800000001.',
  },
  {
    name: "users_from_text",
    given: ["# nobody\n", "email"],
    argument: 0,
    says: "the text: it declares no user, which would remove everyone. Export the pool into the file first (cdktf-genauth export), or repeat an export that was cut short. If nobody is meant to stay, write {} in place of the call.",
  },
  { name: "users_from_text", given: ["a", "e-mail"], argument: 1, says: '"e-mail" is not one of user_id,' },
  { name: "users_from_text", given: ["a", "emial"], argument: 1, says: "The closest is email." },
  {
    name: "users_from_text",
    given: ["a".repeat(32_000_001), "username"],
    argument: 0,
    says: "the text is larger than the limit of 32 MB.",
  },
  {
    name: "users_from_csv",
    given: ["id\nada", "username", null, null, ";", ","],
    argument: 5,
    says: "There can be one delimiter",
  },
  {
    name: "users_from_csv",
    given: ["id\nada", "username", null, null, ""],
    argument: 4,
    says: "must not be empty",
  },
  { name: "normalize_id", given: ["email", "ada"], argument: 1, says: "is not an e-mail address" },
  { name: "normalize_id", given: ["mail", "ada"], argument: 0, says: '"mail" is not one of' },
])("$name refuses an argument: $says", async ({ name, given, argument, says }) => {
  await expect(call(name, ...given)).rejects.toMatchObject({
    name: "ArgumentError",
    argument,
    message: expect.stringContaining(says) as unknown,
  });
});

test("the first twenty problems are listed, and the others counted", async () => {
  const text = Array.from({ length: 25 }, (_, at) => `nobody${at}`).join("\n");
  const failed = await call("users_from_text", text, "email").catch((error: unknown) => error);
  const lines = (failed as Error).message.split("\n");
  expect(lines).toHaveLength(21);
  expect(lines[20]).toBe("… and 5 more like these.");
});

test("ids that all look like another type: it is named below the problems", async () => {
  const text = Array.from({ length: 25 }, (_, at) => `ada${at}@example.com`).join("\n");
  const failed = await call("users_from_text", text, "phone").catch((error: unknown) => error);
  const lines = (failed as Error).message.split("\n");
  expect(lines.slice(20)).toEqual([
    "… and 5 more like these.",
    "",
    'All of the ids look like the type "email": check user_id_type.',
  ]);
});

describe("normalize_id", () => {
  test.each([
    { type: "email", id: "Ada@Example.com", same: "ada@example.com" },
    { type: "phone", id: "0086 138-0000-0001", same: "+8613800000001" },
    { type: "user_id", id: "6319A1504F3B2A0FF214DD5B", same: "6319a1504f3b2a0ff214dd5b" },
    { type: "username", id: "Ada", same: "Ada" },
  ])("brings the $type $id into one spelling", async ({ type, id, same }) => {
    expect(await call("normalize_id", type, id)).toBe(same);
  });
});

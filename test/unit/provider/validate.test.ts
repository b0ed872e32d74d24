import { describe, expect, test } from "@jest/globals";
import { fillModel, UNKNOWN } from "../../../src/plugin";
import { type UserSetModel, userSetSchema } from "../../../src/provider/user-set/schema";
import { validateUserSet } from "../../../src/provider/user-set/validate";
import { unlabelled } from "../../support/users/people";

type Block = Partial<UserSetModel>;

const users = (...ids: string[]) => unlabelled(ids);
/** Ada, with this label. */
const labelled = <Label extends string | typeof UNKNOWN | null>(label: Label) => new Map([["ada", label]]);

/** The problems of a block, which declares Ada by an id of any form unless it says otherwise. */
function problemsOf(block: Block) {
  const found = validateUserSet(fillModel(userSetSchema, { users: users("ada"), ...block }));
  return found.map(({ summary, path, detail }) => ({ summary, path, detail }));
}

describe("a block is refused, at the attribute that is wrong:", () => {
  test.each<{ what: string; block: Block; summary: string; says: string }>([
    {
      what: "null",
      block: { users: null },
      summary: "users is null",
      says: "Null is not an empty set, and nobody was deleted.",
    },
    {
      what: "an id of another type",
      block: { user_id_type: "email", users: users("ada@example.com", "bob") },
      summary: "Invalid user id",
      says: 'The id "bob" is not an e-mail address',
    },
    {
      what: "an e-mail address without a type",
      block: { user_id_type: null, users: users("ada@example.com") },
      summary: "Invalid user id",
      says: 'No user_id_type is set, so ids are read as user_id. Did you mean user_id_type = "email"?',
    },
    {
      what: "a phone with hyphens",
      block: { user_id_type: "phone", users: users("138-0000-0001") },
      summary: "Invalid user id",
      says: "write 13800000001",
    },
    {
      what: "a label that is null",
      block: { users: labelled(null) },
      summary: "Invalid label",
      says: 'Of "ada": The label is null. Use "" for no label.',
    },
    {
      what: "a label with a control character",
      block: { users: labelled("Ada\u0007") },
      summary: "Invalid label",
      says: 'Of "ada": The label "Ada\\u{7}" contains a control character',
    },
    {
      what: "two spellings of one e-mail address",
      block: { user_id_type: "email", users: users("ada@example.com", "Ada@example.com") },
      summary: "The same user twice",
      says: 'GenAuth treats "Ada@example.com" and "ada@example.com" as the same user.',
    },
  ])("users: $what", ({ block, summary, says }) => {
    expect(problemsOf(block)).toEqual([
      { summary, path: [{ attribute: "users" }], detail: expect.stringContaining(says) },
    ]);
  });

  test.each<{ what: string; block: Block; says: string }>([
    {
      what: "null",
      block: { retained_ids: ["bob", null] },
      says: "The id is null. Give an id, or remove the entry.",
    },
    {
      what: "an e-mail address without a type",
      block: { user_id_type: null, retained_ids: ["bob@example.com"] },
      says: 'Did you mean user_id_type = "email"?',
    },
  ])("retained_ids: $what", ({ block, says }) => {
    expect(problemsOf(block)).toEqual([
      {
        summary: "Invalid retained user id",
        path: [{ attribute: "retained_ids" }],
        detail: expect.stringContaining(says),
      },
    ]);
  });

  const KNOWN_TYPES = "user_id, phone, email, username, external_id, identity, sync_relation";

  test.each<{ what: string; block: Block; detail: string }>([
    {
      what: "misspelt, with the closest one",
      block: { user_id_type: "mail" },
      detail: `"mail" is not one of ${KNOWN_TYPES}. The closest is email.`,
    },
    {
      what: "unknown, and the ids are not checked",
      block: { user_id_type: "nickname", users: users("") },
      detail: `"nickname" is not one of ${KNOWN_TYPES}.`,
    },
  ])("a user_id_type that is $what", ({ block, detail }) => {
    expect(problemsOf(block)).toEqual([
      { summary: "Unknown user_id_type", path: [{ attribute: "user_id_type" }], detail },
    ]);
  });

  test.each([
    { attribute: "max_deletions", value: 1.5, must: "a whole number, 0 or more" },
    { attribute: "max_deletions", value: -1, must: "a whole number, 0 or more" },
    { attribute: "max_deletions_percent", value: -1, must: "from 0 to 100" },
    { attribute: "max_deletions_percent", value: 101, must: "from 0 to 100" },
    { attribute: "suspend_days", value: 91, must: "a whole number of days from 0 to 90" },
  ])("$attribute of $value", ({ attribute, value, must }) => {
    expect(problemsOf({ [attribute]: value })).toEqual([
      {
        summary: `Invalid ${attribute}`,
        path: [{ attribute }],
        detail: `${attribute} must be ${must}; it is ${value}.`,
      },
    ]);
  });

  test("delete_by of a word that names no way to delete", () => {
    expect(problemsOf({ delete_by: "email" })).toEqual([
      {
        summary: "Invalid delete_by",
        path: [{ attribute: "delete_by" }],
        detail: '"email" is neither declared_id nor user_id.',
      },
    ]);
  });

  test("many ids, in one problem with the first 20 and the number of the others", () => {
    const wrong = Array.from({ length: 23 }, (_, n) => `user${n}`);
    const [problem, ...others] = problemsOf({
      user_id_type: "email",
      users: users(...wrong, "ada@example.com"),
    });
    expect(others).toEqual([]);
    expect(problem?.summary).toBe("23 invalid user ids");
    expect(problem?.detail).toContain('The id "user19" is not an e-mail address');
    expect(problem?.detail).not.toContain("user20");
    expect(problem?.detail).toMatch(/\n… and 3 more like these\.$/);
  });

  test("many labels, in one problem that names their ids", () => {
    const wrong = new Map([
      ["ada", null],
      ["bob", "\u0007"],
    ]);
    const detail = `Of "ada": The label is null. Use "" for no label.\nOf "bob": The label "\\u{7}" contains a control character`;
    expect(problemsOf({ users: wrong })).toEqual([
      { summary: "Invalid labels", path: [{ attribute: "users" }], detail: expect.stringContaining(detail) },
    ]);
  });

  test("ids that all look like another type, with that type; ids of different forms, with none", () => {
    const hintOf = (...ids: string[]) =>
      problemsOf({ user_id_type: "email", users: users(...ids) })[0]?.detail.split("\n\n")[1];
    expect(hintOf("6319a1504f3b2a0ff214dd5b")).toBe('Did you mean user_id_type = "user_id"?');
    expect(hintOf("+8613800000001", "13800000002")).toBe('Did you mean user_id_type = "phone"?');
    expect(hintOf("lark:ou_8b")).toBe('Did you mean user_id_type = "sync_relation"?');
    expect(hintOf("lark:ou_8b", "ada")).toBeUndefined();
  });

  test("several attributes, each in a problem of its own", () => {
    const others = { max_deletions: -1, delete_by: "email" };
    const summariesOf = (block: Block) => problemsOf(block).map(({ summary }) => summary);
    expect(summariesOf({ ...others, user_id_type: "nickname" })).toEqual([
      "Unknown user_id_type",
      "Invalid max_deletions",
      "Invalid delete_by",
    ]);
    expect(summariesOf({ ...others, users: null })).toEqual([
      "users is null",
      "Invalid max_deletions",
      "Invalid delete_by",
    ]);
  });
});

describe("a block is accepted", () => {
  test.each<{ what: string; block: Block }>([
    {
      what: "whose numbers are the lowest",
      block: { max_deletions: 0, max_deletions_percent: 0, suspend_days: 0 },
    },
    {
      what: "whose numbers are the highest",
      block: { max_deletions: 1_000_000, max_deletions_percent: 100, suspend_days: 90 },
    },
    { what: "with a retained id", block: { retained_ids: ["bob"] } },
    {
      what: "with null in place of defaults",
      block: { delete_by: null, max_deletions: null, suspend_days: null },
    },
    { what: "with a label", block: { users: labelled("Ada") } },
    { what: "that deletes by system user id", block: { delete_by: "user_id" } },
    { what: "that deletes by declared id", block: { delete_by: "declared_id" } },
    {
      // By user_id, they would be two spellings of one id; by username, they are two people.
      what: "whose type is not known yet, so ids are not compared",
      block: {
        user_id_type: UNKNOWN,
        users: users("6319a1504f3b2a0ff214dd5b", "6319A1504F3B2A0FF214DD5B"),
      },
    },
    {
      what: "whose users and limits are not known yet",
      block: {
        users: UNKNOWN,
        retained_ids: UNKNOWN,
        max_deletions: UNKNOWN,
        max_deletions_percent: UNKNOWN,
      },
    },
    {
      what: "of which a label, a retained id and other values are not known yet",
      block: {
        users: labelled(UNKNOWN),
        retained_ids: [UNKNOWN],
        delete_by: UNKNOWN,
        suspend_days: UNKNOWN,
      },
    },
  ])("$what", ({ block }) => {
    expect(problemsOf(block)).toEqual([]);
  });
});

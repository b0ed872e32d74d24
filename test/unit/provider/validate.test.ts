import { describe, expect, test } from "@jest/globals";
import { fillModel, UNKNOWN } from "../../../src/plugin";
import { type UserSetModel, userSetSchema } from "../../../src/provider/user-set/schema";
import { validateUserSet } from "../../../src/provider/user-set/validate";

type Block = Partial<UserSetModel>;

const EMAIL = { user_id_type: "email" };
const DID_YOU_MEAN = 'Did you mean user_id_type = "email"?';
const RETAINED = { retained_ids: ["bob@example.com"] };
const users = (...ids: string[]) => new Map(ids.map((id) => [id, ""]));

/** The problems of a block: summary, and where it is. */
function problemsOf(block: Block) {
  const found = validateUserSet(fillModel(userSetSchema, { users: users("ada"), ...block }));
  return found.map(({ summary, path, detail }) => ({ summary, path, detail }));
}

describe("a block is refused, at the attribute that is wrong", () => {
  test.each<{ block: Block; summary: string; says: string; attribute: string }>([
    {
      block: { users: null },
      summary: "users is null",
      says: "Null is not an empty set",
      attribute: "users",
    },
    {
      block: { ...EMAIL, users: users("ada@x", "bob") },
      summary: "Invalid user id",
      says: "e-mail",
      attribute: "users",
    },
    {
      block: { user_id_type: "mail" },
      summary: "Unknown user_id_type",
      says: '"mail" is not one of user_id, phone, email, username, external_id, identity, sync_relation. The closest is email.',
      attribute: "user_id_type",
    },
    {
      block: { user_id_type: null, users: users("a@x") },
      summary: "Invalid user id",
      says: DID_YOU_MEAN,
      attribute: "users",
    },
    {
      block: { user_id_type: "phone", users: users("138-0000-0001") },
      summary: "Invalid user id",
      says: "write 13800000001",
      attribute: "users",
    },
    {
      block: { users: new Map([["ada", null]]) },
      summary: "Invalid label",
      says: "The label is null",
      attribute: "users",
    },
    {
      block: { users: new Map([["ada", "a\u0007"]]) },
      summary: "Invalid label",
      says: "control character",
      attribute: "users",
    },
    {
      block: { ...EMAIL, users: users("a@x", "A@x") },
      summary: "The same user twice",
      says: '"A@x" and "a@x"',
      attribute: "users",
    },
    {
      block: { retained_ids: ["bob", null] },
      summary: "Invalid retained user id",
      says: "The id is null",
      attribute: "retained_ids",
    },
    {
      block: { user_id_type: null, ...RETAINED },
      summary: "Invalid retained user id",
      says: DID_YOU_MEAN,
      attribute: "retained_ids",
    },
    {
      block: { max_deletions: 1.5 },
      summary: "Invalid max_deletions",
      says: "1.5",
      attribute: "max_deletions",
    },
    {
      block: { max_deletions: -1 },
      summary: "Invalid max_deletions",
      says: "-1",
      attribute: "max_deletions",
    },
    {
      block: { max_deletions_percent: -1 },
      summary: "Invalid max_deletions_percent",
      says: "-1",
      attribute: "max_deletions_percent",
    },
    {
      block: { max_deletions_percent: 101 },
      summary: "Invalid max_deletions_percent",
      says: "101",
      attribute: "max_deletions_percent",
    },
    {
      block: { suspend_days: 91 },
      summary: "Invalid suspend_days",
      says: "it is 91",
      attribute: "suspend_days",
    },
    {
      block: { delete_by: "email" },
      summary: "Invalid delete_by",
      says: "neither declared_id nor user_id",
      attribute: "delete_by",
    },
    {
      block: { user_id_type: "nickname", users: users("", "ada") },
      summary: "Unknown user_id_type",
      says: "external_id",
      attribute: "user_id_type",
    },
  ])("$attribute: $summary, $says", ({ block, summary, says, attribute }) => {
    const path = [{ attribute }];
    expect(problemsOf(block)).toEqual([{ summary, path, detail: expect.stringContaining(says) }]);
  });

  test("once for many ids, with the first 20 and the number of the others", () => {
    const wrong = Array.from({ length: 23 }, (_, n) => `user${n}`);
    const [problem, ...others] = problemsOf({ ...EMAIL, users: users(...wrong, "ada@x") });
    expect(others).toEqual([]);
    expect(problem?.summary).toBe("23 invalid user ids");
    expect(problem?.detail).toContain('The id "user19" is not an e-mail address');
    expect(problem?.detail).not.toContain("user20");
    expect(problem?.detail).toMatch(/\n… and 3 more like these\.$/);
  });

  test("once for many labels, which are named by their ids", () => {
    const labels = new Map([
      ["ada", null],
      ["bob", "\u0007"],
    ]);
    const detail = `Of "ada": The label is null. Use "" for no label.\nOf "bob": The label "\\u{7}" contains a control character`;
    expect(problemsOf({ users: labels })).toEqual([
      { summary: "Invalid labels", path: [{ attribute: "users" }], detail: expect.stringContaining(detail) },
    ]);
  });

  test("with the type that all ids look like, and with none if they differ", () => {
    const hintOf = (...ids: string[]) =>
      problemsOf({ ...EMAIL, users: users(...ids) })[0]?.detail.split("\n\n")[1];
    expect(hintOf("6319a1504f3b2a0ff214dd5b")).toBe('Did you mean user_id_type = "user_id"?');
    expect(hintOf("+8613800000001", "13800000002")).toBe('Did you mean user_id_type = "phone"?');
    expect(hintOf("lark:ou_8b")).toBe('Did you mean user_id_type = "sync_relation"?');
    expect(hintOf("lark:ou_8b", "ada")).toBeUndefined();
    const [unset] = problemsOf({ user_id_type: null, users: users("a@x", "b@x") });
    expect(unset?.detail).toContain(
      'No user_id_type is set, so ids are read as user_id. Did you mean user_id_type = "email"?',
    );
  });

  test("with all that is wrong, also beside an unknown id type", () => {
    const block = { max_deletions: -1, delete_by: "email" };
    const guards = ["Invalid max_deletions", "Invalid delete_by"];
    const summaries = (its: Block) => problemsOf(its).map(({ summary }) => summary);
    expect(summaries({ ...block, user_id_type: "nickname" })).toEqual(["Unknown user_id_type", ...guards]);
    expect(summaries({ ...block, users: null })).toEqual(["users is null", ...guards]);
  });
});

describe("a block is accepted", () => {
  test.each<[string, Block]>([
    ["whose limits are at their ends", { max_deletions: 0, max_deletions_percent: 0, suspend_days: 0 }],
    ["and at the others", { max_deletions: 1_000_000, max_deletions_percent: 100, suspend_days: 90 }],
    ["with a retained id", { retained_ids: ["bob"] }],
    ["without defaults", { delete_by: null, max_deletions: null, suspend_days: null }],
    ["with a label", { users: new Map([["ada", "Ada"]]) }],
    ["by system user id", { delete_by: "user_id" }],
    ["by declared id", { delete_by: "declared_id" }],
    [
      "whose type is not known, so ids are not compared",
      { user_id_type: UNKNOWN, users: users("a@x", "A@x") },
    ],
    [
      "of which nothing is known",
      { users: UNKNOWN, retained_ids: UNKNOWN, max_deletions: UNKNOWN, max_deletions_percent: UNKNOWN },
    ],
    [
      "of which other values are not known",
      {
        users: new Map([["ada", UNKNOWN]]),
        retained_ids: [UNKNOWN],
        delete_by: UNKNOWN,
        suspend_days: UNKNOWN,
      },
    ],
  ])("%s", (_what, block) => {
    expect(problemsOf(block)).toEqual([]);
  });
});

import { describe, expect, test } from "@jest/globals";
import { fillModel, UNKNOWN } from "../../../src/plugin";
import { type UserSetModel, userSetSchema } from "../../../src/provider/user-set/schema";
import { validateUserSet } from "../../../src/provider/user-set/validate";

type Block = Partial<UserSetModel>;

const EMAIL = { user_id_type: "email" };
const users = (...ids: string[]) => new Map(ids.map((id) => [id, ""]));

/** The problems of a block: summary, and where it is. */
function problemsOf(block: Block) {
  const found = validateUserSet(fillModel(userSetSchema, { users: users("ada"), ...block }));
  return found.map(({ summary, path, detail }) => ({ summary, path, detail }));
}

describe("a block is refused, at the element that is wrong", () => {
  test.each<[what: string, block: Block, summary: string, path: readonly object[], detail: string]>([
    ["no users", { users: null }, "users is null", [{ attribute: "users" }], "Null is not an empty set"],
    [
      "an id that is no e-mail",
      { ...EMAIL, users: users("ada@x", "bob") },
      "Invalid user id",
      [{ attribute: "users" }, { key: "bob" }],
      "e-mail",
    ],
    [
      "an e-mail without a type",
      { user_id_type: null, users: users("ada@example.com") },
      "Invalid user id",
      [{ attribute: "users" }, { key: "ada@example.com" }],
      'Did you mean user_id_type = "email"?',
    ],
    [
      "a null label",
      { users: new Map([["ada", null]]) },
      "Invalid label",
      [{ attribute: "users" }, { key: "ada" }],
      "The label is null",
    ],
    [
      "a label with a control character",
      { users: new Map([["ada", "a\u0007"]]) },
      "Invalid label",
      [{ attribute: "users" }, { key: "ada" }],
      "control character",
    ],
    [
      "a user twice",
      { ...EMAIL, users: users("ada@x", "Ada@x") },
      "The same user twice",
      [{ attribute: "users" }, { key: "Ada@x" }],
      '"Ada@x" and "ada@x"',
    ],
    [
      "a null retained id",
      { retained_user_ids: ["bob", null] },
      "Invalid retained user id",
      [{ attribute: "retained_user_ids" }],
      "The id is null",
    ],
    [
      "a retained id of another type",
      { user_id_type: null, retained_user_ids: ["bob@example.com"] },
      "Invalid retained user id",
      [{ attribute: "retained_user_ids" }],
      'Did you mean user_id_type = "email"?',
    ],
    [
      "half a deletion",
      { max_deletions: 1.5 },
      "Invalid max_deletions",
      [{ attribute: "max_deletions" }],
      "1.5",
    ],
    [
      "a negative number",
      { max_deletions: -1 },
      "Invalid max_deletions",
      [{ attribute: "max_deletions" }],
      "-1",
    ],
    [
      "less than no share",
      { max_deletions_percent: -1 },
      "Invalid max_deletions_percent",
      [{ attribute: "max_deletions_percent" }],
      "-1",
    ],
    [
      "more than all",
      { max_deletions_percent: 101 },
      "Invalid max_deletions_percent",
      [{ attribute: "max_deletions_percent" }],
      "101",
    ],
    [
      "too many days",
      { suspend_days: 91 },
      "Invalid suspend_days",
      [{ attribute: "suspend_days" }],
      "it is 91",
    ],
    [
      "another way to delete",
      { delete_by: "email" },
      "Invalid delete_by",
      [{ attribute: "delete_by" }],
      "neither declared_id nor user_id",
    ],
    [
      "an unknown id type",
      { user_id_type: "nickname", users: users("", "ada") },
      "Unknown user_id_type",
      [{ attribute: "user_id_type" }],
      "external_id",
    ],
  ])("%s", (_what, block, summary, path, detail) => {
    expect(problemsOf(block)).toEqual([{ summary, path, detail: expect.stringContaining(detail) }]);
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
    ["with a retained id", { retained_user_ids: ["bob"] }],
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
      { users: UNKNOWN, retained_user_ids: UNKNOWN, max_deletions: UNKNOWN, max_deletions_percent: UNKNOWN },
    ],
    [
      "of which other values are not known",
      {
        users: new Map([["ada", UNKNOWN]]),
        retained_user_ids: [UNKNOWN],
        delete_by: UNKNOWN,
        suspend_days: UNKNOWN,
      },
    ],
  ])("%s", (_what, block) => {
    expect(problemsOf(block)).toEqual([]);
  });
});

import { describe, expect, test } from "@jest/globals";
import { fillModel, UNKNOWN } from "../../../src/plugin";
import { type UserSetModel, userSetSchema } from "../../../src/provider/user-set/schema";
import { validateUserSet } from "../../../src/provider/user-set/validate";
import { unlabelled } from "../../support/users/people";

type Block = Partial<UserSetModel>;

const EMAIL = { user_id_type: "email" };
const DID_YOU_MEAN = 'Did you mean user_id_type = "email"?';
const users = (...ids: string[]) => unlabelled(ids);
/** Ada, with this label. */
const labels = (ada: string | null) => new Map([["ada", ada]]);

/** The problems of a block: summary, and where it is. */
function problemsOf(block: Block) {
  const found = validateUserSet(fillModel(userSetSchema, { users: users("ada"), ...block }));
  return found.map(({ summary, path, detail }) => ({ summary, path, detail }));
}

describe("a block is refused, at the attribute that is wrong", () => {
  const refused = (block: Block, attribute: string, summary: string, says: string) =>
    expect(problemsOf(block)).toEqual([
      { summary, path: [{ attribute }], detail: expect.stringContaining(says) },
    ]);
  const closest =
    '"mail" is not one of user_id, phone, email, username, external_id, identity, sync_relation. The closest is email.';

  test.each<{ block: Block; summary?: string; says: string }>([
    { block: { users: null }, summary: "users is null", says: "Null is not an empty set" },
    { block: { ...EMAIL, users: users("ada@x", "bob") }, says: "e-mail" },
    { block: { user_id_type: null, users: users("a@x") }, says: DID_YOU_MEAN },
    { block: { user_id_type: "phone", users: users("138-0000-0001") }, says: "write 13800000001" },
    { block: { users: labels(null) }, summary: "Invalid label", says: "The label is null" },
    { block: { users: labels("a\u0007") }, summary: "Invalid label", says: "control character" },
    {
      block: { ...EMAIL, users: users("a@x", "A@x") },
      summary: "The same user twice",
      says: '"A@x" and "a@x"',
    },
  ])("users: $summary, $says", ({ block, summary = "Invalid user id", says }) => {
    refused(block, "users", summary, says);
  });

  test.each<{ block: Block; says: string }>([
    { block: { retained_ids: ["bob", null] }, says: "The id is null" },
    { block: { user_id_type: null, retained_ids: ["bob@example.com"] }, says: DID_YOU_MEAN },
  ])("retained_ids: $says", ({ block, says }) => {
    refused(block, "retained_ids", "Invalid retained user id", says);
  });

  test.each<{ block: Block; says: string }>([
    { block: { user_id_type: "mail" }, says: closest },
    { block: { user_id_type: "nickname", users: users("", "ada") }, says: "external_id" },
  ])("user_id_type: $says", ({ block, says }) => {
    refused(block, "user_id_type", "Unknown user_id_type", says);
  });

  test.each([
    { attribute: "max_deletions", value: 1.5, says: "1.5" },
    { attribute: "max_deletions", value: -1, says: "-1" },
    { attribute: "max_deletions_percent", value: -1, says: "-1" },
    { attribute: "max_deletions_percent", value: 101, says: "101" },
    { attribute: "suspend_days", value: 91, says: "it is 91" },
    { attribute: "delete_by", value: "email", says: "neither declared_id nor user_id" },
  ])("$attribute of $value", ({ attribute, value, says }) => {
    refused({ [attribute]: value }, attribute, `Invalid ${attribute}`, says);
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
    const wrong = new Map([
      ["ada", null],
      ["bob", "\u0007"],
    ]);
    const detail = `Of "ada": The label is null. Use "" for no label.\nOf "bob": The label "\\u{7}" contains a control character`;
    expect(problemsOf({ users: wrong })).toEqual([
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
    ["with a label", { users: labels("Ada") }],
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

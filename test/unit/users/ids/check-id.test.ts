import { expect, test } from "@jest/globals";
import { checkLabel, checkProtectedId, checkUserId, findMeantType, UserIdType } from "../../../../src/users";

const { USER_ID, EMAIL, PHONE, USERNAME, EXTERNAL_ID, IDENTITY, SYNC_RELATION } = UserIdType;

test.each([
  { id: "", type: USER_ID, says: "empty" },
  { id: "a\nb", type: USER_ID, says: "control character" },
  { id: "a\u001b[2Jb", type: USERNAME, says: "control character" },
  { id: "a\u2028b", type: USERNAME, says: "line break" },
  { id: "a\ud800b", type: EXTERNAL_ID, says: "surrogate" },
  { id: "a\u202eb", type: USERNAME, says: "direction" },
  { id: "ann\u200b@example.com", type: EMAIL, says: "invisible character" },
  { id: "ann\u00ad@example.com", type: EMAIL, says: "invisible character" },
  { id: "ann\ufe0f", type: USERNAME, says: "invisible character" },
  { id: "ann\u{e0041}", type: EXTERNAL_ID, says: "invisible character" },
  { id: "\u3164", type: USERNAME, says: "invisible character" },
  { id: "\u2800", type: USERNAME, says: "invisible character" },
  { id: "\ufeffann", type: USERNAME, says: "invisible character" },
  { id: " a@example.com", type: EMAIL, says: "blanks around" },
  { id: "a@example.com\u00a0", type: EMAIL, says: "blanks around" },
  { id: "ann@example.com", type: USER_ID, says: "check the type of the ids" },
  { id: "Ann Lee", type: USER_ID, says: "check the type of the ids" },
  { id: "ann", type: EMAIL, says: "@" },
  { id: "@example.com", type: EMAIL, says: "@" },
  { id: "ann@", type: EMAIL, says: "@" },
  { id: "ann lee@example.com", type: EMAIL, says: "text on both sides" },
  { id: "ann@example com", type: EMAIL, says: "text on both sides" },
  { id: "+", type: PHONE, says: "no digit" },
  { id: "ann1@example.com", type: PHONE, says: 'contains "@"' },
  { id: "+86 138-0000-0001", type: PHONE, says: "write +8613800000001" },
  { id: "(030) 1234/56", type: PHONE, says: "write 030123456" },
  { id: "abc", type: IDENTITY, says: "<extIdpId>:<userIdInIdp>" },
  { id: ":abc", type: IDENTITY, says: "<extIdpId>:<userIdInIdp>" },
  { id: "abc:", type: IDENTITY, says: "<extIdpId>:<userIdInIdp>" },
  { id: "lark", type: SYNC_RELATION, says: "<provider>:<userIdInIdp>" },
])("refuses an id of a type, and says why: %j", ({ id, type, says }) => {
  expect(checkUserId(id, type)).toContain(says);
});

test.each([
  ["6319a1504f3bad0ff214dd5b", USER_ID],
  ["external-0001", USER_ID],
  ["ann@example.com", EMAIL],
  ["+8613800000001", PHONE],
  ["13800000001", PHONE],
  ["a b", USERNAME],
  ['"%/${x}李', EXTERNAL_ID],
  ["62f2:ou_8b:ae", IDENTITY],
  ["lark:ou_8bae", SYNC_RELATION],
])("accepts %j as %s", (id, type) => {
  expect(checkUserId(id, type)).toBeUndefined();
});

test("asks for the type of e-mails where none is set", () => {
  expect(checkUserId("ann1@example.com", USER_ID, "userIdType: EMAIL")).toBe(
    'The id "ann1@example.com" is an e-mail, and no type is set, so it is read as a user_id. Did you mean userIdType: EMAIL?',
  );
  expect(checkUserId("ann@", USER_ID, "userIdType: EMAIL")).toContain("check the type of the ids");
  expect(checkUserId("6319a1504f3bad0ff214dd5b", USER_ID, "userIdType: EMAIL")).toBeUndefined();
});

test.each([
  ["*@contractors.example", EMAIL],
  ["*", USERNAME],
  ["ada@example.com", EMAIL],
])("accepts the protected id %j as %s", (id, type) => {
  expect(checkProtectedId(id, type)).toBeUndefined();
});

test.each(["*@*.example", "ada*@example.com", "*ada@example.com", "*@", "*"])(
  "refuses the protected e-mail %j, which looks like a pattern and would protect nobody",
  (id) => {
    expect(checkProtectedId(id, EMAIL)).toBeDefined();
  },
);

test("messages do not act on a terminal", () => {
  expect(checkUserId("a\u001b[2J", USERNAME)).toContain("a\\u{1b}[2J");
});

test.each(["a\tb", "a\u0000", "\ud800"])("refuses the label %j", (label) => {
  expect(checkLabel(label)).toContain("label");
});

// The last two need invisible characters: a joined emoji, and Persian with a zero-width non-joiner.
test.each(["", " Ann ", "Zoë 李 ${x}", "👩‍🔬 ❤️", "می\u200cخواهم"])("accepts the label %j", (label) => {
  expect(checkLabel(label)).toBeUndefined();
});

test.each([
  { meant: EMAIL, given: USER_ID, ids: ["ann@example.com", "bob@example.com"] },
  { meant: EMAIL, given: USER_ID, ids: [" ann@example.com"] },
  { meant: USER_ID, given: EMAIL, ids: ["6319a1504f3b2a0ff214dd5b"] },
  { meant: IDENTITY, given: EMAIL, ids: ["62f20932716fbcc10d966ee5:ou_1"] },
  { meant: SYNC_RELATION, given: EMAIL, ids: ["lark:ou_1"] },
])("$ids are meant as $meant, and not as $given", ({ ids, given, meant }) => {
  expect(findMeantType(ids, given)).toBe(meant);
});

test("another type is meant if a single id cannot be of the given one", () => {
  expect(findMeantType(["+8613800000001", "+86 138 0000 0002"], USER_ID)).toBe(PHONE);
});

test("the given type is meant if all ids can be of it, whatever else they look like", () => {
  expect(findMeantType(["13800000001", "13800000002"], USERNAME)).toBeUndefined();
});

test("no other type is meant if the ids look like the given one, and are wrong in another way", () => {
  expect(findMeantType([" ann@example.com"], EMAIL)).toBeUndefined();
});

test("no type is meant if the ids look like different ones, or if there are none", () => {
  expect(findMeantType(["ann@example.com", "Ann Lee"], USER_ID)).toBeUndefined();
  expect(findMeantType([], USER_ID)).toBeUndefined();
});

import { expect, test } from "@jest/globals";
import { checkLabel, checkProtectedId, checkUserId, UserIdType } from "../../../../src/users";

const { USER_ID, EMAIL, PHONE, USERNAME, EXTERNAL_ID, IDENTITY, SYNC_RELATION } = UserIdType;

test.each([
  ["", USER_ID, "empty"],
  ["a\nb", USER_ID, "control character"],
  ["a\u001b[2Jb", USERNAME, "control character"],
  ["a\u2028b", USERNAME, "line break"],
  ["a\ud800b", EXTERNAL_ID, "surrogate"],
  ["a\u202eb", USERNAME, "direction"],
  ["ann\u200b@example.com", EMAIL, "invisible character"],
  ["ann\u00ad@example.com", EMAIL, "invisible character"],
  ["ann\ufe0f", USERNAME, "invisible character"],
  ["ann\u{e0041}", EXTERNAL_ID, "invisible character"],
  ["\u3164", USERNAME, "invisible character"],
  ["\u2800", USERNAME, "invisible character"],
  ["\ufeffann", USERNAME, "invisible character"],
  [" a@example.com", EMAIL, "blanks around"],
  ["a@example.com\u00a0", EMAIL, "blanks around"],
  ["ann@example.com", USER_ID, "check the type of the ids"],
  ["Ann Lee", USER_ID, "check the type of the ids"],
  ["ann", EMAIL, "@"],
  ["@example.com", EMAIL, "@"],
  ["ann@", EMAIL, "@"],
  ["+", PHONE, "no digit"],
  ["ann1@example.com", PHONE, "@"],
  ["+86 138-0000-0001", PHONE, "write +8613800000001"],
  ["(030) 1234/56", PHONE, "write 030123456"],
  ["abc", IDENTITY, "<extIdpId>:<userIdInIdp>"],
  [":abc", IDENTITY, "<extIdpId>:<userIdInIdp>"],
  ["abc:", IDENTITY, "<extIdpId>:<userIdInIdp>"],
  ["lark", SYNC_RELATION, "<provider>:<userIdInIdp>"],
])("refuses %j as %s", (id, type, words) => {
  expect(checkUserId(id, type)).toContain(words);
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

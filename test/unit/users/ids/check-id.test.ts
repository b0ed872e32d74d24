import { expect, test } from "@jest/globals";
import { checkLabel, checkProtectedId, checkUserId, findMeantType, UserIdType } from "../../../../src/users";

const { USER_ID, EMAIL, PHONE, USERNAME, EXTERNAL_ID, IDENTITY, SYNC_RELATION } = UserIdType;

const refusal = (id: string, problem: string) =>
  `The id "${id}" ${problem}. Correct it, or remove the entry.`;

test("an empty id is refused", () => {
  expect(checkUserId("", USER_ID)).toBe("The id is empty. Give the id of a user, or remove the entry.");
});

const ACTING = "contains a control character or a line break";
const BROKEN = "contains half of a surrogate pair, which is not a character";
const TURNING = "contains an invisible mark that changes the direction of text";
const UNSEEN = "contains an invisible character, so it looks like another id";

test.each([
  { what: "a line break", id: "ann\nlee", shown: "ann\\u{a}lee", problem: ACTING },
  { what: "a command to the terminal", id: "ann\u001b[2J", shown: "ann\\u{1b}[2J", problem: ACTING },
  { what: "a line separator", id: "ann\u2028lee", shown: "ann\\u{2028}lee", problem: ACTING },
  { what: "half of a surrogate pair", id: "ann\ud800", shown: "ann\\u{d800}", problem: BROKEN },
  { what: "a right-to-left override", id: "ann\u202elee", shown: "ann\\u{202e}lee", problem: TURNING },
  { what: "a zero-width space", id: "ann\u200b@x.com", shown: "ann\\u{200b}@x.com", problem: UNSEEN },
  { what: "a soft hyphen", id: "ann\u00ad@x.com", shown: "ann\\u{ad}@x.com", problem: UNSEEN },
  { what: "a variation selector", id: "ann\ufe0f", shown: "ann\\u{fe0f}", problem: UNSEEN },
  { what: "a tag", id: "ann\u{e0041}", shown: "ann\\u{e0041}", problem: UNSEEN },
  { what: "a byte order mark", id: "\ufeffann", shown: "\\u{feff}ann", problem: UNSEEN },
  { what: "nothing but a Hangul filler", id: "\u3164", shown: "\\u{3164}", problem: UNSEEN },
  { what: "nothing but a blank Braille pattern", id: "\u2800", shown: "\\u{2800}", problem: UNSEEN },
])("an id with $what is refused in each type, and the message shows it escaped", ({ id, shown, problem }) => {
  for (const type of Object.values(UserIdType)) expect(checkUserId(id, type)).toBe(refusal(shown, problem));
});

test.each([" ann@example.com", "ann@example.com\u00a0"])("%j is refused for the blank around it", (id) => {
  for (const type of Object.values(UserIdType))
    expect(checkUserId(id, type)).toBe(refusal(id, "has blanks around it"));
});

const NO_USER_ID = 'is not a user_id, because it contains "@" or a blank: check the type of the ids';
const NO_EMAIL = "is not an e-mail address: it needs an @ with text on both sides";
const NO_IDENTITY = "is not an identity: it must have the form <extIdpId>:<userIdInIdp>";
const NO_SYNC_RELATION = "is not a sync relation: it must have the form <provider>:<userIdInIdp>";
const MARKS = "is a phone number with blanks or punctuation";

test.each([
  { type: USER_ID, id: "ann@example.com", problem: NO_USER_ID },
  { type: USER_ID, id: "Ann Lee", problem: NO_USER_ID },
  { type: EMAIL, id: "ann", problem: NO_EMAIL },
  { type: EMAIL, id: "@example.com", problem: NO_EMAIL },
  { type: EMAIL, id: "ann@", problem: NO_EMAIL },
  { type: EMAIL, id: "ann lee@example.com", problem: NO_EMAIL },
  { type: EMAIL, id: "ann@example com", problem: NO_EMAIL },
  { type: PHONE, id: "+", problem: "is not a phone number: it contains no digit" },
  { type: PHONE, id: "ann1@example.com", problem: 'is not a phone number: it contains "@"' },
  { type: PHONE, id: "+86 138-0000-0001", problem: `${MARKS}: write +8613800000001` },
  { type: PHONE, id: "(030) 1234/56", problem: `${MARKS}: write 030123456` },
  { type: PHONE, id: "030.123456", problem: `${MARKS}: write 030123456` },
  { type: IDENTITY, id: "ou_8bae", problem: NO_IDENTITY },
  { type: IDENTITY, id: ":ou_8bae", problem: NO_IDENTITY },
  { type: IDENTITY, id: "62f2:", problem: NO_IDENTITY },
  { type: SYNC_RELATION, id: "lark", problem: NO_SYNC_RELATION },
])("$id is refused as a $type", ({ id, type, problem }) => {
  expect(checkUserId(id, type)).toBe(refusal(id, problem));
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

test("where no type is set, an e-mail address is refused with how to set it, and other ids as ever", () => {
  const howToSet = "userIdType: EMAIL";
  expect(checkUserId("ann@example.com", USER_ID, howToSet)).toBe(
    'The id "ann@example.com" is an e-mail, and no type is set, so it is read as a user_id. Did you mean userIdType: EMAIL?',
  );
  expect(checkUserId("ann@", USER_ID, howToSet)).toBe(refusal("ann@", NO_USER_ID));
  expect(checkUserId("6319a1504f3bad0ff214dd5b", USER_ID, howToSet)).toBeUndefined();
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
    expect(checkProtectedId(id, EMAIL)).toBe(
      `The id "${id}" is no pattern that is known. Write *@example.com to protect everybody with an e-mail address of a domain, or single ids.`,
    );
  },
);

test.each([
  { what: "a tab", label: "Ann\tLee", shown: "Ann\\u{9}Lee", problem: ACTING },
  { what: "a null character", label: "Ann\u0000", shown: "Ann\\u{0}", problem: ACTING },
  { what: "half of a surrogate pair", label: "\ud800", shown: "\\u{d800}", problem: BROKEN },
  { what: "a right-to-left override", label: "Ann\u202e", shown: "Ann\\u{202e}", problem: TURNING },
])("a label with $what is refused", ({ label, shown, problem }) => {
  expect(checkLabel(label)).toBe(`The label "${shown}" ${problem}. Correct it, or leave the label empty.`);
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

test("no other type is meant if all ids can be of the given one, whatever else they look like", () => {
  expect(findMeantType(["13800000001", "13800000002"], USERNAME)).toBeUndefined();
});

test("no other type is meant if the ids look like the given one, and are wrong in another way", () => {
  expect(findMeantType([" ann@example.com"], EMAIL)).toBeUndefined();
});

test("no type is meant if the ids look like different ones, or if there are none", () => {
  expect(findMeantType(["ann@example.com", "Ann Lee"], USER_ID)).toBeUndefined();
  expect(findMeantType([], USER_ID)).toBeUndefined();
});

import { expect, test } from "@jest/globals";
import {
  canonicalId,
  type DirectoryUser,
  checkUserId,
  findDuplicates,
  USER_ID_TYPES,
  UserIdType,
} from "../../../../src/users";
import { ID_TYPES } from "../../../../src/users/ids/id-types";
import { POOL_ID_TYPES as EMULATED } from "../../../../src/emulator/pool-user";
import { canonicalNames, mayNameUser } from "../../../../src/users/ids/id-types";
import { idOf, person } from "../../../support/users/people";

const { USER_ID, EMAIL, PHONE, USERNAME, IDENTITY, SYNC_RELATION } = UserIdType;
const chinese = person(1, { phone: "13800000001", phoneCountryCode: "+86" });
const codeless = person(1, { phone: "13800000001", phoneCountryCode: undefined });
const joined = person(1, { phone: "+8613800000001", phoneCountryCode: undefined });
const british = person(1, { phone: "07911123456", phoneCountryCode: "44" });

/** Whether the id certainly names this user. */
const namesUser = (id: string, type: UserIdType, user: DirectoryUser): boolean =>
  canonicalNames(user, type).includes(canonicalId(id, type));

test.each(USER_ID_TYPES)("a %s names its user and nobody else", (type) => {
  expect(namesUser(idOf(person(1), type), type, person(1))).toBe(true);
  expect(namesUser(idOf(person(1), type), type, person(2))).toBe(false);
  expect(mayNameUser(idOf(person(1), type), type, person(2))).toBe(false);
});

test.each(USER_ID_TYPES)("the sample of a %s is valid and canonical", (type) => {
  const { sample } = ID_TYPES[type];
  expect(checkUserId(sample, type)).toBeUndefined();
  expect(canonicalId(sample, type)).toBe(sample);
});

test("the emulator has the same types", () => {
  expect([...EMULATED]).toEqual(USER_ID_TYPES);
});

const certain = "certainly names";
const perhaps = "may name";
const never = "does not name";
test.each<[string, UserIdType, string, DirectoryUser]>([
  ["PERSON1@Example.COM", EMAIL, certain, chinese],
  ["A00000000000000000000001", USER_ID, certain, chinese],
  ["Person1", USERNAME, perhaps, chinese],
  ["person1", USERNAME, perhaps, person(1, { username: undefined })],
  ["+8613800000001", PHONE, certain, chinese],
  ["+86 138-0000-0001", PHONE, certain, chinese],
  ["008613800000001", PHONE, certain, chinese],
  ["8613800000001", PHONE, certain, chinese],
  ["13800000001", PHONE, certain, chinese],
  ["+113800000001", PHONE, never, chinese],
  ["3800000001", PHONE, never, chinese],
  ["13800000001", PHONE, certain, codeless],
  ["+8613800000001", PHONE, perhaps, codeless],
  ["+113800000001", PHONE, perhaps, codeless],
  ["+8613800000002", PHONE, never, codeless],
  ["+8613800000001", PHONE, certain, joined],
  ["8613800000001", PHONE, certain, joined],
  ["13800000001", PHONE, perhaps, joined],
  ["13800000002", PHONE, never, joined],
  ["+447911123456", PHONE, certain, british],
  ["07911 123456", PHONE, certain, british],
  ["+44 (0)7911 123456", PHONE, certain, british],
  ["62f20932716fbcc10d966ee5:ou_1", IDENTITY, certain, chinese],
  ["lark:ou_1", IDENTITY, never, chinese],
  ["lark:ou_1", SYNC_RELATION, certain, chinese],
  ["lark:ou_1", SYNC_RELATION, perhaps, person(1, { identities: [] })],
])("%s as %s %s the user", (id, type, how, user) => {
  expect(namesUser(id, type, user)).toBe(how === certain);
  expect(mayNameUser(id, type, user)).toBe(how !== never);
});

test("all ids of a user, of all types, are in canonical spelling", () => {
  const user = person(1, { email: "Ann@Example.com" });
  for (const type of USER_ID_TYPES)
    expect(canonicalNames(user, type)).toContain(canonicalId(idOf(user, type), type));
  const nameless = { userId: "a", email: "", identities: [{ provider: "lark" }] };
  expect(USER_ID_TYPES.flatMap((type) => canonicalNames(nameless, type))).toEqual(["a"]);
});

test.each([
  [EMAIL, ["a@x", "b@x", "A@x", "B@X"], [["a@x", "A@x"], ["b@x", "B@X"]]], // oxfmt-ignore
  [PHONE, ["+86 138", "+86138", "0086138", "138"], [["+86 138", "+86138"], ["+86 138", "0086138"]]], // oxfmt-ignore
  [USERNAME, ["ann", "Ann"], []],
] as const)("duplicates of type %s among %j", (type, ids, duplicates) => {
  expect(findDuplicates(ids, type)).toEqual(duplicates);
});

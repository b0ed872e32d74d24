import { describe, expect, test } from "@jest/globals";
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
import { canonicalNames, idsOfUser, mayNameUser } from "../../../../src/users/ids/id-types";
import { idOf, person } from "../../../support/users/people";

const { USER_ID, EMAIL, PHONE, USERNAME, IDENTITY, SYNC_RELATION } = UserIdType;
const chinese = person(1, { phone: "13800000001", phoneCountryCode: "+86" });
const codeless = person(1, { phone: "13800000001", phoneCountryCode: undefined });
const joined = person(1, { phone: "+8613800000001", phoneCountryCode: undefined });
const complete = person(1, { phone: "+8613800000001", phoneCountryCode: "+86" });
const contradictory = person(1, { phone: "+113800000001", phoneCountryCode: "+86" });
const zeros = person(1, { phone: "13800000001", phoneCountryCode: "0086" });
const rwandan = person(1, { phone: "788123456", phoneCountryCode: "+250" });
const codelessRwandan = person(1, { phone: "788123456", phoneCountryCode: undefined });
const sixDigits = person(1, { phone: "123456", phoneCountryCode: undefined });
const fiveDigits = person(1, { phone: "12345", phoneCountryCode: undefined });
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

const nameless = person(1, { username: undefined });
const withoutIdentity = person(1, { identities: [] });

test.each([
  { id: "PERSON1@Example.COM", type: EMAIL, user: chinese },
  { id: "A00000000000000000000001", type: USER_ID, user: chinese },
  { id: "+8613800000001", type: PHONE, user: chinese },
  { id: "+86 138-0000-0001", type: PHONE, user: chinese },
  { id: "008613800000001", type: PHONE, user: chinese },
  { id: "8613800000001", type: PHONE, user: chinese },
  { id: "13800000001", type: PHONE, user: chinese },
  { id: "13800000001", type: PHONE, user: codeless },
  { id: "+8613800000001", type: PHONE, user: joined },
  { id: "8613800000001", type: PHONE, user: joined },
  { id: "+8613800000001", type: PHONE, user: complete },
  { id: "13800000001", type: PHONE, user: complete },
  { id: "+113800000001", type: PHONE, user: contradictory },
  { id: "+8613800000001", type: PHONE, user: zeros },
  { id: "+250788123456", type: PHONE, user: rwandan },
  { id: "+447911123456", type: PHONE, user: british },
  { id: "07911 123456", type: PHONE, user: british },
  { id: "+44 (0)7911 123456", type: PHONE, user: british },
  { id: "62f20932716fbcc10d966ee5:ou_1", type: IDENTITY, user: chinese },
  { id: "lark:ou_1", type: SYNC_RELATION, user: chinese },
])("the $type $id certainly names the user", ({ id, type, user }) => {
  expect(namesUser(id, type, user)).toBe(true);
  expect(mayNameUser(id, type, user)).toBe(true);
});

test.each([
  { why: "the case differs", id: "Person1", type: USERNAME, user: chinese },
  { why: "GenAuth shows no name", id: "person1", type: USERNAME, user: nameless },
  { why: "GenAuth shows no country code", id: "+8613800000001", type: PHONE, user: codeless },
  { why: "GenAuth shows no country code", id: "+113800000001", type: PHONE, user: codeless },
  { why: "GenAuth shows no country code", id: "+13800000001", type: PHONE, user: codeless },
  { why: "a country code has up to three digits", id: "+250788123456", type: PHONE, user: codelessRwandan },
  { why: "a number has at least six digits", id: "+86123456", type: PHONE, user: sixDigits },
  { why: "the id has no country code", id: "13800000001", type: PHONE, user: joined },
  { why: "GenAuth shows no identity", id: "lark:ou_1", type: SYNC_RELATION, user: withoutIdentity },
])("the $type $id may name the user, as $why", ({ id, type, user }) => {
  expect(namesUser(id, type, user)).toBe(false);
  expect(mayNameUser(id, type, user)).toBe(true);
});

test.each([
  { why: "another country code", id: "+113800000001", type: PHONE, user: chinese },
  { why: "another country code", id: "+8613800000001", type: PHONE, user: contradictory },
  { why: "a number after four digits", id: "+9999788123456", type: PHONE, user: codelessRwandan },
  { why: "another number than one of five digits", id: "+8612345", type: PHONE, user: fiveDigits },
  { why: "a digit less", id: "3800000001", type: PHONE, user: chinese },
  { why: "another number", id: "+8613800000002", type: PHONE, user: codeless },
  { why: "another number", id: "13800000002", type: PHONE, user: joined },
  { why: "the id of another type", id: "lark:ou_1", type: IDENTITY, user: chinese },
])("the $type $id does not name the user: it is $why", ({ id, type, user }) => {
  expect(namesUser(id, type, user)).toBe(false);
  expect(mayNameUser(id, type, user)).toBe(false);
});

describe("the ids that GenAuth shows of a user", () => {
  const [first] = person(1).identities;
  const user = person(1, {
    identities: [
      { ...first, userIdInIdp: "ou_1" },
      { extIdpId: "idp2", provider: "ding", userIdInIdp: "u2" },
    ],
  });

  test("hold the country code of a phone number once", () => {
    expect(idsOfUser(complete, PHONE)).toEqual(["+8613800000001"]);
    expect(idsOfUser(chinese, PHONE)).toEqual(["+8613800000001"]);
  });

  test("are all identities, or those of one source", () => {
    expect(idsOfUser(user, SYNC_RELATION)).toEqual(["lark:ou_1", "ding:u2"]);
    expect(idsOfUser(user, SYNC_RELATION, "ding")).toEqual(["ding:u2"]);
    expect(idsOfUser(user, IDENTITY, "idp2")).toEqual(["idp2:u2"]);
  });
});

test.each(["X6319A1504F3B2A0FF214DD5B", "6319A1504F3B2A0FF214DD5BX"])(
  "a user_id that is no number of 24 digits has one spelling: %s",
  (id) => {
    expect(canonicalId(id, USER_ID)).toBe(id);
  },
);

test("all ids of a user, of all types, are in canonical spelling", () => {
  const user = person(1, { email: "Ann@Example.com" });
  for (const type of USER_ID_TYPES)
    expect(canonicalNames(user, type)).toContain(canonicalId(idOf(user, type), type));
  const nameless = { userId: "a", email: "", identities: [{ provider: "lark" }] };
  expect(USER_ID_TYPES.flatMap((type) => canonicalNames(nameless, type))).toEqual(["a"]);
});

describe("ids that are given twice", () => {
  test("are e-mail addresses that differ only by case", () => {
    expect(findDuplicates(["a@x", "b@x", "A@x", "B@X"], EMAIL)).toEqual([
      ["a@x", "A@x"],
      ["b@x", "B@X"],
    ]);
  });

  test("are phone numbers in other spellings of one country code", () => {
    expect(findDuplicates(["+86 138", "+86138", "0086138", "138"], PHONE)).toEqual([
      ["+86 138", "+86138"],
      ["+86 138", "0086138"],
    ]);
  });

  test("are not user names that differ by case", () => {
    expect(findDuplicates(["ann", "Ann"], USERNAME)).toEqual([]);
  });
});

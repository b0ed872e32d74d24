import { expect, test } from "@jest/globals";
import { findMeantType, UserIdType } from "../../../../src/users";

const { EMAIL, IDENTITY, PHONE, SYNC_RELATION, USER_ID, USERNAME } = UserIdType;

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

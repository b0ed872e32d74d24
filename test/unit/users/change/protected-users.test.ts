import { expect, test } from "@jest/globals";
import { type DirectoryUser, ProtectedUsers, USER_ID_TYPES, UserIdType } from "../../../../src/users";
import { idOf, person } from "../../../support/users/people";

const { EMAIL, PHONE, USERNAME } = UserIdType;
const codeless = (phone: string): DirectoryUser => person(1, { phone, phoneCountryCode: undefined });

test.each(USER_ID_TYPES)("a user is protected by a %s, and others are not", (type) => {
  const id = idOf(person(1), type);
  const users = ProtectedUsers.of(new Map([[type, [id]]]));
  expect(users.match(person(1))).toEqual({ type, id });
  expect(users.match(person(2))).toBeUndefined();
  expect(users.matchId(id, type)).toEqual({ type, id });
  expect(users.matchId(idOf(person(2), type), type)).toBeUndefined();
});

test.each<[string, UserIdType, DirectoryUser, boolean]>([
  ["PERSON1@example.com", EMAIL, person(1), true],
  ["Person1", USERNAME, person(1), false],
  ["0086 138-0000-0001", PHONE, person(1), true],
  ["13800000001", PHONE, person(1), true],
  ["+113800000001", PHONE, person(1), false],
  ["+8613800000001", PHONE, codeless("13800000001"), true],
  ["13800000001", PHONE, codeless("+8613800000001"), true],
  ["+8613800000002", PHONE, codeless("13800000001"), false],
  ["000001", PHONE, codeless("13800000001"), false],
  ["13800000001", PHONE, person(1, { phone: undefined }), false],
])("%s as %s, case %#", (id, type, user, isProtected) => {
  const match = ProtectedUsers.of(new Map([[type, [id]]])).match(user);
  expect(match).toEqual(isProtected ? { type, id } : undefined);
});

test("a name with decomposed accents protects the user whose name has composed ones", () => {
  const users = ProtectedUsers.of(new Map([[USERNAME, ["jose\u0301"]]]));
  expect(users.match(person(1, { username: "jos\u00e9" }))).toEqual({ type: USERNAME, id: "jose\u0301" });
  expect(users.matchId("jos\u00e9", USERNAME)).toBeDefined();
});

test("an id of one type does not protect users by other types", () => {
  const users = ProtectedUsers.of(new Map([[USERNAME, ["person1@example.com"]]]));
  expect(users.match(person(1))).toBeUndefined();
  expect(users.matchId("person1@example.com", EMAIL)).toBeUndefined();
});

test.each<[string, DirectoryUser, boolean]>([
  ["*@example.com", person(1), true],
  ["*@EXAMPLE.com", person(1), true],
  ["*@example.com", person(1, { email: "Person1@Example.COM" }), true],
  ["*@example.com", person(1, { email: "person1@mail.example.com" }), false],
  ["*@example.com", person(1, { email: "person1@notexample.com" }), false],
  ["*@example.com", person(1, { email: "person1@example.com@other.example" }), false],
  ["*@example.com", person(1, { email: undefined }), false],
])("the pattern %s protects whoever has an address of the domain, case %#", (pattern, user, isProtected) => {
  const users = ProtectedUsers.of(new Map([[EMAIL, [pattern]]]));
  const match = isProtected ? { type: EMAIL, id: pattern } : undefined;
  expect(users.match(user)).toEqual(match);
  if (user.email !== undefined) expect(users.matchId(user.email, EMAIL)).toEqual(match);
  // Whatever id the user leaves a set by.
  expect(users.matchId("person1", USERNAME)).toBeUndefined();
  expect(ProtectedUsers.of(new Map([[USERNAME, [pattern]]])).match(user)).toBeUndefined();
});

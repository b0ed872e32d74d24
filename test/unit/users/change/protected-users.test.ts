import { describe, expect, test } from "@jest/globals";
import { type DirectoryUser, ProtectedUsers, USER_ID_TYPES, UserIdType } from "../../../../src/users";
import { DeclaredAnywhere, type DeclaredIds, StillDeclared } from "../../../../src/users/change/protection";
import { found, type Resolution } from "../../../../src/users/look-up/resolution";
import { LOST, REFUSED } from "../../../support/users/failures";
import { idOf, person, unlabelled } from "../../../support/users/people";

const { EMAIL, IDENTITY, PHONE, USERNAME } = UserIdType;
const ID = "person1@example.com";
const codeless = (phone: string): DirectoryUser => person(1, { phone, phoneCountryCode: undefined });

test.each(USER_ID_TYPES)("a user is protected by a %s, and others are not", (type) => {
  const id = idOf(person(1), type);
  const users = ProtectedUsers.of(new Map([[type, [id]]]));
  expect(users.match(person(1))).toEqual({ type, id });
  expect(users.match(person(2))).toBeUndefined();
  expect(users.matchId(id, type)).toEqual({ type, id });
  expect(users.matchId(idOf(person(2), type), type)).toBeUndefined();
});

test.each([
  { type: EMAIL, id: "PERSON1@example.com", user: person(1) },
  { type: PHONE, id: "0086 138-0000-0001", user: person(1) },
  { type: PHONE, id: "13800000001", user: person(1) },
  { type: PHONE, id: "+8613800000001", user: codeless("13800000001") },
  { type: PHONE, id: "13800000001", user: codeless("+8613800000001") },
])("the $type $id protects a user whom it may name", ({ type, id, user }) => {
  expect(ProtectedUsers.of(new Map([[type, [id]]])).match(user)).toEqual({ type, id });
});

test.each([
  { type: USERNAME, id: "Person1", user: person(1), why: "whose name has another case" },
  { type: PHONE, id: "+113800000001", user: person(1), why: "whose number has another country code" },
  { type: PHONE, id: "+8613800000002", user: codeless("13800000001"), why: "whose number differs" },
  { type: PHONE, id: "000001", user: codeless("13800000001"), why: "whose number only ends so" },
  { type: PHONE, id: "13800000001", user: person(1, { phone: undefined }), why: "who has no number" },
])("the $type $id does not protect a user $why", ({ type, id, user }) => {
  expect(ProtectedUsers.of(new Map([[type, [id]]])).match(user)).toBeUndefined();
});

test("a name with decomposed accents protects the user whose name has composed ones", () => {
  const users = ProtectedUsers.of(new Map([[USERNAME, ["jose\u0301"]]]));
  expect(users.match(person(1, { username: "jos\u00e9" }))).toEqual({ type: USERNAME, id: "jose\u0301" });
  expect(users.matchId("jos\u00e9", USERNAME)).toBeDefined();
});

test("an id of one type does not protect users by other types", () => {
  const users = ProtectedUsers.of(new Map([[USERNAME, [ID]]]));
  expect(users.match(person(1))).toBeUndefined();
  expect(users.matchId(ID, EMAIL)).toBeUndefined();
});

describe("a pattern of e-mail addresses", () => {
  const inDomain = (pattern: string) => ProtectedUsers.of(new Map([[EMAIL, [pattern]]]));

  test.each([
    { pattern: "*@example.com", email: "person1@example.com" },
    { pattern: "*@EXAMPLE.com", email: "person1@example.com" },
    { pattern: "*@example.com", email: "Person1@Example.COM" },
  ])("protects everybody with an address of the domain: $pattern, $email", ({ pattern, email }) => {
    const match = { type: EMAIL, id: pattern };
    expect(inDomain(pattern).match(person(1, { email }))).toEqual(match);
    expect(inDomain(pattern).matchId(email, EMAIL)).toEqual(match);
  });

  test.each([
    { of: "a domain below it", email: "person1@mail.example.com" },
    { of: "a domain that ends like it", email: "person1@notexample.com" },
    { of: "a domain after it", email: "person1@example.com@other.example" },
  ])("does not protect an address of $of", ({ email }) => {
    expect(inDomain("*@example.com").match(person(1, { email }))).toBeUndefined();
    expect(inDomain("*@example.com").matchId(email, EMAIL)).toBeUndefined();
  });

  test("does not protect a user without an address", () => {
    expect(inDomain("*@example.com").match(person(1, { email: undefined }))).toBeUndefined();
  });

  test("means no user names, not even one that looks like an address", () => {
    expect(inDomain("*@example.com").matchId("person1", USERNAME)).toBeUndefined();
    expect(inDomain("*@example.com").matchId(ID, USERNAME)).toBeUndefined();
    const users = ProtectedUsers.of(new Map([[USERNAME, ["*@example.com"]]]));
    expect(users.match(person(1))).toBeUndefined();
  });
});

test("a user is declared elsewhere if protected, and not by the operator", () => {
  const users = ProtectedUsers.of(new Map([[EMAIL, [ID]]]));
  const nobody = ProtectedUsers.of(new Map());
  const declares = (user: DirectoryUser, operatorProtected?: ProtectedUsers) =>
    new DeclaredAnywhere(
      { type: EMAIL, declared: new Map(), resolutions: new Map() },
      { protectedUsers: users, operatorProtected },
    ).declares(user);
  expect(declares(person(1), nobody)).toBe(true);
  expect(declares(person(2), nobody)).toBe(false);
  expect(declares(person(1), users)).toBe(false);
  expect(declares(person(1))).toBe(false);
});

const ada = person(1);
const bob = person(2);
/** Ada, after her address was changed in the pool. */
const moved = person(1, { email: "elsewhere@example.com" });
const phone = "13800000001";
const foreign = `+1${phone}`;

/** The declared ids of a set of e-mail addresses, with what is known of them. */
function declaring(ids: readonly string[], known: Partial<DeclaredIds> = {}): StillDeclared {
  return new StillDeclared({
    type: EMAIL,
    declared: unlabelled(ids),
    resolutions: new Map(),
    ...known,
  });
}

/** One id is declared, and a look-up of it says this. */
function lookedUp(id: string, resolution: Resolution, known: Partial<DeclaredIds> = {}): StillDeclared {
  return declaring([id], { ...known, resolutions: new Map([[id, resolution]]) });
}

/** One id is declared, and named this user when the set first saw it. */
function bound(id: string, { userId }: DirectoryUser, known: Partial<DeclaredIds> = {}): StillDeclared {
  return declaring([id], { ...known, bindings: new Map([[id, userId]]) });
}

describe("a user is still declared", () => {
  test("by the id", () => {
    expect(declaring([ID]).idOf(ada)).toBe(ID);
  });

  test("by an id that was the user's when it was first seen, in any spelling of the system user id", () => {
    expect(bound("a@b", ada).idOf(moved)).toBe("a@b");
    expect(bound("a@b", ada).idOf({ ...moved, userId: moved.userId.toUpperCase() })).toBe("a@b");
  });

  test("by an id of which a look-up shows the user, alone or among several", () => {
    expect(lookedUp("a@b", found(ada)).idOf(moved)).toBe("a@b");
    expect(lookedUp("a@b", { kind: "several", users: [bob, ada] }).idOf(moved)).toBe("a@b");
  });

  test("not by an id that names somebody else, or nobody", () => {
    expect(lookedUp("a@b", found(bob)).idOf(moved)).toBeUndefined();
    expect(lookedUp("a@b", { kind: "absent" }).idOf(moved)).toBeUndefined();
  });

  test("by the same id, although it was somebody else's when it was first seen", () => {
    expect(bound(ID, bob).idOf(ada)).toBe(ID);
  });

  test("by a phone number without its country code", () => {
    expect(declaring([phone], { type: PHONE }).idOf(ada)).toBe(phone);
  });

  test("by a second identity", () => {
    const identities = [
      { extIdpId: "a", userIdInIdp: "1" },
      { extIdpId: "b", userIdInIdp: "2" },
    ];
    expect(declaring(["b:2"], { type: IDENTITY }).idOf(person(1, { identities }))).toBe("b:2");
  });

  test("by a phone number of another country that names nobody", () => {
    const set = lookedUp(foreign, { kind: "absent" }, { type: PHONE });
    expect(set.idOf(codeless(phone))).toBe(foreign);
  });

  test("not by a phone number of another country that is somebody else's", () => {
    const type = PHONE;
    expect(lookedUp(foreign, found(bob), { type }).idOf(codeless(phone))).toBeUndefined();
    expect(bound(foreign, bob, { type }).idOf(codeless(phone))).toBeUndefined();
  });
});

describe("a declared id names somebody else", () => {
  const OTHER_CASE = "PERSON1@example.com";

  test("if it was somebody else's when it was first seen", () => {
    expect(bound(ID, bob).namesOther(OTHER_CASE, ada.userId)).toBe(true);
    const sameInUpperCase = { ...ada, userId: ada.userId.toUpperCase() };
    expect(bound(ID, sameInUpperCase).namesOther(OTHER_CASE, ada.userId)).toBe(false);
  });

  test("if a look-up shows somebody else, whoever it was before", () => {
    const bindings = new Map([[ID, ada.userId]]);
    expect(lookedUp(ID, found(bob), { bindings }).namesOther(OTHER_CASE, ada.userId)).toBe(true);
  });

  test("not if nothing is known of it, or if it is not declared", () => {
    expect(declaring([ID]).namesOther(OTHER_CASE, ada.userId)).toBe(false);
    expect(lookedUp(ID, found(bob)).namesOther("a@b", ada.userId)).toBe(false);
  });
});

describe("while look-ups of declared ids fail, it is not known whether they declare", () => {
  const failed: Resolution = { kind: "undecided", failure: LOST };
  const withoutId = person(1, { email: undefined });

  test("a user who has the id in another spelling", () => {
    expect(lookedUp("Person1@example.com", failed).findUncertainty(ada)).toEqual(LOST);
  });

  test("a user whose name differs by case", () => {
    const refused: Resolution = { kind: "undecided", failure: REFUSED };
    const resolutions = new Map(Object.entries({ x: refused, Person1: failed }));
    const set = declaring(["Person1", "x"], { type: USERNAME, resolutions });
    expect(set.findUncertainty(ada)).toEqual(LOST);
  });

  test("a user without an id of the type", () => {
    expect(lookedUp("a@b", failed).findUncertainty(withoutId)).toEqual(LOST);
  });

  test("a user with the phone number in another country", () => {
    expect(lookedUp(foreign, failed, { type: PHONE }).findUncertainty(codeless(phone))).toEqual(LOST);
  });

  test("but it is known of a user who has another id", () => {
    expect(lookedUp("a@b", failed).findUncertainty(ada)).toBeUndefined();
  });

  test("but it is known of an id that was somebody else's when it was first seen", () => {
    const bindings = new Map([["a@b", bob.userId]]);
    expect(lookedUp("a@b", failed, { bindings }).findUncertainty(withoutId)).toBeUndefined();
  });

  test("but it is known once the look-ups succeed", () => {
    expect(lookedUp("a@b", { kind: "absent" }).findUncertainty(withoutId)).toBeUndefined();
  });
});

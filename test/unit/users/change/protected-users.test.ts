import { describe, expect, test } from "@jest/globals";
import { type DirectoryUser, ProtectedUsers, USER_ID_TYPES, UserIdType } from "../../../../src/users";
import { DeclaredAnywhere, StillDeclared } from "../../../../src/users/change/protection";
import type { Resolution } from "../../../../src/users/look-up/resolution";
import { LOST, REFUSED } from "../../../support/users/failures";
import { idOf, person } from "../../../support/users/people";

const { EMAIL, PHONE, USERNAME } = UserIdType;
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
  const users = ProtectedUsers.of(new Map([[USERNAME, [ID]]]));
  expect(users.match(person(1))).toBeUndefined();
  expect(users.matchId(ID, EMAIL)).toBeUndefined();
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
  // A pattern means addresses, not user names that look like one.
  expect(users.matchId("person1", USERNAME)).toBeUndefined();
  expect(users.matchId(ID, USERNAME)).toBeUndefined();
  expect(ProtectedUsers.of(new Map([[USERNAME, [pattern]]])).match(user)).toBeUndefined();
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

describe("a user is still declared", () => {
  interface Case {
    readonly type?: UserIdType;
    readonly ids: readonly string[];
    readonly bindings?: ReadonlyMap<string, string>;
    readonly resolutions?: ReadonlyMap<string, Resolution>;
  }
  const [ada, bob] = [person(1), person(2)];
  const found = (user: DirectoryUser): Resolution => ({ kind: "found", userId: user.userId, user });
  const failed: Resolution = { kind: "undecided", failure: LOST };
  const nobody: Resolution = { kind: "absent" };
  const several: Resolution = { kind: "several", users: [bob, ada] };
  const declare = ({ type = EMAIL, ids, bindings, resolutions = new Map() }: Case) =>
    new StillDeclared({ type, declared: new Map(ids.map((id) => [id, ""])), bindings, resolutions });
  /** One id is declared, and a look-up of it says this, or it is bound to this user. */
  const shows = (id: string, resolution: Resolution): Case => ({ ids: [id], resolutions: new Map([[id, resolution]]) }); // oxfmt-ignore
  const binds = (id: string, { userId }: DirectoryUser): Case => ({ ids: [id], bindings: new Map([[id, userId]]) }); // oxfmt-ignore
  const moved = person(1, { email: "elsewhere@example.com" });
  const upper = { ...moved, userId: moved.userId.toUpperCase() };
  const phone = "13800000001";
  const foreign = `+1${phone}`;

  test.each<[string, DirectoryUser, Case, string | undefined]>([
    ["by the id", ada, { ids: [ID] }, ID],
    ["by the binding", moved, binds("a@b", ada), "a@b"],
    ["by the binding, in another spelling", upper, binds("a@b", ada), "a@b"],
    ["by the look-up", moved, shows("a@b", found(ada)), "a@b"],
    ["by a look-up that found several users", moved, shows("a@b", several), "a@b"],
    ["not by somebody else's id", moved, shows("a@b", found(bob)), undefined],
    ["not by an id that names nobody", moved, shows("a@b", nobody), undefined],
    ["by the same id, although it is bound to somebody else", ada, binds(ID, bob), ID],
    ["by a phone without its country code", ada, { type: PHONE, ids: [phone] }, phone],
  ])("%s, case %#", (_, user, story, id) => {
    expect(declare(story).idOf(user)).toBe(id);
  });

  test.each<[string, Case, string | undefined]>([
    ["that names nobody", shows(foreign, nobody), foreign],
    ["unless it names somebody else", shows(foreign, found(bob)), undefined],
    ["unless it is bound to somebody else", binds(foreign, bob), undefined],
  ])("by a phone of another country, %s", (_, story, id) => {
    expect(declare({ ...story, type: PHONE }).idOf(codeless(phone))).toBe(id);
  });

  test("an id names somebody else if a look-up or the binding says so", () => {
    const names = (story: Partial<Case>, id = "PERSON1@example.com") =>
      declare({ ids: [ID], ...story }).namesOther(id, ada.userId);
    expect(names({})).toBe(false);
    expect(names(binds(ID, bob))).toBe(true);
    expect(names(binds(ID, upper))).toBe(false);
    expect(names({ ...binds(ID, ada), ...shows(ID, found(bob)) })).toBe(true);
    expect(names(shows(ID, found(bob)), "a@b")).toBe(false);
  });

  const withoutId = person(1, { email: undefined });
  const refused: Resolution = { kind: "undecided", failure: REFUSED };
  const twoNames = new Map([["x", refused], ["Person1", failed]]); // oxfmt-ignore

  test.each<[string, DirectoryUser, Case, object | undefined]>([
    ["another id", ada, shows("a@b", failed), undefined],
    ["the same id in another spelling", ada, shows("Person1@example.com", failed), LOST],
    ["any id, of a user without one", withoutId, shows("a@b", failed), LOST],
    ["none, of a user without an id", withoutId, shows("a@b", nobody), undefined],
    ["an id that is bound already", withoutId, { ...binds("a@b", bob), ...shows("a@b", failed) }, undefined],
    ["a name in another case", ada, { type: USERNAME, ids: ["Person1", "x"], resolutions: twoNames }, LOST],
    ["a phone of another country", codeless(phone), { ...shows(foreign, failed), type: PHONE }, LOST],
  ])("is not known if the look-up failed of %s, case %#", (_, user, story, failure) => {
    expect(declare(story).findUncertainty(user)).toEqual(failure);
  });
});

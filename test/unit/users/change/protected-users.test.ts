import { describe, expect, test } from "@jest/globals";
import { type DirectoryUser, ProtectedUsers, USER_ID_TYPES, UserIdType } from "../../../../src/users";
import { DeclaredAnywhere, StillDeclared } from "../../../../src/users/change/protection";
import type { Resolution } from "../../../../src/users/look-up/resolution";
import { LOST, REFUSED } from "../../../support/users/failures";
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
  // A pattern means addresses, not user names that look like one.
  expect(users.matchId("person1", USERNAME)).toBeUndefined();
  expect(users.matchId("person1@example.com", USERNAME)).toBeUndefined();
  expect(ProtectedUsers.of(new Map([[USERNAME, [pattern]]])).match(user)).toBeUndefined();
});

describe("ids that another set of the same change adds", () => {
  const added = new Map([[USERNAME, ["person2"]]]);
  const users = ProtectedUsers.of(new Map([[EMAIL, ["person1@example.com", "*@staff.example"]]])).withAdded(
    added,
  );
  const elsewhere = { type: USERNAME, id: "person2", isAddedElsewhere: true };

  test("protect, and are told apart", () => {
    expect(users.match(person(2))).toEqual(elsewhere);
    expect(users.matchId("person2", USERNAME)).toEqual(elsewhere);
    expect(users.match(person(3))).toBeUndefined();
    expect(users.matchId("person3", USERNAME)).toBeUndefined();
  });

  test("do not hide other protected ids and patterns", () => {
    const both = users.withAdded(new Map([[EMAIL, ["person1@example.com", "ada@staff.example"]]]));
    const byId = { type: EMAIL, id: "person1@example.com" };
    const byPattern = { type: EMAIL, id: "*@staff.example" };
    expect(both.match(person(1))).toEqual(byId);
    expect(both.matchId("person1@example.com", EMAIL)).toEqual(byId);
    expect(both.match(person(4, { email: "ada@staff.example" }))).toEqual(byPattern);
    expect(both.matchId("ada@staff.example", EMAIL)).toEqual(byPattern);
  });

  test("are none, and the users stay the same", () => {
    expect(users.withAdded(new Map()).match(person(2))).toEqual(elsewhere);
  });
});

test("a user is declared elsewhere if protected, and not by the operator", () => {
  const users = ProtectedUsers.of(new Map([[EMAIL, ["person1@example.com"]]]));
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
    readonly bindings?: readonly [id: string, userId: string][];
    readonly resolutions?: readonly [id: string, resolution: Resolution][];
  }
  const [ada, bob] = [person(1), person(2)];
  const found = (user: DirectoryUser): Resolution => ({ kind: "found", userId: user.userId, user });
  const failed: Resolution = { kind: "undecided", failure: LOST };
  const declare = ({ type = EMAIL, ids, bindings, resolutions = [] }: Case) =>
    new StillDeclared({
      type,
      declared: new Map(ids.map((id) => [id, ""])),
      bindings: bindings && new Map(bindings),
      resolutions: new Map(resolutions),
    });
  const moved = person(1, { email: "elsewhere@example.com" });
  const upper = { ...moved, userId: moved.userId.toUpperCase() };
  const nobody: Resolution = { kind: "absent" };

  test.each<[string, DirectoryUser, Case, string | undefined]>([
    ["by the id", ada, { ids: ["person1@example.com"] }, "person1@example.com"],
    ["by the binding", moved, { ids: ["a@b"], bindings: [["a@b", ada.userId]] }, "a@b"],
    ["by the binding, in another spelling", upper, { ids: ["a@b"], bindings: [["a@b", ada.userId]] }, "a@b"],
    ["by the look-up", moved, { ids: ["a@b"], resolutions: [["a@b", found(ada)]] }, "a@b"],
    [
      "by a look-up that found several users",
      moved,
      { ids: ["a@b"], resolutions: [["a@b", { kind: "several", users: [bob, ada] }]] },
      "a@b",
    ],
    ["not by somebody else's id", moved, { ids: ["a@b"], resolutions: [["a@b", found(bob)]] }, undefined],
    ["not by an id that names nobody", moved, { ids: ["a@b"], resolutions: [["a@b", nobody]] }, undefined],
    ["by a phone without its country code", ada, { type: PHONE, ids: ["13800000001"] }, "13800000001"],
    [
      "by a phone of another country, unless it names somebody else",
      codeless("13800000001"),
      { type: PHONE, ids: ["+113800000001"], resolutions: [["+113800000001", found(bob)]] },
      undefined,
    ],
    [
      "by a phone of another country, unless it is bound to somebody else",
      codeless("13800000001"),
      { type: PHONE, ids: ["+113800000001"], bindings: [["+113800000001", bob.userId]] },
      undefined,
    ],
    [
      "by a phone of another country that names nobody",
      codeless("13800000001"),
      { type: PHONE, ids: ["+113800000001"], resolutions: [["+113800000001", nobody]] },
      "+113800000001",
    ],
    [
      "by the same id, although it is bound to somebody else",
      ada,
      { ids: ["person1@example.com"], bindings: [["person1@example.com", bob.userId]] },
      "person1@example.com",
    ],
  ])("%s, case %#", (_, user, story, id) => {
    expect(declare(story).idOf(user)).toBe(id);
  });

  test("an id names somebody else if a look-up or the binding says so", () => {
    const ids = ["person1@example.com"];
    const id = "PERSON1@example.com";
    const names = (story: Omit<Case, "ids">) => declare({ ids, ...story }).namesOther(id, ada.userId);
    expect(names({})).toBe(false);
    expect(names({ bindings: [["person1@example.com", bob.userId]] })).toBe(true);
    expect(names({ bindings: [["person1@example.com", ada.userId.toUpperCase()]] })).toBe(false);
    const rebound: Case["resolutions"] = [["person1@example.com", found(bob)]];
    expect(names({ bindings: [["person1@example.com", ada.userId]], resolutions: rebound })).toBe(true);
    expect(declare({ ids, resolutions: rebound }).namesOther("a@b", ada.userId)).toBe(false);
  });

  test.each<[string, DirectoryUser, Case, object | undefined]>([
    ["another id", ada, { ids: ["a@b"], resolutions: [["a@b", failed]] }, undefined],
    [
      "the same id in another spelling",
      ada,
      { ids: ["Person1@example.com"], resolutions: [["Person1@example.com", failed]] },
      LOST,
    ],
    [
      "any id, of a user without one",
      person(1, { email: undefined }),
      { ids: ["a@b"], resolutions: [["a@b", failed]] },
      LOST,
    ],
    [
      "none, of a user without an id",
      person(1, { email: undefined }),
      { ids: ["a@b"], resolutions: [["a@b", nobody]] },
      undefined,
    ],
    [
      "an id that is bound already",
      person(1, { email: undefined }),
      { ids: ["a@b"], bindings: [["a@b", bob.userId]], resolutions: [["a@b", failed]] },
      undefined,
    ],
    [
      "a name in another case",
      ada,
      {
        type: USERNAME,
        ids: ["Person1", "x"],
        resolutions: [
          ["x", { kind: "undecided", failure: REFUSED }],
          ["Person1", failed],
        ],
      },
      LOST,
    ],
    [
      "a phone of another country",
      codeless("13800000001"),
      { type: PHONE, ids: ["+113800000001"], resolutions: [["+113800000001", failed]] },
      LOST,
    ],
  ])("is not known if the look-up failed of %s, case %#", (_, user, story, failure) => {
    expect(declare(story).findUncertainty(user)).toEqual(failure);
  });
});

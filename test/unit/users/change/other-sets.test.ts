import { describe, expect, test } from "@jest/globals";
import { type DirectoryUser, PlannedSets, ProtectedUsers, UserIdType } from "../../../../src/users";
import { type Fate, type Leaver, noCall } from "../../../../src/users/change/fate";
import type { PlannedSet, Protection } from "../../../../src/users/change/planned-set";
import { found, type Resolution } from "../../../../src/users/look-up/resolution";
import { OUTAGE } from "../../../support/users/failures";
import { idOf, people, person } from "../../../support/users/people";

const { EMAIL, USERNAME, IDENTITY } = UserIdType;
const [ada, bob, eve] = [person(1), person(2), person(3)];
const emailOf = (user: DirectoryUser): string => idOf(user, EMAIL);
const [idOfAda, idOfBob, idOfEve] = [ada, bob, eve].map(emailOf) as [string, string, string];

const undecided = noCall({ kind: "not_looked_up", failure: OUTAGE });
const retainedFate: Fate = noCall({ kind: "retained" });
const deletes = ({ userId }: DirectoryUser): Fate => ({ kind: "delete", userId });
const suspends = ({ userId }: DirectoryUser): Fate => ({ kind: "suspend", userId });

/** A set that users leave, each with this fate; by default they are deleted. */
function left(
  users: readonly DirectoryUser[],
  { type = EMAIL, fateOf = deletes, ...given }: Partial<PlannedSet> & { fateOf?: (user: DirectoryUser) => Fate } = {}, // oxfmt-ignore
): PlannedSet {
  const leavers = users.map((user): Leaver => ({ id: idOf(user, type), label: "L", fate: fateOf(user) }));
  const resolutions = new Map(users.map((user) => [idOf(user, type), found(user)]));
  return { type, leavers, prior: leavers.map(({ id }) => id), resolutions, ...given };
}

/** A set that declares users, and has added them unless `given` says otherwise. */
function declares(
  users: readonly DirectoryUser[],
  { type = EMAIL, ...given }: Partial<PlannedSet> = {},
): PlannedSet {
  const ids = users.map((user) => idOf(user, type));
  return { type, declared: new Map(ids.map((id) => [id, "D"])), added: ids, ...given };
}

const protectionOf = (ids: readonly string[], known = true): Protection => ({
  protectedUsers: ProtectedUsers.of(new Map([[EMAIL, ids]])),
  protectedUsersKnown: known,
});
const NOBODY_PROTECTED = protectionOf([]);

/** What the second of two sets is told, each as one text. */
function told(first: PlannedSet, second: PlannedSet, protection: Protection = NOBODY_PROTECTED): string[] {
  const sets = new PlannedSets();
  expect(sets.add(first, protection)).toEqual([]);
  return sets
    .add(second, protection)
    .map(
      ({ summary, detail, isError, ids }) =>
        `${isError ? "refused" : "warned"}${ids.join()}: ${summary}\n${detail}`,
    );
}

const boundBy = (type: UserIdType, user: DirectoryUser) => ({
  readBindings: (prior: readonly string[]) =>
    new Map(prior.filter((id) => id === idOf(user, type)).map((id) => [id, user.userId])),
});
const absent = (...ids: readonly string[]) => ({
  resolutions: new Map(ids.map((id): [string, Resolution] => [id, { kind: "absent" }])),
});

describe("a user whom one set deletes and another declares", () => {
  test.each<[string, PlannedSet, PlannedSet, RegExp, RegExp]>([
    [
      "by the same id",
      left([ada]),
      declares([ada, bob]),
      /^refused: This change deletes 1 user that another set declares\n.*declared or retained by another set:\n {2}person1@example\.com {2}L\n\nThe other set declares 2 users by email, among them:\n {2}person1@example\.com {2}D\n {2}person2@example\.com {2}D\n\nNobody/s,
      /^refused: Another set deletes 1 user that this set declares\n.*declared or retained by this set:.*L\n\nThe other set declares 0 users by email\.\n\n.*may already have done so:.*--user-id-type email"/s,
    ],
    [
      "several, of whom one is only perhaps deleted",
      left([ada, bob], { fateOf: (user) => (user === ada ? undecided : deletes(user)) }),
      declares([ada, bob, eve, person(4)]),
      /^refused: This change may delete 2 users that .*retained by another set:.*declares 4 users by email, among them:(\n {2}person[123]@example\.com {2}D){3}\n\n/s,
      /^refused: Another set may delete 2 users .*retained by this set:.*done so:/s,
    ],
    [
      "who is suspended first",
      left([ada], { fateOf: suspends, suspendDays: 14 }),
      declares([ada]),
      /^refused: This change suspends 1 user .*Nobody was deleted or suspended/s,
      /^refused: Another set suspends 1 user .*nobody was deleted or suspended/s,
    ],
    [
      "who may be suspended first, or is due with another one",
      left([ada, bob], { fateOf: (user) => (user === ada ? undecided : deletes(user)), suspendDays: 14 }),
      declares([ada, bob]),
      /^refused: This change may delete or suspend 2 users/,
      /^refused: Another set may delete or suspend 2 users/,
    ],
  ])("%s: refused in either order", (_, deleting, declaring, asThis, asOther) => {
    expect(told(declaring, deleting)).toEqual([expect.stringMatching(asThis)]);
    expect(told(deleting, declaring)).toEqual([expect.stringMatching(asOther)]);
  });

  const byName = declares([ada], { type: USERNAME, added: [] });
  const byUserId = declares([ada], { type: UserIdType.USER_ID, added: [] });
  const spelled = { type: EMAIL, declared: new Map([["PERSON1@example.com", ""]]) };
  const open = { fateOf: () => undecided, ...boundBy(EMAIL, ada) };

  test.each<[string, PlannedSet, PlannedSet, RegExp]>([
    [
      "and is only retained there",
      left([ada]),
      { type: EMAIL, retained: [idOfAda] },
      /deletes .*The other set declares 0 users by email\.\n/,
    ],
    [
      "by a set that retains as many as it declares",
      left([ada]),
      declares([ada], { retained: [idOfEve] }),
      /deletes 1 user/,
    ],
    [
      "who was found, although the fate is open, by an id never seen",
      left([ada], open),
      byName,
      /may delete 1 user .*\(there: person1\)/,
    ],
    [
      "by another spelling",
      left([ada]),
      spelled,
      /deletes .*retained by (another|this) set:\n {2}person1@example\.com {2}L {2}\(there: PERSON1@example\.com\)\n/,
    ],
    ["by an id of another type", left([ada]), byName, /deletes .*\(there: person1\)/],
    [
      "by an id that the user has lost",
      left([{ ...ada, email: "now@example.com" }]),
      declares([ada], { prior: [idOfAda], ...boundBy(EMAIL, ada) }),
      /deletes .*\(there: person1@.*An id that the user has lost, .* protects nobody: correct it/,
    ],
    [
      "who is known only by the binding",
      left([ada], { ...open, ...absent() }),
      byUserId,
      /may delete 1 user/,
    ],
  ])("%s: refused in either order with the same words", (_, deleting, declaring, { source }) => {
    expect(told(declaring, deleting)).toEqual([
      expect.stringMatching(new RegExp(`^refused: This change ${source}`, "s")),
    ]);
    expect(told(deleting, declaring)).toEqual([
      expect.stringMatching(new RegExp(`^refused: Another set ${source}`, "s")),
    ]);
  });

  test.each<[string, PlannedSet, PlannedSet]>([
    ["somebody else", left([ada]), declares([bob])],
    ["somebody else by another type", left([ada]), declares([bob], { type: USERNAME, added: [] })],
    ["the same, who is kept", left([ada], { fateOf: () => retainedFate }), declares([ada])],
    [
      "the id of somebody unknown, by another type",
      left([ada], { fateOf: () => undecided, ...absent() }),
      { type: USERNAME, declared: new Map([[idOfAda, ""]]) },
    ],
  ])("not %s", (_, deleting, declaring) => {
    expect(told(declaring, deleting)).toEqual([]);
    expect(told(deleting, declaring)).toEqual([]);
  });
});

describe("while look-ups of the ids fail that another set adds, they", () => {
  const adding = declares([ada], { type: IDENTITY });
  // GenAuth shows no identity of them yet, so any may be theirs.
  const [fay, gus] = [person(5, { identities: [] }), person(6, { identities: [] })];

  test("may name a leaver: refused in either order", () => {
    expect(told(adding, left([bob, fay]))).toEqual([
      expect.stringMatching(
        /^refused: This change deletes 1 user that another set may declare under another id\n.*another set declares or retains by identity.*removed by email:\n {2}person5@\S* {2}L\n\n/s,
      ),
    ]);
    expect(told(left([fay, gus]), adding)).toEqual([
      expect.stringMatching(
        /^refused: Another set deletes 2 users that this set may declare .*this set declares or retains/s,
      ),
    ]);
  });

  test.each<[string, PlannedSet, PlannedSet, Protection?]>([
    ["that were there before", { ...adding, added: [] }, left([fay])],
    ["of a set that adds none", { type: IDENTITY }, left([fay])],
    ["whose users are known", { ...adding, resolutions: new Map([[idOf(ada, IDENTITY), found(ada)]]) }, left([fay])], // oxfmt-ignore
    ["beside a leaver of whom nothing is known", adding, left([fay], absent())],
    ["beside a set that keeps everybody", adding, left([fay], { fateOf: () => retainedFate })],
    [
      "that are protected",
      declares([ada]),
      left([person(5, { email: undefined })], { type: USERNAME }),
      protectionOf([idOfAda]),
    ],
  ])("%s refuse nothing", (_, others, deleting, protection = NOBODY_PROTECTED) => {
    expect(told(others, deleting, protection)).toEqual([]);
    expect(told(deleting, others, protection)).toEqual([]);
  });
});

describe("while the look-up of a leaver fails, ids of another set", () => {
  const unseen = (users: readonly DirectoryUser[], type = EMAIL) =>
    left(users, {
      type,
      fateOf: () => undecided,
      resolutions: new Map(users.map((user): [string, Resolution] => [idOf(user, type), { kind: "undecided", failure: OUTAGE }])),
      readBindings: () => new Map(users.map((user) => [idOf(user, type), user.userId])),
    }); // oxfmt-ignore
  const declaring = declares([ada], { type: USERNAME, added: [] });

  test.each<[string, PlannedSet, PlannedSet]>([
    ["that are declared", declaring, unseen([bob])],
    ["that are retained", { type: USERNAME, retained: ["person1"] }, unseen([bob])],
    ["of a type of which a user may have several", declares([ada], { type: IDENTITY, added: [] }), unseen([bob], IDENTITY)], // oxfmt-ignore
    ["beside a leaver by user_id", declaring, { ...unseen([bob], UserIdType.USER_ID), readBindings: () => new Map<string, string>() }], // oxfmt-ignore
  ])("%s, and were never found, may name the leaver: refused in either order", (_, others, deleting) => {
    expect(told(others, deleting)).toEqual([
      expect.stringMatching(
        /^refused: This change may delete 1 user that another set may declare .*\n\nNobody was deleted or suspended\. Plan again/s,
      ),
    ]);
    expect(told(deleting, others)).toEqual([
      expect.stringMatching(
        /^refused: Another set may delete 1 user that this set may declare .*If this is an apply, the other set may already have done so: check/s,
      ),
    ]);
  });

  test.each<[string, PlannedSet, PlannedSet, Protection?]>([
    ["that name somebody else since they were found", { ...declaring, prior: ["person1"], ...boundBy(USERNAME, ada) }, unseen([bob])], // oxfmt-ignore
    ["that nobody has", { ...declaring, ...absent("person1") }, unseen([bob])],
    ["of the same type", declares([ada], { added: [] }), unseen([bob])],
    ["that are protected", declares([ada], { added: [] }), unseen([bob], USERNAME), protectionOf([idOfAda])],
    ["of a set that declares nobody", { type: USERNAME }, unseen([bob])],
  ])("%s refuse nothing", (_, others, deleting, protection = NOBODY_PROTECTED) => {
    expect(told(others, deleting, protection)).toEqual([]);
    expect(told(deleting, others, protection)).toEqual([]);
  });
});

describe("while the users of a set are not known", () => {
  const open: PlannedSet = { type: EMAIL, isOpen: true };

  test("no other set deletes anybody, in either order", () => {
    expect(told(open, left([ada]))).toEqual([
      expect.stringMatching(
        /^refused: This change deletes 1 user while the users of another set are not known yet\n.*too late:\n {2}person1@/s,
      ),
    ]);
    expect(told(left([ada, bob]), open)).toEqual([
      expect.stringMatching(
        /^refused: Another set deletes 2 users while the users of this set are not known/,
      ),
    ]);
  });

  test.each<[string, PlannedSet, PlannedSet, Protection?]>([
    ["another set that deletes nobody", open, left([ada], { fateOf: () => retainedFate })],
    ["a set of which that is accepted", { type: EMAIL }, left([ada])],
    ["all sets, until all protected users are known", open, left([ada]), protectionOf([], false)],
  ])("%s may go on", (_, first, second, protection = NOBODY_PROTECTED) => {
    expect(told(first, second, protection)).toEqual([]);
    expect(told(second, first, protection)).toEqual([]);
  });

  test("the set itself may delete whoever left it and is neither retained nor protected", () => {
    const unknown: PlannedSet = {
      type: EMAIL,
      retained: [idOfBob],
      mayLeave: [ada, bob, eve].map((user) => [emailOf(user), "M"] as const),
    };
    const first = { ...declares([ada, eve]), added: [] };
    expect(told(first, unknown, protectionOf([idOfEve]))).toEqual([
      expect.stringMatching(/^refused: This change may delete 1 user that another set declares\n.*person1@example\.com {2}M\n/s), // oxfmt-ignore
    ]);
    expect(told(first, unknown, protectionOf([], false))).toEqual([]);
  });
});

describe("a set that deletes users and takes over those of a released one", () => {
  const released: PlannedSet = { type: EMAIL, released: [ada, eve].map(emailOf) };
  const shifted = left([bob], { added: [idOfAda], declared: new Map([[idOfAda, ""]]) });

  test("is refused, in either order", () => {
    expect(told(released, shifted)).toEqual([
      expect.stringMatching(
        /^refused: This change deletes 1 user while it takes over 1 user of a set that is being removed\n.*would leave:\n {2}person2@example\.com {2}L\n\nTaken over from the removed set:\n {2}person1@example\.com\n\n/s,
      ),
    ]);
    expect(told(shifted, released)).toEqual([
      expect.stringMatching(/^refused: Another set deletes 1 user while it takes over 1 user/),
    ]);
  });

  test("by an id of another type, too, if its look-up shows the user", () => {
    const byName = left([bob], { type: USERNAME, added: ["person1", "person9"] });
    const resolutions = new Map<string, Resolution>([...(byName.resolutions ?? []), ["person1", found(ada)]]);
    expect(told(released, { ...byName, resolutions })).toEqual([
      expect.stringMatching(
        /takes over 1 user of .*Taken over.*\n {2}person1 {4}\(there: person1@example\.com\)\n/s,
      ),
    ]);
    expect(told(released, byName)).toEqual([]);
  });

  test.each<[string, PlannedSet, PlannedSet]>([
    ["adds somebody else", released, { ...shifted, added: ["new@example.com"] }],
    ["deletes nobody", released, declares([ada])],
    ["takes over from a set that stays", { type: EMAIL }, shifted],
    [
      "adds an id of another type that reads the same",
      released,
      left([bob], { type: USERNAME, added: [idOfAda] }),
    ],
  ])("is not refused if it %s", (_, first, second) => {
    expect(told(first, second)).toEqual([]);
    expect(told(second, first)).toEqual([]);
  });
});

describe("a user whom two sets declare", () => {
  const byEmail = declares([ada, bob], {
    resolutions: new Map([ada, bob].map((user) => [emailOf(user), found(user)])),
  });
  const shared = (text: string) =>
    expect.stringMatching(
      new RegExp(
        `^warned${text}: 1 user of this set also declared by another set\\n.*:\\n {2}${text}\\n.*fails`,
        "s",
      ),
    ) as unknown;

  test("is told before one of them lets the user go: by the same id, and by another one", () => {
    expect(told(byEmail, { ...byEmail, declared: new Map([[idOfAda, ""]]) })).toEqual([shared(idOfAda)]);
    const byName = { ...declares([ada, eve], { type: USERNAME, added: [] }), ...boundBy(USERNAME, ada) };
    expect(told(byEmail, { ...byName, prior: ["person1", "person3"] })).toEqual([shared("person1")]);
  });

  test("is not told of ids that name two people, or nobody who is known", () => {
    expect(told(byEmail, declares([eve], { resolutions: new Map([[idOfEve, found(eve)]]) }))).toEqual([]);
    expect(told(byEmail, declares([ada], { type: USERNAME, ...absent("person1") }))).toEqual([]);
  });
});

test("of 100,000 users, the remembered users are read once, and only beside another set", () => {
  const read: (readonly string[])[] = [];
  const readBindings = (prior: readonly string[]) => {
    read.push(prior);
    return new Map([[idOfAda, ada.userId]]);
  };
  const sets = new PlannedSets();
  sets.add(left([ada, bob], { fateOf: () => undecided, readBindings, ...absent() }), NOBODY_PROTECTED);
  expect(read).toEqual([]);
  for (const user of [eve, person(4)])
    sets.add(declares([user], { type: USERNAME, added: [] }), NOBODY_PROTECTED);
  expect(read).toEqual([people(1, 2).map(emailOf)]);
});

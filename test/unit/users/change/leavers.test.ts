import { describe, expect, test } from "@jest/globals";
import { type DirectoryUser, ProtectedUsers, type Resolution, UserIdType } from "../../../../src/users";
import { type Fate, noCall } from "../../../../src/users/fate";
import { boundIdsToLookUp, decideLeavers } from "../../../../src/users/change/leavers";
import type { ApprovedPlan } from "../../../../src/users/change/set-change";
import { found } from "../../../../src/users/look-up/resolution";
import { OUTAGE } from "../../../support/users/failures";
import { person, unlabelled } from "../../../support/users/people";
import { aSetOf, type UserSetBuilder } from "../../../support/users/user-set";
import { kindOf } from "../support/leavers";

const { EMAIL, PHONE, USER_ID, USERNAME } = UserIdType;
const ann = person(1);
const bob = person(2);
const ANN = "person1@example.com";
const BOB = "person2@example.com";
const NEW = "new@example.com";

const NOBODY = ProtectedUsers.of(new Map());
const protecting = (type: UserIdType, id: string) => ProtectedUsers.of(new Map([[type, [id]]]));
const deletionOf = ({ userId, name }: DirectoryUser): Fate => ({ kind: "delete", userId, name });
const NOT_LOOKED_UP = noCall({ kind: "not_looked_up", failure: OUTAGE });

/** What else is known when a change is decided. */
interface Surroundings {
  /** Default: nobody is protected. */
  readonly protectedUsers?: ProtectedUsers;
  /** What the former users of the ids are now, by system user id. */
  readonly formerUsers?: ReadonlyMap<string, Resolution>;
  readonly approved?: ApprovedPlan;
}

function leaversOf(set: UserSetBuilder, surroundings: Surroundings = {}) {
  const { protectedUsers = NOBODY, formerUsers, approved } = surroundings;
  const change = set.toChange();
  return decideLeavers({
    ...change,
    ...change.difference,
    resolutions: set.resolutions(),
    protectedUsers,
    boundUsers: formerUsers,
    approved,
  });
}

/** The fate of the first who leaves. */
function fateIn(set: UserSetBuilder, surroundings?: Surroundings): Fate | undefined {
  return leaversOf(set, surroundings)[0]?.fate;
}

describe("a user who leaves is deleted", () => {
  test("if the id names the user whom the set remembers", () => {
    expect(fateIn(aSetOf(ann).losing(ann))).toEqual(deletionOf(ann));
  });

  test("and is called by the user name where GenAuth knows no name", () => {
    const nameless = person(1, { name: undefined });
    expect(fateIn(aSetOf(nameless).losing(nameless))).toMatchObject({ kind: "delete", name: "person1" });
  });

  test("although others stay, are retained or are protected", () => {
    const set = aSetOf(ann, bob).losing(ann).retaining(BOB);
    expect(fateIn(set, { protectedUsers: protecting(EMAIL, BOB) })).toEqual(deletionOf(ann));
  });

  test("although an id that stays has the same label", () => {
    const set = aSetOf(ann).labelled("Staff").losing(ann).alsoDeclaring(NEW, { label: "Staff" });
    expect(fateIn(set)).toEqual(deletionOf(ann));
  });

  test("although a user of the pool with the same label is added", () => {
    const set = aSetOf(ann).labelled("Staff").losing(ann).adding(BOB, { label: "Staff" }).where(BOB, bob);
    expect(fateIn(set)).toEqual(deletionOf(ann));
  });

  test("although an id that is not in the pool is added, as nothing is known from empty labels", () => {
    const set = aSetOf(ann).labelled(" ").losing(ann).adding(NEW, { label: " " }).whereNobodyHas(NEW);
    expect(fateIn(set)).toEqual(deletionOf(ann));
  });

  test("although the look-up of an added id failed that certainly names somebody else", () => {
    const set = aSetOf(ann).losing(ann).adding(NEW, { label: "Eve" }).whereTheLookUpFails(NEW, OUTAGE);
    expect(fateIn(set)).toEqual(deletionOf(ann));
  });

  test("by a system user id, which is its own memory", () => {
    expect(fateIn(aSetOf(ann).by(USER_ID).thatNeverSaw(ann).losing(ann))).toEqual(deletionOf(ann));
  });

  test("by a null resource, which remembers nobody", () => {
    expect(fateIn(aSetOf(ann).withoutMemory().losing(ann))).toEqual(deletionOf(ann));
  });
});

describe("a user who leaves a set that suspends first", () => {
  test.each(["Activated", undefined])("is suspended if the status is %s", (status) => {
    const user = person(1, { status });
    const { userId, name } = user;
    expect(fateIn(aSetOf(user).suspending(7).losing(user))).toEqual({ kind: "suspend", userId, name });
  });

  test.each(["Suspended", "Archived"])("keeps the status %s, and waits with it", (status) => {
    const user = person(1, { status });
    expect(fateIn(aSetOf(user).suspending(7).losing(user))).toMatchObject({
      kind: "suspend",
      isInactive: true,
    });
  });
});

describe("an id that names nobody", () => {
  const set = () => aSetOf(ann).losing(ann).whereNobodyHas(ANN);
  const knowing = (resolution: Resolution) => ({ formerUsers: new Map([[ann.userId, resolution]]) });

  test("is gone if its former user is, too", () => {
    expect(fateIn(set(), knowing({ kind: "absent" }))).toEqual(noCall({ kind: "gone" }));
  });

  test("is gone if it is a system user id", () => {
    const gone = aSetOf(ann).by(USER_ID).losing(ann).whereNobodyHas(ann.userId);
    expect(fateIn(gone)).toEqual(noCall({ kind: "gone" }));
  });

  test("is gone from a null resource, which remembers nobody", () => {
    expect(fateIn(set().withoutMemory())).toEqual(noCall({ kind: "gone" }));
  });

  test.each([EMAIL, USER_ID])("was never found by its %s if the set never saw it", (type) => {
    const never = aSetOf(ann, bob).by(type).thatNeverSaw(ann).losing(ann);
    expect(fateIn(never.whereNobodyHas(never.idOf(ann)))).toEqual(noCall({ kind: "never_found" }));
  });

  test("has moved if its former user still exists, who is kept", () => {
    expect(fateIn(set(), knowing(found(ann)))).toEqual(noCall({ kind: "moved", user: ann }));
  });

  test("of a user who is protected now keeps the protected user", () => {
    const protectedUsers = protecting(USERNAME, "person1");
    const fate = fateIn(set(), { ...knowing(found(ann)), protectedUsers });
    expect(fate).toEqual(noCall({ kind: "protected", type: USERNAME, id: "person1" }));
  });

  test("of a user who is declared by the new id keeps the user", () => {
    const renamed = set().alsoDeclaring(NEW, { boundTo: ann });
    expect(fateIn(renamed, knowing(found(ann)))).toEqual(noCall({ kind: "declared_as", id: NEW }));
  });

  test("is not decided while the look-up of its former user fails, or was not made", () => {
    expect(fateIn(set(), knowing({ kind: "undecided", failure: OUTAGE }))).toEqual(NOT_LOOKED_UP);
    expect(fateIn(set())).toMatchObject({ reason: { kind: "not_looked_up" } });
  });
});

describe("nobody is deleted if the id does not name the user whom the set remembers", () => {
  test("because the set never saw the user", () => {
    expect(fateIn(aSetOf(ann, bob).thatNeverSaw(ann).losing(ann))).toEqual(noCall({ kind: "never_seen" }));
  });

  test("because it has passed to somebody else", () => {
    expect(fateIn(aSetOf(ann).losing(ann).where(ANN, bob))).toEqual(
      noCall({ kind: "rebound", boundTo: ann.userId, user: bob }),
    );
  });

  test("because GenAuth answers a system user id with another user", () => {
    expect(fateIn(aSetOf(ann).by(USER_ID).losing(ann).where(ann.userId, bob))).toEqual(
      noCall({ kind: "rebound", boundTo: ann.userId, user: bob }),
    );
  });

  test("because it names several users", () => {
    expect(fateIn(aSetOf(ann).losing(ann).where(ANN, ann, bob))).toEqual(
      noCall({ kind: "several", users: [ann, bob] }),
    );
  });

  test("because its look-up failed, or was not made", () => {
    expect(fateIn(aSetOf(ann).losing(ann).whereTheLookUpFails(ANN, OUTAGE))).toEqual(NOT_LOOKED_UP);
    const change = aSetOf(ann).losing(ann).toChange();
    const request = { ...change, ...change.difference, protectedUsers: NOBODY };
    expect(decideLeavers({ ...request, resolutions: new Map() })).toMatchObject([
      { fate: { reason: { kind: "not_looked_up" } } },
    ]);
  });
});

describe("a retained user is kept", () => {
  const retained = noCall({ kind: "retained" });

  test.each([ANN, "PERSON1@example.com"])("as %s", (id) => {
    expect(fateIn(aSetOf(ann).losing(ann).retaining(id))).toEqual(retained);
  });

  test("by another spelling of the phone number", () => {
    expect(fateIn(aSetOf(ann).by(PHONE).losing(ann).retaining("13800000001"))).toEqual(retained);
  });

  test("even if nobody knows whom the id names", () => {
    const set = aSetOf(ann).losing(ann).retaining(ANN).whereTheLookUpFails(ANN, OUTAGE);
    expect(fateIn(set)).toEqual(retained);
  });
});

describe("a protected user is kept", () => {
  test("by any other id", () => {
    const protectedUsers = protecting(USERNAME, "person1");
    const fate = fateIn(aSetOf(ann).losing(ann), { protectedUsers });
    expect(fate).toEqual(noCall({ kind: "protected", type: USERNAME, id: "person1" }));
  });

  test("even if nobody knows whom the id names", () => {
    const id = "PERSON1@example.com";
    const set = aSetOf(ann).losing(ann).whereTheLookUpFails(ANN, OUTAGE);
    const fate = fateIn(set, { protectedUsers: protecting(EMAIL, id) });
    expect(fate).toEqual(noCall({ kind: "protected", type: EMAIL, id }));
  });
});

describe("a user who is still declared is kept", () => {
  const declaredAs = (id: string) => noCall({ kind: "declared_as", id });

  test("in another case", () => {
    const other = "Person1@Example.com";
    expect(fateIn(aSetOf(ann).losing(ann).alsoDeclaring(other))).toEqual(declaredAs(other));
  });

  test("by an added id that names the user", () => {
    expect(fateIn(aSetOf(ann).losing(ann).adding(NEW).where(NEW, ann))).toEqual(declaredAs(NEW));
  });

  test("by an id that stays, and was this user's when it was first seen", () => {
    expect(fateIn(aSetOf(ann).losing(ann).alsoDeclaring(NEW, { boundTo: ann }))).toEqual(declaredAs(NEW));
  });
});

describe("an added id whose look-up fails leaves open what becomes of a user who leaves", () => {
  test("without an id of its type: it may be the user's", () => {
    const user = person(1, { email: undefined });
    const set = aSetOf(user).losing(user).where(aSetOf().idOf(user), user);
    expect(fateIn(set.adding(NEW).whereTheLookUpFails(NEW, OUTAGE))).toEqual(NOT_LOOKED_UP);
  });

  test("with the same label: it may be a rename", () => {
    const set = aSetOf(ann).labelled("Ann").losing(ann).adding(NEW, { label: "Ann" });
    expect(fateIn(set.whereTheLookUpFails(NEW, OUTAGE))).toEqual(NOT_LOOKED_UP);
  });
});

describe("an added id that is not in GenAuth looks like a rename of everybody with its label who leaves", () => {
  const staff = () => aSetOf(ann, bob).labelled("Staff ").whereNobodyHas(NEW);
  const renamed = noCall({ kind: "renamed", to: NEW });

  test("of one who leaves", () => {
    expect(fateIn(staff().losing(ann).adding(NEW, { label: " Staff" }))).toEqual(renamed);
  });

  test("of two who leave, as nobody can tell which of them it is", () => {
    const leavers = leaversOf(staff().losing(ann, bob).adding(NEW, { label: " Staff" }));
    expect(leavers.map(({ fate }) => fate)).toEqual([renamed, renamed]);
  });

  test("although the look-up of another added id with the label failed", () => {
    const set = staff()
      .losing(ann)
      .adding(NEW, { label: "Staff" })
      .adding("other@example.com", { label: "Staff" });
    expect(fateIn(set.whereTheLookUpFails("other@example.com", OUTAGE))).toEqual(renamed);
  });

  test("but not if an earlier change added it", () => {
    expect(fateIn(staff().losing(ann).alsoDeclaring(NEW, { label: " Staff" }))).toEqual(deletionOf(ann));
  });
});

describe("an apply does to a user only what its plan showed", () => {
  const planOf = (whom: string, what: string): Surroundings => ({
    approved: { allows: (id, kind) => id === whom && kind === what, changesWaiting: true },
  });
  const notPlanned = noCall({ kind: "not_planned" });

  test("it deletes whom the plan deletes", () => {
    expect(fateIn(aSetOf(ann).losing(ann), planOf(ANN, "delete"))).toEqual(deletionOf(ann));
  });

  test("it suspends whom the plan suspends", () => {
    const fate = fateIn(aSetOf(ann).suspending(7).losing(ann), planOf(ANN, "suspend"));
    expect(fate).toMatchObject({ kind: "suspend", userId: ann.userId });
  });

  test("it does not delete whom the plan does not name, or only suspends", () => {
    expect(fateIn(aSetOf(ann).losing(ann), planOf(BOB, "delete"))).toEqual(notPlanned);
    expect(fateIn(aSetOf(ann).losing(ann), planOf(ANN, "suspend"))).toEqual(notPlanned);
  });

  test("it keeps a retained user, of whom the plan need not say anything", () => {
    const fate = fateIn(aSetOf(ann).losing(ann).retaining(ANN), planOf(BOB, "delete"));
    expect(fate).toEqual(noCall({ kind: "retained" }));
  });
});

test("those who leave keep their order and their labels", () => {
  const cleo = person(3);
  const abe = person(1);
  const bea = person(2);
  const set = aSetOf(cleo, abe, bea).losing(cleo, abe, bea).retaining("person3@example.com");
  const leavers = leaversOf(set.where(ANN, cleo, bea));
  expect(leavers.map((leaver) => ({ id: leaver.id, label: leaver.label, what: kindOf(leaver) }))).toEqual([
    { id: "person3@example.com", label: "Person 3", what: "retained" },
    { id: ANN, label: "Person 1", what: "several" },
    { id: BOB, label: "Person 2", what: "delete" },
  ]);
});

describe("the former users to look up again", () => {
  const bindings = new Map([
    ["absent", "1"],
    ["found", "2"],
    ["failed", "3"],
    ["absent too", "1"],
  ]);
  const resolutions = new Map<string, Resolution>([
    ["absent", { kind: "absent" }],
    ["found", found(bob)],
    ["failed", { kind: "undecided", failure: OUTAGE }],
    ["absent too", { kind: "absent" }],
    ["never seen", { kind: "absent" }],
  ]);

  test("are those of ids that name nobody now, once each", () => {
    expect(boundIdsToLookUp(resolutions.keys(), EMAIL, bindings, resolutions)).toEqual(["1"]);
  });

  test("are none where the ids are system user ids", () => {
    expect(boundIdsToLookUp(resolutions.keys(), USER_ID, bindings, resolutions)).toEqual([]);
  });
});

test("10,000 removals during an outage are decided in linear time", () => {
  const ids = Array.from({ length: 10_000 }, (_, index) => `user${index}`);
  const removed = new Map(ids.map((id) => [`old-${id}`, ""]));
  const declared = unlabelled(ids);
  let steps = 0;
  class CountedMap extends Map<string, Resolution> {
    override get(id: string): Resolution | undefined {
      steps += 1;
      return super.get(id);
    }
  }
  const resolutions = new CountedMap(ids.map((id) => [id, { kind: "undecided", failure: OUTAGE }]));
  for (const id of removed.keys()) resolutions.set(id, found({ userId: id, username: id, identities: [] }));
  const leavers = decideLeavers({
    type: USERNAME,
    removed,
    declared,
    added: declared,
    retained: ids,
    protectedUsers: ProtectedUsers.of(new Map([[PHONE, ids]])),
    resolutions,
    bindings: undefined,
    suspendDays: 0,
  });
  expect(leavers.filter(({ fate }) => fate.kind !== "delete")).toEqual([]);
  expect(leavers).toHaveLength(10_000);
  expect(steps).toBeLessThan(10 * ids.length);
});

import { describe, expect, test } from "@jest/globals";
import { type DirectoryUser, ProtectedUsers, type SetChange, UserIdType } from "../../../../src/users";
import type { WaitingUser } from "../../../../src/users/waiting-user";
import type { Resolution } from "../../../../src/users/look-up/resolution";
import { decideWaiting } from "../../../../src/users/change/waiting";
import { LOST } from "../../../support/users/failures";
import { ModelDirectory } from "../../../support/users/model-directory";
import { idOf, person } from "../../../support/users/people";
import { contextOn, unlimitedChange } from "../support/set-change";
import { noCall } from "../../../../src/users/change/fate";
import type { Reason } from "../../../../src/users/change/reasons";

const mark = { status: "Suspended", statusChangedAt: "2026-01-01T09:00:00.000Z" };
const ada = person(1, mark);
const bob = person(2);
const idOfAda = idOf(ada, UserIdType.EMAIL);
const due: WaitingUser = {
  ...mark,
  id: idOfAda,
  label: "Ada",
  userId: ada.userId,
  isOurs: true,
  deleteFrom: "2026-01-15T00:00:00Z",
  days: 14,
  isDue: true,
};
const early = { ...due, isDue: false };
const deletion = { kind: "delete", userId: ada.userId, name: ada.name, expectedStatus: mark };
const found = (user: DirectoryUser): Resolution => ({ kind: "found", userId: user.userId, user });

interface Case {
  readonly waiting?: WaitingUser;
  readonly users?: readonly DirectoryUser[];
  readonly change?: Partial<SetChange>;
  readonly resolutions?: readonly (readonly [id: string, resolution: Resolution])[];
  readonly protectedIds?: readonly (readonly [type: UserIdType, id: string])[];
  /** Whom of the protected users the operator protects; default: it is not said. */
  readonly operatorProtects?: "all" | "nobody";
  /** Look-ups by this type fail, or show nobody. */
  readonly fails?: UserIdType;
  readonly omits?: UserIdType;
}

async function decide({
  waiting = due,
  users = [ada, bob],
  change = {},
  resolutions = [],
  protectedIds = [],
  operatorProtects,
  fails,
  omits,
}: Case) {
  const directory = new ModelDirectory(users);
  directory.fault = ({ type }) =>
    type === fails ? { failure: LOST } : type === omits ? { omit: true } : undefined;
  const ids = new Map(protectedIds.map(([type, id]): [UserIdType, string[]] => [type, [id]]));
  const context = contextOn(directory, {
    protectedUsers: ProtectedUsers.of(ids),
    ...(operatorProtects && {
      operatorProtected: ProtectedUsers.of(operatorProtects === "all" ? ids : new Map()),
    }),
  });
  const whole = unlimitedChange({ type: UserIdType.EMAIL, prior: new Map(), declared: new Map(), ...change });
  const { leavers } = await decideWaiting(
    { change: whole, resolutions: new Map(resolutions), context, approved: undefined },
    [waiting],
  );
  expect(leavers).toEqual([{ id: waiting.id, label: "Ada", fate: expect.anything(), waiting }]);
  return { fate: leavers[0]?.fate, types: directory.calls.map(({ type }) => type) };
}

const moved = { ...ada, email: "elsewhere@example.com" };
const declaredAgain = { declared: new Map([[idOfAda, "Ada"]]), bindings: new Map([[idOfAda, ada.userId]]) };
const declaredForBob = { declared: new Map([[idOfAda, "Bob"]]), bindings: new Map([[idOfAda, bob.userId]]) };
const withoutStatus = without(ada, "status", "statusChangedAt");
const withoutName = without(ada, "name");
const withoutEmail = without(ada, "email");

const stays = (kind: Reason["kind"], more: object = {}) => ({ kind: "no_call", reason: { kind, ...more } });
const back = { kind: "reactivate", user: ada };
const isBobs = { ...bob, email: idOfAda };
const phone = idOf(ada, UserIdType.PHONE);
const declaredForBoth = {
  declared: new Map([...declaredForBob.declared, ["elsewhere@example.com", "Ada"]]),
  bindings: declaredForBob.bindings,
};
const later = { ...ada, statusChangedAt: "2026-01-02T09:00:00.000Z" };
const newId = { declared: new Map([["new@example.com", ""]]) };
const undecided: Case["resolutions"] = [["new@example.com", { kind: "undecided", failure: LOST }]];
const { PHONE, EMAIL } = UserIdType;
const byName = { type: UserIdType.USERNAME, id: ada.username ?? "" };
const operatorsName: Case = { protectedIds: [[byName.type, byName.id]], operatorProtects: "all" };
const elsewhere: Case = { change: {}, protectedIds: [[EMAIL, idOfAda]], operatorProtects: "nobody" };
const movedBack = { ...back, user: moved };
const byPhone = stays("release_protected", { type: PHONE, id: phone });
const byEmail = stays("release_protected", { type: EMAIL, id: idOfAda });
const setAgain = stays("release_status_changed", { status: "Suspended", isSame: true });
const setActive = stays("release_return_changed", { status: "Activated", isSame: false });
const notLookedUp = stays("wait_not_looked_up", { failure: LOST });
const isBobsNow = stays("release_id_changed", { user: isBobs });
const notOurs = stays("release_not_ours", { status: "Suspended" });

describe("somebody who waits", () => {
  test.each<[string, Case, object]>([
    ["before the day waits on", { waiting: early }, stays("wait")],
    ["is deleted when the day has come", {}, deletion],
    ["is deleted under the user name", { users: [withoutName] }, { ...deletion, name: ada.username }],
    ["and is retained is released", { change: { retained: [idOfAda] } }, stays("release_retained")],
    [
      "and has another id that is retained",
      { users: [moved], change: { retained: [moved.email] } },
      stays("release_retained"),
    ],
    ["and is protected", { protectedIds: [[PHONE, phone]] }, byPhone],
    ["and had an id that is protected", { users: [moved], protectedIds: [[EMAIL, idOfAda]] }, byEmail],
    ["and whose status somebody set again", { users: [later] }, setAgain],
    ["without a status", { users: [withoutStatus] }, stays("wait_no_status")],
    ["and whose look-up fails", { fails: UserIdType.USER_ID }, notLookedUp],
    ["and whose id's look-up fails", { fails: UserIdType.EMAIL }, notLookedUp],
    ["and whom only the id does not show", { omits: UserIdType.EMAIL }, stays("wait_hidden")],
    ["and whose id names nobody", { users: [moved] }, stays("release_id_changed", { user: moved })],
    ["and whose id is somebody else's", { users: [moved, isBobs] }, isBobsNow],
    [
      "and whose id is somebody else's, too",
      { users: [ada, isBobs] },
      stays("release_id_changed", { user: ada }),
    ],
    [
      "and may have an id that was not looked up",
      { change: newId, users: [withoutEmail], resolutions: undecided },
      notLookedUp,
    ],
  ])("%s", async (_, story, fate) => {
    expect((await decide(story)).fate).toEqual(fate);
  });
});

describe("somebody who waits, and whom no look-up shows", () => {
  test.each<[string, Case, object]>([
    ["is released if retained", { change: { retained: [idOfAda] } }, stays("release_retained")],
    ["waits on", {}, stays("wait_hidden")],
    ["and is declared again waits on", { change: declaredAgain }, stays("return_hidden")],
    [
      "is gone if a call may have done it",
      { waiting: { ...due, isDeletionTried: true } },
      stays("release_gone"),
    ],
    ["and whose id passed on", { users: [isBobs], waiting: early }, isBobsNow],
    ["and whose id is declared for Bob", { change: declaredForBob }, stays("release_new_account")],
  ])("%s", async (_, story, fate) => {
    expect((await decide({ users: [bob], ...story })).fate).toEqual(fate);
  });
});

describe("somebody who waits and is declared again", () => {
  test.each<[string, Case, object]>([
    ["is reactivated", {}, back],
    ["is reactivated if found by the id", { resolutions: [[idOfAda, found(ada)]] }, back],
    ["was not suspended by this set", { waiting: { ...due, isOurs: false } }, notOurs],
    ["has another status", { users: [{ ...ada, status: "Activated" }] }, setActive],
    ["has no status", { users: [withoutStatus] }, stays("return_no_status")],
    ["was not looked up", { fails: UserIdType.USER_ID }, stays("return_not_looked_up", { failure: LOST })],
    ["by an id for Bob", { users: [moved, bob], change: declaredForBob }, stays("release_new_account")],
    [
      "by another id, and the former one for Bob",
      { users: [moved, bob], change: declaredForBoth },
      movedBack,
    ],
    ["is protected by the operator", operatorsName, stays("release_protected", byName)],
    ["in another set", elsewhere, { ...back, protectedBy: { type: EMAIL, id: idOfAda } }],
  ])("%s", async (_, story, fate) => {
    expect((await decide({ change: declaredAgain, ...story })).fate).toEqual(fate);
  });
});

test("only those who are due, or not shown, are looked up by their declared id", async () => {
  const { USER_ID } = UserIdType;
  expect((await decide({ waiting: early })).types).toEqual([USER_ID]);
  expect((await decide({})).types).toEqual([USER_ID, EMAIL]);
  expect((await decide({ waiting: early, users: [bob] })).types).toEqual([USER_ID, EMAIL]);
  // In another spelling than the pool's.
  const byUserId = { waiting: { ...due, id: ada.userId.toUpperCase() }, change: { type: USER_ID } };
  expect(await decide(byUserId)).toEqual({ fate: deletion, types: [USER_ID] });
});

test("an apply does not trust what the plan looked up", async () => {
  const directory = new ModelDirectory([ada, bob]);
  const change = unlimitedChange({ type: UserIdType.EMAIL, prior: new Map(), declared: new Map() });
  const context = contextOn(directory);
  const basis = { change, context, resolutions: new Map() };
  await decideWaiting({ ...basis, approved: undefined }, [due]);
  directory.put({ ...ada, status: "Activated" });
  const approved = { allows: () => true, changesWaiting: true };
  const { leavers } = await decideWaiting({ ...basis, approved }, [due]);
  expect(leavers[0]?.fate).toMatchObject({ reason: { kind: "release_status_changed", isSame: false } });
});

test.each([
  ["nobody waits", [], undefined],
  ["the plan changes nothing for them", [due], { allows: () => true, changesWaiting: false }],
])("if %s, nobody is looked up", async (_, waiting, approved) => {
  const directory = new ModelDirectory([ada]);
  const change = unlimitedChange({ type: UserIdType.EMAIL, prior: new Map(), declared: new Map() });
  const decided = await decideWaiting(
    { change, context: contextOn(directory), resolutions: new Map(), approved },
    waiting,
  );
  expect(decided.leavers.map(({ fate }) => fate)).toEqual(waiting.map(() => noCall({ kind: "wait" })));
  expect(directory.calls).toEqual([]);
});

/** The user as look-ups show one without some fields. */
function without(user: DirectoryUser, ...names: readonly (keyof DirectoryUser)[]): DirectoryUser {
  const shown = Object.entries(user).filter(([name]) => !names.some((each) => each === name));
  return Object.fromEntries(shown) as unknown as DirectoryUser;
}

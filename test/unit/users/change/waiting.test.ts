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

describe("somebody who waits", () => {
  test.each<[string, Case, object]>([
    ["before the day waits on", { waiting: early }, noCall({ kind: "wait" })],
    ["is deleted when the day has come", {}, deletion],
    [
      "is deleted under the user name without a name",
      { users: [withoutName] },
      { ...deletion, name: ada.username },
    ],
    [
      "is released if the id is retained",
      { change: { retained: [idOfAda] } },
      noCall({ kind: "release_retained" }),
    ],
    [
      "is released if another id of the same type is retained",
      { users: [moved], change: { retained: ["elsewhere@example.com"] } },
      noCall({ kind: "release_retained" }),
    ],
    [
      "is released if protected by another type of id",
      { protectedIds: [[UserIdType.PHONE, idOf(ada, UserIdType.PHONE)]] },
      noCall({ kind: "release_protected", type: UserIdType.PHONE, id: idOf(ada, UserIdType.PHONE) }),
    ],
    [
      "is released if the former id is protected",
      { users: [moved], protectedIds: [[UserIdType.EMAIL, idOfAda]] },
      noCall({ kind: "release_protected", type: UserIdType.EMAIL, id: idOfAda }),
    ],
    [
      "is released if somebody has changed the status",
      { users: [{ ...ada, statusChangedAt: "2026-01-02T09:00:00.000Z" }] },
      noCall({ kind: "release_status_changed", status: "Suspended", isSame: true }),
    ],
    ["waits on without a status", { users: [withoutStatus] }, noCall({ kind: "wait_no_status" })],
    [
      "waits on if the look-up by system user id fails",
      { fails: UserIdType.USER_ID },
      noCall({ kind: "wait_not_looked_up", failure: LOST }),
    ],
    [
      "waits on if the look-up by the declared id fails",
      { fails: UserIdType.EMAIL },
      noCall({ kind: "wait_not_looked_up", failure: LOST }),
    ],
    [
      "waits on if no look-up by the declared id shows the user, who still has it",
      { omits: UserIdType.EMAIL },
      noCall({ kind: "wait_hidden" }),
    ],
    [
      "is released if the id names nobody any more",
      { users: [moved] },
      noCall({ kind: "release_id_changed", user: moved }),
    ],
    [
      "is released if the id names somebody else",
      { users: [moved, { ...bob, email: idOfAda }] },
      noCall({ kind: "release_id_changed", user: { ...bob, email: idOfAda } }),
    ],
    [
      "is released if the id names somebody else, too",
      { users: [ada, { ...bob, email: idOfAda }] },
      noCall({ kind: "release_id_changed", user: ada }),
    ],
    [
      "waits on if a declared id, whose look-up failed, may name the user",
      {
        change: { declared: new Map([["new@example.com", ""]]) },
        users: [withoutEmail],
        resolutions: [["new@example.com", { kind: "undecided", failure: LOST }]],
      },
      noCall({ kind: "wait_not_looked_up", failure: LOST }),
    ],
  ])("%s", async (_, story, fate) => {
    expect((await decide(story)).fate).toEqual(fate);
  });
});

describe("somebody who waits, and whom no look-up shows", () => {
  test.each<[string, Case, object]>([
    [
      "is released if the id is retained",
      { change: { retained: [idOfAda] } },
      noCall({ kind: "release_retained" }),
    ],
    ["waits on", {}, noCall({ kind: "wait_hidden" })],
    ["and is declared again waits on", { change: declaredAgain }, noCall({ kind: "return_hidden" })],
    [
      "is gone if a call may have deleted the user",
      { waiting: { ...due, isDeletionTried: true } },
      noCall({ kind: "release_gone" }),
    ],
    [
      "is released if the id passed on",
      { users: [{ ...bob, email: idOfAda }], waiting: early },
      noCall({ kind: "release_id_changed", user: { ...bob, email: idOfAda } }),
    ],
    [
      "is released if the id is declared for somebody else",
      { users: [bob], change: declaredForBob },
      noCall({ kind: "release_new_account" }),
    ],
  ])("%s", async (_, story, fate) => {
    expect((await decide({ users: [bob], ...story })).fate).toEqual(fate);
  });
});

describe("somebody who waits and is declared again", () => {
  test.each<[string, Case, object]>([
    ["is reactivated", {}, { kind: "reactivate", user: ada }],
    [
      "is reactivated if found by the declared id",
      { resolutions: [[idOfAda, found(ada)]] },
      { kind: "reactivate", user: ada },
    ],
    [
      "is released if this set has not suspended the user",
      { waiting: { ...due, isOurs: false } },
      noCall({ kind: "release_not_ours", status: "Suspended" }),
    ],
    [
      "is released if somebody has changed the status",
      { users: [{ ...ada, status: "Activated" }] },
      noCall({ kind: "release_return_changed", status: "Activated", isSame: false }),
    ],
    ["waits on without a status", { users: [withoutStatus] }, noCall({ kind: "return_no_status" })],
    [
      "waits on if the look-up fails",
      { fails: UserIdType.USER_ID },
      noCall({ kind: "return_not_looked_up", failure: LOST }),
    ],
    [
      "under the id for somebody else is released",
      { users: [moved, bob], change: declaredForBob },
      noCall({ kind: "release_new_account" }),
    ],
    [
      "under another id is reactivated, although the former one is declared for somebody else",
      {
        users: [moved, bob],
        change: {
          declared: new Map([
            [idOfAda, "Bob"],
            ["elsewhere@example.com", "Ada"],
          ]),
          bindings: declaredForBob.bindings,
        },
      },
      { kind: "reactivate", user: moved },
    ],
    [
      "and is protected by the operator stays as the user is",
      { protectedIds: [[UserIdType.USERNAME, ada.username ?? ""]], operatorProtects: "all" },
      noCall({ kind: "release_protected", type: UserIdType.USERNAME, id: ada.username ?? "" }),
    ],
    [
      "in another set is reactivated",
      {
        change: {},
        protectedIds: [[UserIdType.EMAIL, idOfAda]],
        operatorProtects: "nobody",
      },
      { kind: "reactivate", user: ada, protectedBy: { type: UserIdType.EMAIL, id: idOfAda } },
    ],
  ])("%s", async (_, story, fate) => {
    expect((await decide({ change: declaredAgain, ...story })).fate).toEqual(fate);
  });
});

test("only those who are due, or not shown, are looked up by their declared id", async () => {
  const { USER_ID, EMAIL } = UserIdType;
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

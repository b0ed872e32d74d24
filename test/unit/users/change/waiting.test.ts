import { describe, expect, test } from "@jest/globals";
import { type DirectoryUser, ProtectedUsers, type SetChange, UserIdType } from "../../../../src/users";
import type { WaitingUser } from "../../../../src/users/waiting-user";
import type { Resolution } from "../../../../src/users/look-up/resolution";
import { decideWaiting } from "../../../../src/users/change/waiting";
import { LOST } from "../../../support/users/failures";
import { ModelDirectory } from "../../../support/users/model-directory";
import { idOf, person } from "../../../support/users/people";
import { contextOn, unlimitedChange } from "../support/set-change";
import { noCall } from "../../../../src/users/fate";

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
  isDue: true,
};
const early = { ...due, isDue: false };
const deletion = {
  kind: "delete",
  userId: ada.userId,
  name: ada.name,
  due: { ...mark, deleteFrom: due.deleteFrom },
};
const found = (user: DirectoryUser): Resolution => ({ kind: "found", userId: user.userId, user });

interface Case {
  readonly waiting?: WaitingUser;
  readonly users?: readonly DirectoryUser[];
  readonly change?: Partial<SetChange>;
  readonly resolutions?: readonly (readonly [id: string, resolution: Resolution])[];
  readonly protectedIds?: readonly (readonly [type: UserIdType, id: string])[];
  /** Whom of the protected users the operator protects; default: it is not said. */
  readonly operatorProtects?: "all" | "nobody";
  /** Look-ups by this type fail. */
  readonly fails?: UserIdType;
}

async function decide({
  waiting = due,
  users = [ada, bob],
  change = {},
  resolutions = [],
  protectedIds = [],
  operatorProtects,
  fails,
}: Case) {
  const directory = new ModelDirectory(users);
  directory.fault = ({ type }) => (type === fails ? { failure: LOST } : undefined);
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
  expect(leavers).toMatchObject([{ id: waiting.id, label: "Ada", fate: expect.anything(), waiting }]);
  return { fate: leavers[0]?.fate };
}

const moved = { ...ada, email: "elsewhere@example.com" };
const declaredAgain = { declared: new Map([[idOfAda, "Ada"]]), bindings: new Map([[idOfAda, ada.userId]]) };
const declaredForBob = { declared: new Map([[idOfAda, "Bob"]]), bindings: new Map([[idOfAda, bob.userId]]) };
const withoutStatus = without(ada, "status", "statusChangedAt");
const withoutName = without(ada, "name");
const withoutEmail = without(ada, "email");

/** No call is made, for a reason that a message gives like this. */
const stays = (kind: "wait" | "uncertain" | "released", because?: RegExp, more: object = {}) => ({
  kind: "no_call",
  reason: { kind, ...(because && { because: expect.stringMatching(because) }), ...more },
});
const back = { kind: "reactivate", user: ada };
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
const retained = stays("released", /retained_ids/);
const byPhone = stays("released", /is protected/, { note: `by phone ${phone}` });
const byEmail = stays("released", /is protected/, { note: `by email ${idOfAda}` });
const changed = stays("released", /changed their status, or set it again/);
const notLookedUp = stays("uncertain", new RegExp(`wait on: .*`));
const noStatus = stays("uncertain", /does not show their status/);
const hidden = stays("uncertain", /show nobody who waits here/);
const otherId = stays("released", /names somebody else now, or the user has another id/);
const notOurs = stays("released", /not certain that it suspended them/, { note: "status Suspended" });
const gone = stays("released", /^Gone/, { isGone: true });

describe("somebody who waits", () => {
  test.each<[string, Case, object]>([
    ["before the day waits on", { waiting: early }, stays("wait")],
    ["is deleted when the day has come", {}, deletion],
    ["is deleted under the user name", { users: [withoutName] }, { ...deletion, name: ada.username }],
    ["and is retained is released", { change: { retained: [idOfAda] } }, retained],
    [
      "and has another id that is retained",
      { users: [moved], change: { retained: [moved.email] } },
      retained,
    ],
    ["and is protected", { protectedIds: [[PHONE, phone]] }, byPhone],
    ["and had an id that is protected", { users: [moved], protectedIds: [[EMAIL, idOfAda]] }, byEmail],
    ["and whose status somebody set again", { users: [later] }, changed],
    ["without a status", { users: [withoutStatus] }, noStatus],
    ["and whose look-up fails", { fails: UserIdType.USER_ID }, notLookedUp],
    ["and has another id", { users: [moved] }, otherId],
    [
      "and may have an id that was not looked up",
      { change: newId, users: [withoutEmail], resolutions: undecided },
      notLookedUp,
    ],
  ])("%s", async (_, story, fate) => {
    expect((await decide(story)).fate).toMatchObject(fate);
  });
});

describe("somebody who waits, and whom no look-up shows", () => {
  test.each<[string, Case, object]>([
    ["is released if retained", { change: { retained: [idOfAda] } }, retained],
    ["waits on", {}, hidden],
    ["and is declared again waits on", { change: declaredAgain }, hidden],
    ["and whose id is declared for Bob", { change: declaredForBob }, gone],
  ])("%s", async (_, story, fate) => {
    expect((await decide({ users: [bob], ...story })).fate).toEqual(fate);
  });
});

describe("somebody who waits and is declared again", () => {
  test.each<[string, Case, object]>([
    ["is reactivated", {}, back],
    ["is reactivated if found by the id", { resolutions: [[idOfAda, found(ada)]] }, back],
    ["was not suspended by this set", { waiting: { ...due, isOurs: false } }, notOurs],
    ["has another status", { users: [{ ...ada, status: "Activated" }] }, changed],
    ["has no status", { users: [withoutStatus] }, noStatus],
    ["was not looked up", { fails: UserIdType.USER_ID }, notLookedUp],
    ["by an id for Bob", { users: [moved, bob], change: declaredForBob }, otherId],
    [
      "by another id, and the former one for Bob",
      { users: [moved, bob], change: declaredForBoth },
      movedBack,
    ],
    [
      "is protected by the operator",
      operatorsName,
      stays("released", /is protected/, { note: `by username ${byName.id}` }),
    ],
    ["in another set", elsewhere, { ...back, protectedBy: { type: EMAIL, id: idOfAda } }],
  ])("%s", async (_, story, fate) => {
    expect((await decide({ change: declaredAgain, ...story })).fate).toMatchObject(fate);
  });
});

test("whom no look-up shows is gone only if somebody else who waits is shown", async () => {
  const change = unlimitedChange({ type: EMAIL, prior: new Map(), declared: new Map() });
  const basis = {
    change,
    context: contextOn(new ModelDirectory([ada])),
    resolutions: new Map(),
    approved: undefined,
  };
  const absent = { ...early, id: idOf(bob, EMAIL), userId: bob.userId };
  const { leavers } = await decideWaiting(basis, [early, absent]);
  expect(leavers.map(({ fate }) => fate)).toEqual([stays("wait"), gone]);
});

test("who waits alone is gone if GenAuth lists the user as deleted since the suspension, and waits on otherwise", async () => {
  const pool = new ModelDirectory([ada]);
  const change = unlimitedChange({ type: EMAIL, prior: new Map(), declared: new Map() });
  const context = contextOn(pool, { archive: pool });
  const approved = { allows: () => true, changesWaiting: true };
  const decideAlone = async () =>
    (await decideWaiting({ change, context, resolutions: new Map(), approved }, [early])).leavers[0];
  pool.showsSuspended = false;
  expect((await decideAlone())?.fate).toMatchObject(
    stays("uncertain", /its list of archived users does not name/),
  );
  pool.remove(ada.userId);
  expect((await decideAlone())?.fate).toEqual(gone);
  pool.archivedSince = () => Promise.resolve({ ok: false, failure: LOST });
  expect((await decideAlone())?.fate).toMatchObject({ reason: { kind: "uncertain" } });
});

test.each([
  ["an id that is declared again", declaredAgain, true],
  ["nobody", {}, undefined],
])("who was not looked up returns: %s", async (_, change, returns) => {
  const directory = new ModelDirectory([]);
  const whole = unlimitedChange({ type: EMAIL, prior: new Map(), declared: new Map(), ...change });
  const basis = { change: whole, context: contextOn(directory), resolutions: new Map(), approved: undefined };
  const { leavers } = await decideWaiting(basis, [due]);
  expect(leavers[0]?.returns === true).toBe(returns === true);
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
  expect(leavers[0]?.fate).toMatchObject(changed);
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

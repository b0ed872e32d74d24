import { describe, expect, test } from "@jest/globals";
import { type DirectoryUser, ProtectedUsers, type SetChange, UserIdType } from "../../../../src/users";
import { decideAttempts, findLockedOut } from "../../../../src/users/change/attempts";
import type { ApprovedPlan, ChangeContext, DecisionBasis } from "../../../../src/users/change/set-change";
import type { Resolution } from "../../../../src/users/look-up/resolution";
import { LOST } from "../../../support/users/failures";
import { ModelDirectory } from "../../../support/users/model-directory";
import { idOf, person } from "../../../support/users/people";
import { contextOn, unlimitedChange } from "../support/set-change";
import { noCall } from "../../../../src/users/change/fate";

const before = "2025-12-01T09:00:00.000Z";
const during = { from: Date.parse("2026-01-01T09:00:00Z"), until: Date.parse("2026-01-01T09:00:05Z") };
const active = person(1, { statusChangedAt: before });
const suspended = person(1, { status: "Suspended", statusChangedAt: "2026-01-01T09:00:02.000Z" });
const statusless = person(1, { status: undefined });
const bob = person(2);
const id = idOf(active, UserIdType.EMAIL);
const attempt = { label: "Ada", userId: active.userId, changedBefore: before, during };
const DAY = 24 * 3600 * 1000;
const NOBODY = ProtectedUsers.of(new Map());
const BY_PHONE = ProtectedUsers.of(new Map([[UserIdType.PHONE, [idOf(active, UserIdType.PHONE)]]]));
const undeclared = { declared: new Map<string, string>() };
/** Nobody knows when the call was. */
const untimed = { attempts: new Map([[id, { label: "Ada", userId: active.userId, changedBefore: before }]]) };
const elsewhere = { protectedUsers: BY_PHONE, operatorProtected: NOBODY };

/** A change of a set that declares Ada, whom an earlier call of it may have suspended. */
function changeOf(changes: Partial<SetChange> = {}): SetChange {
  return unlimitedChange({
    type: UserIdType.EMAIL,
    prior: new Map([[id, "Ada"]]),
    declared: new Map([[id, "Ada"]]),
    attempts: new Map([[id, attempt]]),
    ...changes,
  });
}

interface Case {
  readonly change?: Partial<SetChange>;
  readonly context?: Partial<ChangeContext>;
  readonly fails?: boolean;
}

/** Nobody was looked up. */
function basisOf(change: SetChange, context: ChangeContext, approved?: ApprovedPlan): DecisionBasis {
  return { change, context, approved, resolutions: new Map() };
}

async function decide(user: DirectoryUser | undefined, { change, context, fails = false }: Case = {}) {
  const directory = new ModelDirectory(user ? [user, bob] : [bob]);
  directory.fault = () => (fails ? { failure: LOST } : undefined);
  const whole = changeOf(change);
  return await decideAttempts(basisOf(whole, contextOn(directory, context)), new Map());
}

describe("a declared user whom an earlier call may have suspended", () => {
  const declaredForBob = { bindings: new Map([[id, bob.userId]]) };

  const unproven = noCall({ kind: "return_unproven", status: "Suspended" });
  const hidden = noCall({ kind: "return_hidden" });
  const notLookedUp = noCall({ kind: "return_not_looked_up", failure: LOST });
  const byPhone = { type: UserIdType.PHONE, id: idOf(active, UserIdType.PHONE) };
  const reactivated = { kind: "reactivate", user: suspended };
  const later = { ...suspended, statusChangedAt: "2026-01-02T09:00:00.000Z" };
  const atOperator = { change: undeclared, context: { protectedUsers: BY_PHONE } };

  test.each<[string, DirectoryUser | undefined, Case, object | undefined]>([
    ["suspended by the call, is reactivated", suspended, {}, reactivated],
    ["suspended at another time, waits", later, {}, unproven],
    ["suspended, and nobody knows when the call was, waits", suspended, { change: untimed }, unproven],
    ["whose status is not shown, waits", statusless, {}, noCall({ kind: "return_no_status" })],
    ["with another status, is left out", { ...suspended, status: "Resigned" }, {}, undefined],
    ["declared no more, is left out", suspended, { change: undeclared }, undefined],
    ["declared in another set, is reactivated", suspended, { change: undeclared, context: elsewhere }, { ...reactivated, protectedBy: byPhone }], // oxfmt-ignore
    ["protected by the operator, is left out", suspended, atOperator, undefined],
    ["whom no look-up shows, waits", undefined, {}, hidden],
    ["whom no look-up shows, declared no more, is left out", undefined, { change: undeclared }, undefined],
    ["whom no look-up shows, with Bob's id, is left out", undefined, { change: declaredForBob }, undefined],
    ["whose look-up fails, waits", suspended, { fails: true }, notLookedUp],
    ["whose look-up fails, declared no more, is left out", suspended, { fails: true, change: undeclared }, undefined], // oxfmt-ignore
  ])("%s", async (_, user, story, fate) => {
    expect(await decide(user, story)).toEqual(
      fate ? [{ id, label: "Ada", fate, attempt: expect.anything() }] : [],
    );
  });
});

describe("a declared user who is shown active, and whom an earlier call may have suspended,", () => {
  const at = (time: number | undefined) => ({ serviceTime: () => time });

  const justBefore = at(during.until + DAY - 1);
  const ownClock = { context: at(during.until), change: { seen: during.until + DAY } };

  test.each<[string, Partial<DirectoryUser>, Case, boolean]>([
    ["waits within a day of the call, because look-ups may be late", {}, { context: justBefore }, true],
    ["is left out a day after it", {}, { context: at(during.until + DAY) }, false],
    ["is left out a day after it by the set's own clock", {}, ownClock, false],
    ["waits if GenAuth tells no time", {}, { context: at(undefined) }, true],
    ["waits if nothing tells the time", {}, {}, true],
    ["is left out if the status is a newer one", { statusChangedAt: "2026-01-01T10:00:00.000Z" }, {}, false],
    ["is left out if nobody knows when the call was", {}, { change: untimed }, false],
  ])("%s", async (_, changes, story, waits) => {
    const fates = (await decide({ ...active, ...changes }, story)).map(({ fate }) => fate);
    expect(fates).toEqual(waits ? [noCall({ kind: "return_late" })] : []);
  });

  test("is told once, when the user comes back", async () => {
    const [leaver] = await decide(active, { change: { undeclared: new Set([id]) } });
    expect(leaver?.fate).toEqual(noCall({ kind: "return_unconfirmed" }));
  });
});

describe("nobody is looked up", () => {
  const approved: ApprovedPlan = { allows: () => true, changesWaiting: false };
  const decideOn = async (change: SetChange, removed: ReadonlyMap<string, string>, plan?: ApprovedPlan) => {
    const directory = new ModelDirectory([suspended]);
    const leavers = await decideAttempts(basisOf(change, contextOn(directory), plan), removed);
    expect(directory.calls).toEqual([]);
    return leavers;
  };

  test("if the plan changes nothing: all wait on who do not leave", async () => {
    expect(await decideOn(changeOf(), new Map(), approved)).toEqual([
      { id, label: "Ada", fate: noCall({ kind: "wait" }), attempt },
    ]);
    expect(await decideOn(changeOf(), new Map([[id, "Ada"]]), approved)).toEqual([]);
  });

  test("if no call may have suspended anybody", async () => {
    expect(await decideOn(changeOf({ attempts: new Map() }), new Map())).toEqual([]);
  });
});

test("an apply does not trust what the plan looked up", async () => {
  const directory = new ModelDirectory([suspended]);
  const context = contextOn(directory);
  const decideAgain = async (plan?: ApprovedPlan) => {
    await decideAttempts(basisOf(changeOf(), context, plan), new Map());
    return directory.calls.length;
  };
  expect(await decideAgain()).toBe(1);
  expect(await decideAgain()).toBe(1);
  expect(await decideAgain({ allows: () => true, changesWaiting: true })).toBe(2);
});

describe("a refresh finds that the set may have locked out", () => {
  const find = (
    user: DirectoryUser | undefined,
    changes: Partial<Parameters<typeof findLockedOut>[0]> = {},
  ) => {
    const found: Resolution = user ? { kind: "found", userId: user.userId, user } : { kind: "absent" };
    return findLockedOut({
      type: UserIdType.EMAIL,
      declared: new Map([[id, "Ada"]]),
      resolutions: new Map(),
      suspended: [[id, { userId: suspended.userId }]],
      users: new Map([[suspended.userId, found]]),
      protectedUsers: NOBODY,
      operatorProtected: NOBODY,
      before: [],
      ...changes,
    });
  };

  test.each<[string, Parameters<typeof find>]>([
    ["who is suspended", [suspended]],
    ["whose status is not shown", [statusless]],
    ["whom another set declares", [suspended, { ...undeclared, ...elsewhere }]],
    ["who was so, and is not shown now", [undefined, { before: [id] }]],
  ])("one %s", (_, user) => {
    expect(find(...user)).toEqual([id]);
  });

  test.each<[string, Parameters<typeof find>]>([
    ["who is active, even if the last check found it", [active, { before: [id] }]],
    ["who is declared nowhere", [suspended, undeclared]],
    ["whom the operator protects", [suspended, { ...undeclared, ...elsewhere, operatorProtected: BY_PHONE }]],
    ["who is not shown, and was not so", [undefined, { before: ["bob"] }]],
  ])("nobody %s", (_, user) => {
    expect(find(...user)).toEqual([]);
  });
});

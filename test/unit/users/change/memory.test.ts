import { describe, expect, test } from "@jest/globals";
import { type SetChange, UserIdType } from "../../../../src/users";
import { type EndedLeaver, type Ending, type Fate, noCall } from "../../../../src/users/change/fate";
import { lockedOutAfter, nextMemory, NO_MEMORY, type SetMemory } from "../../../../src/users/change/memory";
import type { Resolution } from "../../../../src/users/look-up/resolution";
import { LOST } from "../../../support/users/failures";
import { person } from "../../../support/users/people";
import { unlimitedChange } from "../support/set-change";

const id = "ada";
const user = person(1);
const [me, other] = [user.userId, person(2).userId];
const waiting = {
  id,
  label: "Ada",
  userId: me,
  isOurs: true,
  deleteFrom: "2026-01-15T00:00:00Z",
  days: 14,
  isDue: false,
};
const call = { changedBefore: "2025-12-01T00:00:00Z", during: { from: 1, until: 2 } };
const attempt = { label: "Ada", userId: me, ...call };

const suspension: Fate = { kind: "suspend", userId: me };
const deletion: Fate = { kind: "delete", userId: me };
const reactivation: Fate = { kind: "reactivate", user };
const undecided = noCall({ kind: "not_looked_up", failure: LOST });
const notOurs = (status: string): Fate => noCall({ kind: "release_not_ours", status });

const unproven = noCall({ kind: "return_unproven", status: "Suspended" });
const changedTo = (status: string, isSame = false): Fate =>
  noCall({ kind: "release_return_changed", status, isSame });
const isDue = { ...waiting, isDue: true };
const earlier = { label: "", userId: other };

const unchanged: Ending = { kind: "unchanged" };
const suspendedAs = (as: typeof waiting): Ending => ({ kind: "suspended", user: as });
const gone: Ending = { kind: "gone" };
const reactivated: Ending = { kind: "reactivated" };
const survivor: Ending = { kind: "survivor", reason: "not done" };
const perhapsDeleted: Ending = { kind: "survivor", reason: "lost", mayBeDeleted: true };
const perhapsSuspended: Ending = { kind: "survivor", reason: "lost", mayBeSuspended: call };

/** What the set remembers after a change that ended like this for one user. */
function remember(
  list: "leaving" | "waiting",
  ended: Omit<EndedLeaver, "id" | "label">,
  before: Partial<SetMemory> = {},
) {
  const change = unlimitedChange({ type: UserIdType.USERNAME, prior: new Map(), declared: new Map() });
  const endings = { leaving: [], waiting: [], [list]: [{ id, label: "Ada", ...ended }] };
  return nextMemory(change, { ...NO_MEMORY, ...before }, endings, new Map(), undefined);
}

describe("of one who leaves", () => {
  test.each<[string, Fate, Ending, object[]]>([
    ["who was suspended anew, the new day", suspension, suspendedAs(isDue), [isDue]],
    ["who is still there, the day before", deletion, survivor, [waiting]],
    [
      "who is declared by another id, the day before",
      noCall({ kind: "declared_as", id: "a" }),
      unchanged,
      [waiting],
    ],
    ["who is kept for good, nothing", noCall({ kind: "retained" }), unchanged, []],
    ["who is gone, nothing", deletion, gone, []],
  ])("and waited before, %s", (_, fate, ending, remembered) => {
    const { waiting: users, memory } = remember("leaving", { fate, ending, waiting });
    expect(users).toEqual(remembered);
    expect([...memory.waiting.values()]).toEqual(remembered);
  });

  test.each<[string, Fate, Ending, object | undefined]>([
    ["that may have suspended the user is remembered", suspension, perhapsSuspended, attempt],
    ["that was not made does not replace an earlier one", suspension, survivor, earlier],
    ["of an earlier apply is remembered of one not looked up", undecided, survivor, earlier],
    ["is forgotten once the user waits", suspension, suspendedAs(waiting), undefined],
    ["is forgotten once the user is gone", deletion, gone, undefined],
  ])("a call %s", (_, fate, ending, remembered) => {
    const attempts = new Map([[id, earlier]]);
    const { memory } = remember("leaving", { fate, ending }, { attempts });
    expect(memory.attempts).toEqual(new Map(remembered && [[id, remembered]]));
    expect(remember("leaving", { fate, ending: survivor }).memory.attempts).toEqual(new Map());
  });
});

describe("of one who waits", () => {
  test.each<[string, Fate, Ending, object[]]>([
    ["on", noCall({ kind: "wait" }), unchanged, [waiting]],
    [
      "and may have been deleted, that too",
      deletion,
      perhapsDeleted,
      [{ ...waiting, isDeletionTried: true }],
    ],
    ["and was not deleted, no more", deletion, survivor, [waiting]],
    ["and was not reactivated, no more", reactivation, survivor, [waiting]],
    ["and is deleted, nothing", deletion, gone, []],
    ["and is found gone, nothing", noCall({ kind: "release_gone" }), unchanged, []],
    ["and is reactivated, nothing", reactivation, reactivated, []],
    ["and is released, nothing", noCall({ kind: "release_retained" }), unchanged, []],
  ])("%s", (_, fate, ending, remembered) => {
    expect(remember("waiting", { fate, ending, waiting }).waiting).toEqual(remembered);
  });

  test.each<[string, Fate, object | undefined]>([
    ["is remembered without a time, if still suspended", notOurs("Suspended"), { label: "Ada", userId: me }],
    ["is forgotten with another status", notOurs("Resigned"), undefined],
    ["is forgotten of one who waits on", noCall({ kind: "wait" }), undefined],
  ])("and comes back, whom this set has not suspended, %s", (_, fate, remembered) => {
    const { memory } = remember("waiting", { fate, ending: unchanged, waiting });
    expect(memory.attempts).toEqual(new Map(remembered && [[id, remembered]]));
  });
});

test.each<[string, Fate, Ending, boolean]>([
  ["waits on", unproven, unchanged, true],
  [
    "waits on after a failed look-up",
    noCall({ kind: "return_not_looked_up", failure: LOST }),
    survivor,
    true,
  ],
  ["is not reactivated", reactivation, survivor, true],
  ["is reactivated", reactivation, reactivated, false],
  ["has got another status", changedTo("Resigned"), unchanged, false],
])("the call that may have suspended a declared user who %s, case %#", (_, fate, ending, isRemembered) => {
  const { memory, waiting: users } = remember("waiting", { fate, ending, attempt });
  expect(memory.attempts).toEqual(new Map(isRemembered ? [[id, attempt]] : []));
  expect(users).toEqual([]);
});

describe("who is locked out after a change, and who is in", () => {
  test.each<[is: "out" | "in", string, Fate, Ending]>([
    ["out", "who was not reactivated", reactivation, survivor],
    ["in", "who was not deleted", deletion, survivor],
    ["in", "who is reactivated", reactivation, reactivated],
    ["in", "who is active again", changedTo("Activated"), unchanged],
    ["in", "whom somebody else has suspended anew", changedTo("Suspended", true), unchanged],
    ["out", "who is suspended, and nothing proves by whom", notOurs("Suspended"), unchanged],
    ["in", "who has another status of somebody else", notOurs("Resigned"), unchanged],
    ["out", "whom the set may have suspended", unproven, unchanged],
    ["out", "whom the plan does not reactivate", noCall({ kind: "return_not_planned" }), unchanged],
    ["out", "whose status is not shown", noCall({ kind: "return_no_status" }), unchanged],
    ["in", "not declared, whose status is not shown", noCall({ kind: "wait_no_status" }), unchanged],
    ["in", "whom no look-up shows", noCall({ kind: "return_hidden" }), unchanged],
    ["in", "who is shown active", noCall({ kind: "return_unconfirmed" }), unchanged],
  ])("%s: one %s", (is, _, fate, ending) => {
    const endings = { leaving: [], waiting: [{ id, label: "", fate, ending }] };
    // The look-up of this change decides, whatever the last check found.
    expect(lockedOutAfter(endings, [])).toEqual(is === "out" ? [id] : []);
    expect(lockedOutAfter(endings, [id])).toEqual(is === "out" ? [id] : []);
  });

  test("out: one of whom the last check found it, if this change has not looked", () => {
    const endings = {
      leaving: [],
      waiting: [{ id, label: "", fate: noCall({ kind: "wait" }), ending: unchanged }],
    };
    expect(lockedOutAfter(endings, [id])).toEqual([id]);
    expect(lockedOutAfter(endings, ["bob"])).toEqual([]);
  });
});

/** What the set remembers after Ada has left it, and Bob has joined Eve. */
function replaceAda(
  {
    before = {},
    ending = gone,
    resolutions = new Map(),
  }: {
    readonly resolutions?: ReadonlyMap<string, Resolution>;
    readonly before?: Partial<SetMemory>;
    readonly ending?: Ending;
  },
  change: Partial<SetChange> = {},
): SetMemory {
  const whole = unlimitedChange({
    type: UserIdType.USERNAME,
    prior: new Map([
      [id, "Ada"],
      ["eve", ""],
    ]),
    declared: new Map([
      ["eve", ""],
      ["bob", ""],
    ]),
    ...change,
  });
  const endings = { leaving: [{ id, label: "Ada", fate: deletion, ending }], waiting: [] };
  return nextMemory(whole, { ...NO_MEMORY, ...before }, endings, resolutions, undefined).memory;
}

describe("an added id is a newcomer", () => {
  test("beside somebody who is still there, because it may be the new name", () => {
    const memory = replaceAda({ ending: survivor });
    expect(memory.undeclared).toEqual(new Set([id]));
    expect(memory.newcomers).toEqual(new Set(["bob"]));
  });

  test("no more once everybody who left is gone, or if nobody joins", () => {
    expect(replaceAda({}).newcomers).toBeUndefined();
    expect(replaceAda({}).undeclared).toEqual(new Set());
    expect(replaceAda({ ending: survivor }, { declared: new Map([["eve", ""]]) }).newcomers).toBeUndefined();
  });
});

describe("an id is bound", () => {
  const eveIs = (userId: string) => new Map([["eve", userId]]);
  const found = (userId: string): Resolution => ({ kind: "found", userId, user: { ...user, userId } });
  const bindingsAfter = (
    before: Partial<SetMemory>,
    looked: readonly [string, Resolution][] = [],
    ending: Ending = gone,
  ) => Object.fromEntries(replaceAda({ before, resolutions: new Map(looked), ending }).bindings);

  test.each<[string, Partial<SetMemory>, [string, Resolution][], object]>([
    ["to the user whom it named first", { bindings: eveIs(me) }, [["eve", found(other)]], { eve: me }],
    ["to whom it passed on", { bindings: eveIs(me), rebindings: eveIs(other) }, [], { eve: other }],
    ["to the user who is found", {}, [["bob", found(me)]], { bob: me }],
    ["to nobody if it names nobody", {}, [["bob", { kind: "absent" }]], {}],
    ["to nobody if it names several users", {}, [["bob", { kind: "several", users: [user, person(2)] }]], {}],
    ["no more once its user is gone", { bindings: new Map([[id, me]]) }, [], {}],
  ])("%s", (_, before, looked, bindings) => {
    expect(bindingsAfter(before, looked)).toStrictEqual(bindings);
  });

  test("to the user who is still there, and never to another one", () => {
    const before = { bindings: new Map([[id, me]]), rebindings: new Map([[id, other]]) };
    expect(bindingsAfter(before, [], survivor)).toEqual({ [id]: me });
  });
});

import { describe, expect, test } from "@jest/globals";
import { type SetChange, UserIdType } from "../../../../src/users";
import type { Ending } from "../../../../src/users/calls/ending";
import { type EndedLeaver, type Fate, noCall } from "../../../../src/users/fate";
import { nextMemory, NO_MEMORY, type SetMemory } from "../../../../src/users/change/memory";
import type { Resolution } from "../../../../src/users/look-up/resolution";
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
  isDue: false,
};
const suspension: Fate = { kind: "suspend", userId: me };
const deletion: Fate = { kind: "delete", userId: me };
const reactivation: Fate = { kind: "reactivate", user };
const isDue = { ...waiting, isDue: true };

const unchanged: Ending = { kind: "unchanged" };
const suspendedAs = (as: typeof waiting): Ending => ({ kind: "suspended", user: as });
const gone: Ending = { kind: "gone" };
const reactivated: Ending = { kind: "reactivated" };
const survivor: Ending = { kind: "survivor", reason: "not done" };
/** What the set remembers after a change that ended like this for one user. */
function remember(
  list: "leaving" | "waiting",
  ended: Omit<EndedLeaver, "id" | "label">,
  before: Partial<SetMemory> = {},
) {
  const change = unlimitedChange({ type: UserIdType.USERNAME, prior: new Map(), declared: new Map() });
  const endings = { leaving: [], waiting: [], [list]: [{ id, label: "Ada", ...ended }] };
  return nextMemory(change, { ...NO_MEMORY, ...before }, endings, new Map());
}

describe("of one who leaves", () => {
  test.each<[string, Fate, Ending, object[]]>([
    ["who was suspended anew, the new day", suspension, suspendedAs(isDue), [isDue]],
    ["who is kept for good, nothing", noCall({ kind: "retained" }), unchanged, []],
    ["who is gone, nothing", deletion, gone, []],
  ])("and waited before, %s", (_, fate, ending, remembered) => {
    const { waiting: users, memory } = remember("leaving", { fate, ending, waiting });
    expect(users).toEqual(remembered);
    expect([...memory.waiting.values()]).toEqual(remembered);
  });
});

describe("of one who waits", () => {
  test.each<[string, Fate, Ending, object[]]>([
    ["on", noCall({ kind: "wait" }), unchanged, [waiting]],
    ["and was not deleted, no more", deletion, survivor, [waiting]],
    ["and was not reactivated, no more", reactivation, survivor, [waiting]],
    ["and is deleted, nothing", deletion, gone, []],
    [
      "and is found gone, nothing",
      noCall({ kind: "released", because: "Gone.", isGone: true }),
      unchanged,
      [],
    ],
    ["and is reactivated, nothing", reactivation, reactivated, []],
    ["and is released, nothing", noCall({ kind: "released", because: "" }), unchanged, []],
  ])("%s", (_, fate, ending, remembered) => {
    expect(remember("waiting", { fate, ending, waiting }).waiting).toEqual(remembered);
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
  return nextMemory(whole, { ...NO_MEMORY, ...before }, endings, resolutions).memory;
}

test("a survivor is remembered as no longer declared, until the user is gone", () => {
  expect(replaceAda({ ending: survivor }).undeclared).toEqual(new Set([id]));
  expect(replaceAda({}).undeclared).toEqual(new Set());
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

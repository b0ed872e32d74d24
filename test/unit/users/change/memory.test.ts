import { describe, expect, test } from "@jest/globals";
import { type SetChange, UserIdType } from "../../../../src/users";
import type { Ending } from "../../../../src/users/calls/ending";
import { type EndedLeaver, type Fate, noCall } from "../../../../src/users/fate";
import { nextMemory, NO_MEMORY, type SetMemory } from "../../../../src/users/change/memory";
import type { Resolution } from "../../../../src/users/look-up/resolution";
import { person } from "../../../support/users/people";
import { unlimitedChange } from "../support/set-change";
import { waitingUser } from "../../../support/users/waiting";

const id = "ada";
const user = person(1);
const me = user.userId;
const other = person(2).userId;
const waiting = waitingUser(user, { id, label: "Ada" });
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
function remember(list: "leaving" | "waiting", ended: Omit<EndedLeaver, "id" | "label">) {
  const change = unlimitedChange({ type: UserIdType.USERNAME, prior: new Map(), declared: new Map() });
  const endings = { leaving: [], waiting: [], [list]: [{ id, label: "Ada", ...ended }] };
  return nextMemory(change, NO_MEMORY, endings, new Map());
}

describe("of a user who waited before, and leaves once more, the set remembers", () => {
  test("the new day if the user was suspended anew", () => {
    const next = remember("leaving", { fate: suspension, ending: suspendedAs(isDue), waiting });
    expect(next.waiting).toEqual([isDue]);
    expect([...next.memory.waiting.values()]).toEqual([isDue]);
  });

  test("nothing if the user is kept for good", () => {
    const kept = noCall({ kind: "retained" });
    expect(remember("leaving", { fate: kept, ending: unchanged, waiting }).waiting).toEqual([]);
  });

  test("nothing if the user is gone", () => {
    const next = remember("leaving", { fate: deletion, ending: gone, waiting });
    expect(next.waiting).toEqual([]);
    expect(next.memory.waiting.size).toBe(0);
  });
});

describe("a user who waits", () => {
  const released = noCall({ kind: "released", because: "" });
  const foundGone = noCall({ kind: "released", because: "Gone.", isGone: true });

  test.each<{ what: string; fate: Fate; ending: Ending }>([
    { what: "waits on", fate: noCall({ kind: "wait" }), ending: unchanged },
    { what: "was not deleted", fate: deletion, ending: survivor },
    { what: "was not reactivated", fate: reactivation, ending: survivor },
  ])("is remembered as before if the user $what", ({ fate, ending }) => {
    expect(remember("waiting", { fate, ending, waiting }).waiting).toEqual([waiting]);
  });

  test.each<{ what: string; fate: Fate; ending: Ending }>([
    { what: "is deleted", fate: deletion, ending: gone },
    { what: "is found gone", fate: foundGone, ending: unchanged },
    { what: "is reactivated", fate: reactivation, ending: reactivated },
    { what: "is released", fate: released, ending: unchanged },
  ])("is forgotten once the user $what", ({ fate, ending }) => {
    expect(remember("waiting", { fate, ending, waiting }).waiting).toEqual([]);
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
  /** The change adds Bob. This is what look-ups found. */
  const bindingsAfter = (
    before: Partial<SetMemory>,
    looked: Readonly<Record<string, Resolution>> = {},
    ending: Ending = gone,
  ) =>
    Object.fromEntries(replaceAda({ before, resolutions: new Map(Object.entries(looked)), ending }).bindings);

  test("to the user whom it named first, whomever it names now", () => {
    expect(bindingsAfter({ bindings: eveIs(me) }, { eve: found(other) })).toEqual({ eve: me });
  });

  test("to the user to whom it has passed, once a refresh has seen that", () => {
    expect(bindingsAfter({ bindings: eveIs(me), rebindings: eveIs(other) })).toEqual({ eve: other });
  });

  test("to the user who is found when it is added", () => {
    expect(bindingsAfter({}, { bob: found(me) })).toEqual({ bob: me });
  });

  test("to nobody if it names nobody, or several", () => {
    expect(bindingsAfter({}, { bob: { kind: "absent" } })).toEqual({});
    expect(bindingsAfter({}, { bob: { kind: "several", users: [user, person(2)] } })).toEqual({});
  });

  test("no more once its user is gone", () => {
    expect(bindingsAfter({ bindings: new Map([[id, me]]) })).toEqual({});
  });

  test("to a survivor, and never to somebody else", () => {
    const before = { bindings: new Map([[id, me]]), rebindings: new Map([[id, other]]) };
    expect(bindingsAfter(before, {}, survivor)).toEqual({ [id]: me });
  });
});

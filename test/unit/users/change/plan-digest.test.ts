import { describe, expect, test } from "@jest/globals";
import { type Leaver, noCall } from "../../../../src/users/change/fate";
import { digestPlan, refuseUnapproved, type ShownPlan } from "../../../../src/users/change/plan-digest";
import { person } from "../../../support/users/people";

const labels = new Map([
  ["ada", "Ada"],
  ["bob", "Bob"],
  ["eve", "Eve"],
]);
const gone = (id: string): Leaver => ({ id, label: labels.get(id) ?? "", fate: noCall({ kind: "gone" }) });
const deleted = (id: string): Leaver => ({ ...gone(id), fate: { kind: "delete", userId: `user-${id}` } });
const failure = { message: "No answer.", reach: "every_call", effect: "none", transient: true } as const;
const undecided = (id: string): Leaver => ({ ...gone(id), fate: noCall({ kind: "not_looked_up", failure }) });

const suspended = (id: string): Leaver => ({ ...gone(id), fate: { kind: "suspend", userId: `user-${id}` } });
const day = { isOurs: true, deleteFrom: "2026-01-15T00:00:00Z", days: 14 };
const isDue = (leaver: Leaver, due = true): Leaver => {
  const { id, label } = leaver;
  return { ...leaver, waiting: { ...day, id, label, userId: `user-${id}`, isDue: due } };
};
const waits = (id: string): Leaver => isDue({ ...gone(id), fate: noCall({ kind: "wait" }) }, false);
const reactivated = (id: string): Leaver => ({ ...waits(id), fate: { kind: "reactivate", user: person(1) } });
const released = (id: string): Leaver => ({ ...waits(id), fate: noCall({ kind: "release_lost" }) });
const passedOver = (id: string): Leaver =>
  isDue({ ...gone(id), fate: noCall({ kind: "wait_passed_over", because: "Held." }) });

/** What is shown of users who left before. */
const shownOf = (waiting: readonly Leaver[], changes: Partial<ShownPlan> = {}): ShownPlan =>
  shown([], { waiting, declared: new Map([["eve", "Eve"]]), ...changes });

function shown(leaving: readonly Leaver[], changes: Partial<ShownPlan> = {}): ShownPlan {
  const ids = new Set(leaving.map(({ id }) => id));
  const declared = new Map([...labels].filter(([id]) => !ids.has(id)));
  return { declared, leaving, waiting: [], labelsKnown: true, changesWaiting: false, ...changes };
}

function refusal(approved: ShownPlan, now: ShownPlan): string | undefined {
  const message = refuseUnapproved(digestPlan(approved), now);
  return message && `${message.summary}\n${message.detail}`;
}

const keepsAda = shown([gone("ada")]);
const deletesAda = shown([deleted("ada")]);
const adaWaits = shownOf([waits("ada")]);
const adaIsDue = shownOf([isDue(deleted("ada"))]);
const adaIsPassedOver = shownOf([passedOver("ada")]);
const labelsKnown = false;
const changesWaiting = true;
const returning = [{ id: "ada", userId: "user-ada", mayReturn: true }];

describe("an apply within its approved plan", () => {
  test.each<[string, ShownPlan, ShownPlan]>([
    ["the same", shown([deleted("ada"), gone("bob")]), shown([deleted("ada"), gone("bob")])],
    ["a deletion is kept", deletesAda, keepsAda],
    ["an open one is certain", shown([undecided("ada")]), deletesAda],
    ["a label was not known", shown([], { labelsKnown }), shown([])],
    ["those who wait stay as they are", shown([], { changesWaiting }), shown([])],
    ["a label is not known now", shown([]), shown([], { labelsKnown, declared: new Map() })],
    ["who was due is deleted", adaIsDue, adaIsDue],
    ["who was due is passed over", adaIsDue, adaIsPassedOver],
    ["who waits comes back, as planned", shownOf([reactivated("ada")], { changesWaiting, returning }), shownOf([reactivated("ada")], { changesWaiting })], // oxfmt-ignore
    ["who waits is released, where something changes", shownOf([waits("ada")], { changesWaiting, returning: [] }), shownOf([released("ada")], { changesWaiting })], // oxfmt-ignore
    ["who waits comes back, of which the plan says nothing", shownOf([waits("ada")], { changesWaiting }), shownOf([reactivated("ada")], { changesWaiting })], // oxfmt-ignore
    ["an earlier call may have suspended a declared user", shownOf([]), shownOf([{ ...gone("eve"), fate: noCall({ kind: "wait" }) }])], // oxfmt-ignore
    ["who waits is gone, and changes nothing", adaWaits, shownOf([{ ...waits("ada"), fate: noCall({ kind: "release_gone" }) }])], // oxfmt-ignore
    ["who is due is declared again, and stays", shownOf([isDue(gone("eve"))]), shownOf([])],
  ])("%s", (_, approved, now) => {
    expect(refusal(approved, now)).toBeUndefined();
  });
});

describe("one refusal names everybody for whom an apply differs", () => {
  const DELETED = /^1 user would be deleted .*keeps these\. Now they would be deleted:\n {2}ada/s;
  const OPEN = /^1 user would be deleted or suspended .*ada/s;
  const others = [reactivated("ada"), released("bob"), isDue(deleted("gus"), false), waits("hal")];
  const relabelled = new Map([...labels, ["eve", "Eva"] as const]);

  test.each<[string, ShownPlan, ShownPlan, RegExp]>([
    ["kept by the plan", keepsAda, deletesAda, /^1 user would be deleted .*keeps these.*ada/s],
    ["not looked up", keepsAda, shown([undecided("ada")]), OPEN],
    [
      "leaves in addition",
      deletesAda,
      shown([deleted("ada"), deleted("bob")]),
      /^1 user would be deleted whom .*\nThe approved plan leaves these in the set\. .*\n {2}bob/,
    ],
    [
      "leaves in addition, and is kept",
      deletesAda,
      shown([deleted("ada"), gone("bob")]),
      /^The declared users .*leave it:\n {2}bob/s,
    ],
    [
      "suspended",
      keepsAda,
      shown([suspended("ada")]),
      /^1 user would be suspended whom the approved plan does not suspend\n.*Now they would be suspended:\n {2}ada {2}Ada/s,
    ],
    [
      "deleted and suspended",
      shown([gone("ada"), gone("bob")]),
      shown([deleted("ada"), suspended("bob")]),
      /^2 users would be deleted or suspended whom .* delete or suspend\n.*ada {2}Ada\n {2}bob {2}Bob/s,
    ],
    ["due, and kept by the plan", adaIsPassedOver, adaIsDue, DELETED],
    ["due only now", adaWaits, adaIsDue, DELETED],
    [
      "reactivated or released, where nothing was to change",
      shownOf([waits("ada"), waits("bob")], { returning: [] }),
      shownOf(others, { changesWaiting }),
      /^2 suspended users would change whom the approved plan leaves as they are\nThese wait for their deletion.*\n {2}ada {2}Ada\n {2}bob {2}Bob\n\nNobody/,
    ],
    [
      "reactivated besides those of the plan",
      shownOf([reactivated("ada"), waits("bob")], { changesWaiting, returning }),
      shownOf([reactivated("ada"), reactivated("bob")], { changesWaiting }),
      /^1 suspended user would change .*\nThe approved plan does not reactivate these\. .*\n {2}bob {2}Bob\n\nNobody/,
    ],
    ["declared again", shown([deleted("ada"), gone("bob")]), deletesAda, /declared again:\n {2}bob {2}Bob/],
    [
      "another label",
      shown([]),
      shown([], { declared: relabelled }),
      /^The declared users are not those .*or their labels/s,
    ],
  ])("%s", (_, approved, now, expected) => {
    expect(refusal(approved, now)).toMatch(expected);
    expect(refusal(approved, now)).toContain("Nobody in this set was deleted");
  });
});

test("a digest says what binds the apply", () => {
  const leaving = [deleted("ada"), gone("bob"), undecided("gus"), suspended("hal")];
  const waiting = [isDue(deleted("ida")), passedOver("jim"), waits("kim"), isDue(gone("eve"))];
  const both = ["lea", "max"].map((id) => ({ id, userId: `user-${id}`, mayReturn: id === "lea" }));
  const digest = digestPlan(shownOf(waiting, { leaving, changesWaiting, returning: both }));
  expect(digest).toEqual({
    declared: expect.stringMatching(/^[0-9a-f]{32}$/),
    revoking: ["ada", "gus", "hal", "ida"],
    keeping: ["bob", "jim"],
    changesWaiting,
    reactivating: ["lea"],
    staying: ["max"],
  });
  const declaredAs = (...users: [string, string][]) =>
    digestPlan(shown([], { declared: new Map(users) })).declared;
  expect(declaredAs(["a", "1"], ["b", "2"])).toBe(declaredAs(["b", "2"], ["a", "1"]));
  expect(declaredAs(["a", "1"], ["b", "2"])).not.toBe(declaredAs(["a", "2"], ["b", "1"]));
});

import { describe, expect, test } from "@jest/globals";
import { type Leaver } from "../../../../src/users/change/fate";
import { digestPlan, refuseUnapproved, type ShownPlan } from "../../../../src/users/change/plan-digest";

const labels = new Map([
  ["ada", "Ada"],
  ["bob", "Bob"],
  ["eve", "Eve"],
]);
const gone = (id: string): Leaver => ({ id, label: labels.get(id) ?? "", fate: { kind: "gone" } });
const deleted = (id: string): Leaver => ({ ...gone(id), fate: { kind: "delete", userId: `user-${id}` } });
const failure = { message: "No answer.", reach: "every_call", effect: "none", transient: true } as const;
const undecided = (id: string): Leaver => ({ ...gone(id), fate: { kind: "undecided", failure } });

function shown(leaving: readonly Leaver[], changes: Partial<ShownPlan> = {}): ShownPlan {
  const ids = new Set(leaving.map(({ id }) => id));
  const declared = new Map([...labels].filter(([id]) => !ids.has(id)));
  return {
    change: { declared },
    decision: { leaving, waiting: [] },
    labelsKnown: true,
    changesWaiting: false,
    ...changes,
  };
}

function refusal(approved: ShownPlan, now: ShownPlan): string | undefined {
  const message = refuseUnapproved(digestPlan(approved), now);
  return message && `${message.summary}\n${message.detail}`;
}

describe("an apply within its approved plan", () => {
  test.each<[string, ShownPlan, ShownPlan]>([
    ["the same", shown([deleted("ada"), gone("bob")]), shown([deleted("ada"), gone("bob")])],
    ["a deletion is kept", shown([deleted("ada")]), shown([gone("ada")])],
    ["an open one is certain", shown([undecided("ada")]), shown([deleted("ada")])],
    ["a label was not known", shown([], { labelsKnown: false }), shown([])],
    ["those who wait stay as they are", shown([], { changesWaiting: true }), shown([])],
  ])("%s", (_, approved, now) => {
    expect(refusal(approved, now)).toBeUndefined();
  });
});

describe("one refusal names everybody for whom an apply differs", () => {
  test.each<[string, ShownPlan, ShownPlan, RegExp]>([
    [
      "kept by the plan",
      shown([gone("ada")]),
      shown([deleted("ada")]),
      /^1 user would be deleted .*keeps these.*ada/s,
    ],
    [
      "not looked up",
      shown([gone("ada")]),
      shown([undecided("ada")]),
      /^1 user would be deleted or suspended .*ada/s,
    ],
    [
      "leaves in addition",
      shown([deleted("ada")]),
      shown([deleted("ada"), deleted("bob")]),
      /^1 user .*leaves these in the set.*bob/s,
    ],
    [
      "leaves in addition, and is kept",
      shown([deleted("ada")]),
      shown([deleted("ada"), gone("bob")]),
      /^The declared users .*leave it:\n {2}bob/s,
    ],
    [
      "declared again",
      shown([deleted("ada"), gone("bob")]),
      shown([deleted("ada")]),
      /declared again:\n {2}bob {2}Bob/,
    ],
    [
      "another label",
      shown([]),
      shown([], { change: { declared: new Map([...labels, ["eve", "Eva"]]) } }),
      /^The declared users are not those .*or their labels/s,
    ],
  ])("%s", (_, approved, now, expected) => {
    expect(refusal(approved, now)).toMatch(expected);
    expect(refusal(approved, now)).toContain("Nobody in this set was deleted");
  });
});

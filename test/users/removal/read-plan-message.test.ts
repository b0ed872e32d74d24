import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { readPlanMessage, type Removal, UserIdType } from "../../../src/users";
import { describePlan } from "../../../src/users/removal/messages";
import { OUTAGE } from "../support/failures";
import { person } from "../support/people";

const deletion = (id: string, label: string, name?: string): Removal => ({
  id,
  label,
  outcome: { kind: "delete", userId: person(1).userId, ...(name !== undefined && { name }) },
});

function read(removals: readonly Removal[], isRefused = false) {
  const { detail } = describePlan({ removals, kept: 3, isBinding: true, isRefused });
  return readPlanMessage(detail, new Map(removals.map(({ id, label }) => [id, label])));
}

describe("the detail of a plan's message", () => {
  test("is read back: who is deleted, who is kept and why, and who is gone", () => {
    const removals: Removal[] = [
      deletion("ada@x", "Ada", "Ada Aydin"),
      deletion("bo@x", "Bo", "Robert Miller"),
      { id: "gone@x", label: "Gone", outcome: { kind: "gone" } },
      { id: "never@x", label: "", outcome: { kind: "never_found" } },
      { id: "kept@x", label: "Kept", outcome: { kind: "kept", reason: { kind: "retained" } } },
      {
        id: "safe@x",
        label: "",
        outcome: { kind: "kept", reason: { kind: "protected", type: UserIdType.PHONE, id: "+1" } },
      },
      { id: "off@x", label: "Off", outcome: { kind: "undecided", failure: OUTAGE } },
    ];
    const { removals: stated, cut, rest } = read(removals);
    expect(Object.fromEntries(stated)).toEqual({
      "ada@x": { outcome: "delete", name: "Ada Aydin", disagrees: false, note: "" },
      "bo@x": { outcome: "delete", name: "Robert Miller", disagrees: true, note: "" },
      "gone@x": { outcome: "gone", disagrees: false, note: "" },
      "never@x": { outcome: "never_found", disagrees: false, note: "" },
      "kept@x": { outcome: "retained", disagrees: false, note: "" },
      "safe@x": { outcome: "protected", disagrees: false, note: "by phone +1" },
      "off@x": { outcome: "not_looked_up", disagrees: false, note: "" },
    });
    expect([...cut]).toEqual([]);
    expect(rest).toContain(OUTAGE.message);
    expect(rest).not.toContain("ada@x");
  });

  test("says nothing else if it only names users", () => {
    expect(read([deletion("ada@x", "Ada")]).rest).toBe("");
  });

  test("keeps the count of a cut list, unless all of them are deleted", () => {
    const kept = Array.from({ length: 30 }, (_, index): Removal => {
      return { id: `k${index}`, label: "", outcome: { kind: "kept", reason: { kind: "retained" } } };
    });
    const { removals, cut, rest } = read(kept);
    expect([removals.size, [...cut]]).toEqual([20, ["retained"]]);
    expect(rest).toContain("and 10 more");
    const many = Array.from({ length: 30 }, (_, index) => deletion(`d${index}`, ""));
    expect(read(many)).toMatchObject({ rest: "", cut: new Set(["delete"]) });
  });

  test("names everyone of a refused change, and everyone whose label and name disagree", () => {
    const many = Array.from({ length: 90 }, (_, index) => deletion(`d${index}`, "Label", "Label"));
    expect(read(many, true).removals.size).toBe(90);
    const wrong = Array.from({ length: 30 }, (_, index) => deletion(`w${index}`, "Label", "Another"));
    const { removals } = read([...many, ...wrong]);
    expect([...removals].filter(([, { disagrees }]) => disagrees)).toHaveLength(30);
  });

  test("is not misread, whatever the ids, labels and names are", () => {
    const text = fc
      .array(
        fc.constantFrom("a", "b", "  ", " ", "(", ")", "in GenAuth: ", "; LABEL AND NAME DISAGREE", "\n"),
      )
      .map((parts) => parts.join(""));
    const user = fc.record({ id: text.map((id) => `x${id.trim()}`), label: text, name: text });
    fc.assert(
      fc.property(fc.uniqueArray(user, { selector: ({ id }) => id, maxLength: 4 }), (users) => {
        const { removals } = read(users.map(({ id, label, name }) => deletion(id, label, name)));
        for (const [id, stated] of removals) {
          const its = users.find((one) => one.id === id);
          expect([stated.outcome, its !== undefined]).toEqual(["delete", true]);
        }
      }),
    );
  });
});

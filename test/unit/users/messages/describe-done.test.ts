import { describe, expect, test } from "@jest/globals";
import { describeDone } from "../../../../src/users/messages/describe-done";
import { type EndedLeaver, noCall } from "../../../../src/users/fate";
import { person } from "../../../support/users/people";
import { waitingUser } from "../../../support/users/waiting";

const gone = (id: string, name?: string): EndedLeaver => ({
  id,
  label: "Ada",
  fate: { kind: "delete", userId: `user-${id}`, ...(name !== undefined && { name }) },
  ending: { kind: "gone" },
});

test("a deletion names id, label and the name in GenAuth", () => {
  expect(describeDone([gone("a@x", "Ada"), gone("b@x", "Eve")])).toEqual([
    {
      summary: "2 users permanently deleted from GenAuth",
      detail:
        "No look-up finds them any more, so the deletion is confirmed:\n" +
        "  a@x  Ada  (in GenAuth: Ada)\n" +
        "  b@x  Ada  (in GenAuth: Eve; LABEL AND NAME DISAGREE)",
      ids: ["a@x", "b@x"],
      isError: false,
    },
  ]);
});

test("of many, the first are named, and where all of them are", () => {
  const [done] = describeDone(Array.from({ length: 30 }, (_, index) => gone(`u${index}@x`)));
  expect(done?.detail).toContain("u19@x");
  expect(done?.detail).not.toContain("u20@x");
  expect(done?.detail).toContain("and 10 more, listed in removals of the set");
  expect(done?.ids).toHaveLength(30);
});

test("nothing is said of a survivor, of who is kept, or of who waits on", () => {
  const others: EndedLeaver[] = [
    { ...gone("a@x"), ending: { kind: "survivor", reason: "refused" } },
    { ...gone("b@x"), fate: noCall({ kind: "retained" }), ending: { kind: "unchanged" } },
    { ...gone("c@x"), fate: noCall({ kind: "wait" }), ending: { kind: "unchanged" } },
  ];
  expect(describeDone(others)).toEqual([]);
});

describe("of one and of several", () => {
  const { userId } = person(1);
  const user = waitingUser(person(1), { id: "a@x", label: "Ada", isDue: true });
  const suspended: EndedLeaver = {
    ...gone("a@x"),
    fate: { kind: "suspend", userId },
    ending: { kind: "suspended", user },
  };
  const reactivated: EndedLeaver = {
    ...gone("a@x"),
    fate: { kind: "reactivate", user: person(1) },
    ending: { kind: "reactivated" },
  };

  const goneBefore: EndedLeaver = { ...gone("a@x"), fate: noCall({ kind: "gone" }), waiting: user };

  test.each<{ of: string; leaver: EndedLeaver; what: string; line: string }>([
    {
      of: "a deletion without a name",
      leaver: gone("a@x"),
      what: "permanently deleted from GenAuth",
      line: "a@x  Ada",
    },
    {
      of: "a deletion of a user who was gone already when the call came",
      leaver: goneBefore,
      what: "permanently deleted from GenAuth",
      line: "a@x  Ada",
    },
    {
      of: "a suspension",
      leaver: suspended,
      what: "suspended",
      line: "a@x  Ada  (deletion from 2026-01-15)",
    },
    {
      of: "a reactivation",
      leaver: reactivated,
      what: "reactivated",
      line: "a@x  Ada  (in GenAuth: Person 1)",
    },
    {
      of: "a reactivation that the plan did not show",
      leaver: { ...reactivated, fate: noCall({ kind: "wait" }) },
      what: "reactivated",
      line: "a@x  Ada",
    },
  ])("$of is told with what belongs to it", ({ leaver, what, line }) => {
    const told = describeDone([leaver]);
    expect(told.map(({ summary }) => summary)).toEqual([`1 user ${what}`]);
    expect(told[0]?.detail.split("\n")[1]).toBe(`  ${line}`);
    const [two] = describeDone([leaver, { ...leaver, id: "b@x" }]);
    expect(two).toMatchObject({ summary: `2 users ${what}`, ids: ["a@x", "b@x"] });
  });

  test("nothing is said of a user who waits, and whom the set did not suspend", () => {
    const waitsOnly: EndedLeaver = {
      ...suspended,
      ending: { kind: "suspended", user: { ...user, isOurs: false } },
    };
    expect(describeDone([waitsOnly])).toEqual([]);
  });

  test("nothing is said of a user who waited, and was gone before the call", () => {
    expect(describeDone([{ ...goneBefore, ending: { kind: "unchanged" } }])).toEqual([]);
  });
});

test.each(["gone", "never_found"] as const)(
  "a removed user whose fate is %s was not deleted by this apply",
  (kind) => {
    const [done] = describeDone([{ ...gone("a@x"), fate: noCall({ kind }), ending: { kind: "unchanged" } }]);
    expect(done?.summary).toBe("1 removed user not found in GenAuth");
    expect(done?.detail).toContain("GenAuth has no account of them, so nobody was deleted:");
  },
);

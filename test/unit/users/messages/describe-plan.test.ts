import { describe, expect, test } from "@jest/globals";
import { type Leaver, noCall } from "../../../../src/users/fate";
import { describePlan } from "../../../../src/users/messages/describe-plan";
import { OUTAGE } from "../../../support/users/failures";
import { people, person } from "../../../support/users/people";
import { deletion, notDeleted, notDeletedUser } from "../support/leavers";
import { waitingUser } from "../../../support/users/waiting";

const dueOn = (day: string, number: number): Leaver => ({
  ...deletion(number),
  waiting: waitingUser(person(number), { isDue: true, deleteFrom: `${day}T00:00:00Z` }),
});

describe("the plan", () => {
  test.each([
    { deletions: 1, summary: "1 user will be permanently deleted from GenAuth in 1 call" },
    { deletions: 50, summary: "50 users will be permanently deleted from GenAuth in 1 call" },
    { deletions: 53, summary: "53 users will be permanently deleted from GenAuth in 2 calls" },
  ])("of $deletions deletions says how many users go, in how many calls", ({ deletions, summary }) => {
    const leavers = people(1, deletions).map((_, index) => deletion(index + 1));
    expect(describePlan({ leavers, kept: 3, isBinding: true }).summary).toBe(summary);
  });

  test.each([
    { of: "a user who is kept", ids: ["safe@x"], summary: "1 user will leave the set but not GenAuth" },
    {
      of: "users who are kept",
      ids: ["safe@x", "case@x"],
      summary: "2 users will leave the set but not GenAuth",
    },
    {
      of: "users who are kept or gone",
      ids: ["gone@x", "kept@x", "safe@x"],
      summary: "3 removed users not deleted",
    },
    { of: "a user who is gone", ids: ["gone@x"], summary: "1 removed user not found in GenAuth" },
  ])("of $of does not read as a deletion, whether it suspends or not", ({ ids, summary }) => {
    const leavers = ids.map(notDeletedUser);
    const suspension = { days: 14, ifToday: undefined };
    expect(describePlan({ leavers, kept: 0, isBinding: true }).summary).toBe(summary);
    expect(describePlan({ leavers, kept: 0, isBinding: true, suspension }).summary).toBe(summary);
  });

  test("names the first 20 of those who are deleted, and the number of the others", () => {
    const leavers = people(1, 53).map((_, index) => deletion(index + 1));
    const lines = describePlan({ leavers, kept: 3, isBinding: true }).detail.split("\n");
    expect(lines.filter((line) => line.startsWith("  person"))).toHaveLength(20);
    expect(lines).toContainEqual(expect.stringMatching(/^ {2}and 33 more/));
  });

  test.each(["Person 1", "1, PERSON (Sales)", ""])(
    "does not flag the label %j of a user whom GenAuth calls Person 1",
    (label) => {
      const { detail } = describePlan({ leavers: [deletion(1, label)], kept: 0, isBinding: true });
      expect(detail).toContain("in GenAuth: Person 1");
      expect(detail).not.toContain("DISAGREE");
    },
  );

  test("flags the label of a user whom GenAuth calls by another name", () => {
    const leavers = [deletion(1, "Somebody Else")];
    const { detail } = describePlan({ leavers, kept: 0, isBinding: true });
    expect(detail).toContain("in GenAuth: Person 1; LABEL AND NAME DISAGREE");
  });

  test("names each removed user who is not deleted, with the reason", () => {
    const { detail } = describePlan({ leavers: [deletion(1), ...notDeleted], kept: 1, isBinding: true });
    for (const { id } of notDeleted) expect(detail).toContain(`  ${id}`);
    for (const words of [
      "Already gone",
      "Never found",
      "retained",
      "by phone +1",
      "still declared under another id",
      "as CASE@x",
      "bound to somebody else",
      "former user may still have an account",
      "was user u1",
      "several users",
      "rename",
      "to new@x",
      "its user still exists under another id",
    ]) {
      expect(detail).toContain(words);
    }
  });

  test("explains an engine's refusal, if the plan binds the apply, also of a plan that deletes everybody who leaves", () => {
    const explains = (leavers: readonly Leaver[], isBinding: boolean): boolean =>
      describePlan({ leavers, kept: 0, isBinding }).detail.includes(
        'If apply ends with "Provider produced inconsistent final plan", nobody in this set was suspended or deleted. Plan again.',
      );
    expect(explains([deletion(1), ...notDeleted], true)).toBe(true);
    expect(explains([deletion(1)], true)).toBe(true);
    expect(explains([deletion(1), ...notDeleted], false)).toBe(false);
  });

  test.each([
    { why: "never_seen", says: "never seen while it was declared" },
    { why: "not_planned", says: "the plan did not include them" },
  ] as const)(
    "names a user who stays in the set because nobody reviewed the deletion: $why",
    ({ why, says }) => {
      const leavers: Leaver[] = [{ id: "a@x", label: "A", fate: noCall({ kind: why }) }];
      const { summary, detail } = describePlan({ leavers, kept: 0, isBinding: true });
      expect(summary).toBe("1 removed user not deleted");
      expect(detail).toContain(says);
      expect(detail).not.toContain("removed from the set but not deleted");
    },
  );

  test.each([
    {
      of: "one day",
      days: ["2026-12-01", "2026-12-01"],
      says: "Due since 2026-12-01: removed from the set earlier",
    },
    {
      of: "several days",
      days: ["2026-12-02", "2026-11-03"],
      says: "Due since 2026-11-03, the last since 2026-12-02: removed",
    },
  ])("says once why users are due, of $of", ({ days, says }) => {
    const leavers = days.map((day, index): Leaver => dueOn(day, index + 1));
    const { detail } = describePlan({ leavers, kept: 0, isBinding: true, areDue: true });
    expect(detail.split("\n\n").filter((paragraph) => paragraph.startsWith(says))).toHaveLength(1);
    expect(describePlan({ leavers, kept: 0, isBinding: true }).detail).not.toContain("Due since");
  });

  test("names users who could not be looked up, with the reason", () => {
    const leaver: Leaver = {
      id: "a@x",
      label: "A",
      fate: noCall({ kind: "not_looked_up", failure: OUTAGE }),
    };
    const { summary, detail } = describePlan({ leavers: [leaver], kept: 0, isBinding: true });
    expect(summary).toBe("1 user could not be looked up and may be permanently deleted from GenAuth");
    expect(detail).toContain(OUTAGE.message);
    expect(describePlan({ leavers: [leaver, deletion(1)], kept: 0, isBinding: true }).summary).toContain(
      "; 1 more could not",
    );
  });
});

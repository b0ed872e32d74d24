import { describe, expect, test } from "@jest/globals";
import { type Leaver, noCall } from "../../../../src/users/fate";
import { describePlan, describeUnknownFates } from "../../../../src/users/messages/describe-plan";
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
  ])("of $of does not read as a deletion, whether it suspends, or is refused, or not", ({ ids, summary }) => {
    const leavers = ids.map(notDeletedUser);
    const suspension = { days: 14, ifToday: undefined };
    expect(describePlan({ leavers, kept: 0, isBinding: true })).toMatchObject({ summary, ids });
    expect(describePlan({ leavers, kept: 0, isBinding: true, suspension }).summary).toBe(summary);
    expect(describePlan({ leavers, kept: 0, isBinding: true }, true).summary).toBe(summary);
  });

  test.each([
    { ifToday: "2026-12-15", says: "deleted 14 days later (2026-12-15 if applied today)" },
    { ifToday: undefined, says: "deleted 14 days later" },
  ])("of a suspension says when the deletion follows, if GenAuth's day is $ifToday", ({ ifToday, says }) => {
    const leaver: Leaver = { id: "a@x", label: "", fate: { kind: "suspend", userId: person(1).userId } };
    const suspension = { days: 14, ifToday };
    const { summary } = describePlan({ leavers: [leaver], kept: 0, isBinding: true, suspension });
    expect(summary).toBe(`1 user will be suspended, and ${says}`);
  });

  test("says how many users stay, and in which pool, if that is known", () => {
    const lastOf = (pool: string | undefined) =>
      describePlan({ leavers: [deletion(1)], kept: 3, isBinding: true, pool })
        .detail.split("\n\n")
        .at(-1);
    const stays = "The set declares 3 users after this change.";
    expect(lastOf("https://pool.example.com")).toBe(`${stays} The user pool is at https://pool.example.com.`);
    expect(lastOf(undefined)).toBe(stays);
  });

  test("names the first 20 of those who are deleted, and the number of the others", () => {
    const leavers = people(1, 53).map((_, index) => deletion(index + 1));
    const lines = describePlan({ leavers, kept: 3, isBinding: true }).detail.split("\n");
    expect(lines.filter((line) => line.startsWith("  person"))).toHaveLength(20);
    expect(lines).toContainEqual(expect.stringMatching(/^ {2}and 33 more/));
  });

  test.each(["Person 1", "1, PERSON (Sales)", "", " "])(
    "does not flag the label %j of a user whom GenAuth calls Person 1",
    (label) => {
      const { detail } = describePlan({ leavers: [deletion(1, label)], kept: 0, isBinding: true });
      expect(detail).toContain("in GenAuth: Person 1");
      expect(detail).not.toContain("DISAGREE");
    },
  );

  test.each(["Somebody Else", "Person 2", "Pers One 1", "?"])(
    "flags the label %j of a user whom GenAuth calls Person 1",
    (label) => {
      const leavers = [deletion(1, label)];
      const { detail } = describePlan({ leavers, kept: 0, isBinding: true });
      expect(detail).toContain("in GenAuth: Person 1; LABEL AND NAME DISAGREE");
    },
  );

  test("names each removed user who is not deleted, with the reason", () => {
    const { detail, ids } = describePlan({ leavers: [deletion(1), ...notDeleted], kept: 1, isBinding: true });
    expect(ids).toEqual([deletion(1).id]);
    for (const { id } of notDeleted) expect(detail).toContain(`  ${id}`);
    for (const words of [
      "These are removed from the set but not deleted:",
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
      days: ["2026-12-02", "2026-11-03", "2026-12-01"],
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

describe("a plan before the whole configuration is known", () => {
  const POOL = "https://pool.example.com";
  const ada = dueOn("2026-12-01", 1);
  const bob = deletion(2);
  const MAY_BE_KEPT = "Some of the users above may then be protected, and are kept.";
  const MAY_RETURN = "that user is not deleted, but reactivated:";

  test("says that those who leave may turn out to be protected", () => {
    const told = describeUnknownFates({ protectedUsersKnown: false, pool: POOL }, [bob], []);
    expect(told).toMatchObject({ summary: "Not all protected users are known yet", ids: [] });
    expect(told?.detail).toContain(MAY_BE_KEPT);
    expect(told?.detail).not.toContain(MAY_RETURN);
  });

  test("names those who wait, because they may turn out to be protected", () => {
    const told = describeUnknownFates({ protectedUsersKnown: false, pool: POOL }, [], [ada]);
    expect(told).toMatchObject({ summary: "Not all protected users are known yet", ids: [ada.id] });
    expect(told?.detail).toContain(`${MAY_RETURN}\n  ${ada.id}`);
    expect(told?.detail).not.toContain(MAY_BE_KEPT);
  });

  test("names those who wait, because they may be declared in the pool", () => {
    const told = describeUnknownFates({ protectedUsersKnown: true }, [bob], [ada]);
    expect(told).toMatchObject({ summary: "The user pool is not known yet", ids: [ada.id] });
    expect(told?.detail).toContain(`${MAY_RETURN}\n  ${ada.id}`);
    expect(told?.detail).not.toContain(MAY_BE_KEPT);
  });

  test.each([
    {
      what: "everything is known",
      known: { protectedUsersKnown: true, pool: POOL },
      leaves: [bob],
      waits: [ada],
    },
    { what: "nobody leaves or waits", known: { protectedUsersKnown: false }, leaves: [], waits: [] },
    {
      what: "the pool alone is unknown, and nobody waits",
      known: { protectedUsersKnown: true },
      leaves: [bob],
      waits: [],
    },
  ])("says nothing if $what", ({ known, leaves, waits }) => {
    expect(describeUnknownFates(known, leaves, waits)).toBeUndefined();
  });
});

import { describe, expect, test } from "@jest/globals";
import { type SetChange, UserIdType } from "../../../../src/users";
import {
  holdAboveLimit,
  limitReport,
  limitRun,
  peopleRevoked,
  refuseAboveLimits,
} from "../../../../src/users/change/limits";
import type { SetGuards } from "../../../../src/users/change/set-change";
import { type Fate, type Leaver, noCall } from "../../../../src/users/fate";
import type { Refusal } from "../../../../src/users/wording";
import { LOST } from "../../../support/users/failures";
import { unlimitedChange } from "../support/set-change";

const DELETED: Fate = { kind: "delete", userId: "a" };
const SUSPENDED: Fate = { kind: "suspend", userId: "a" };
const NOT_LOOKED_UP = noCall({ kind: "not_looked_up", failure: LOST });

/** A change of a set that held so many users, and has the limits by default. */
function changeOf(held: number, more: Partial<SetChange> = {}): SetChange {
  const prior = new Map(Array.from({ length: held }, (_, at) => [`user${at}`, ""]));
  return unlimitedChange({ type: UserIdType.USERNAME, prior, declared: new Map(), guards: {}, ...more });
}

/** So many leavers with a fate, from `user0` or another one on. */
function leavers(number: number, fate: Fate = DELETED, from = 0): Leaver[] {
  return Array.from({ length: number }, (_, at) => ({ id: `user${from + at}`, label: "", fate }));
}

/** The ids of so many users, the last of a set that held 30. */
const lastOf30 = (number: number) => Array.from({ length: number }, (_, at) => `user${29 - at}`);

/** The refusal of a change that deletes so many of the users that a set held, all of whom are in the pool. */
function refusalOf(deleted: number, held: number, guards: SetGuards = {}): Refusal | undefined {
  return refuseAboveLimits(changeOf(held, { guards }), leavers(deleted));
}

describe("max_deletions", () => {
  test("allows 500 by default", () => {
    expect(refusalOf(500, 2_500)).toBeUndefined();
    expect(refusalOf(501, 10_000)).toMatchObject({ attribute: "max_deletions" });
  });

  test("allows as many as it says", () => {
    expect(refusalOf(3, 9, { maxDeletions: 3 })).toBeUndefined();
    expect(refusalOf(4, 9, { maxDeletions: 3 })).toMatchObject({ attribute: "max_deletions" });
    expect(refusalOf(1, 9, { maxDeletions: 0 })).toMatchObject({ attribute: "max_deletions" });
  });
});

describe("max_deletions_percent", () => {
  test("allows 20 % by default", () => {
    expect(refusalOf(8, 40)).toBeUndefined();
    expect(refusalOf(9, 40)).toMatchObject({ attribute: "max_deletions_percent" });
  });

  test("allows the share that it says", () => {
    expect(refusalOf(10, 100, { maxDeletionsPercent: 10 })).toBeUndefined();
    expect(refusalOf(11, 100, { maxDeletionsPercent: 10 })).toMatchObject({
      attribute: "max_deletions_percent",
    });
    expect(refusalOf(20, 20, { maxDeletionsPercent: 100 })).toBeUndefined();
  });

  test("is exact where a fraction is not: 29 % of 100", () => {
    expect(refusalOf(29, 100, { maxDeletionsPercent: 29 })).toBeUndefined();
  });

  test("does not count five people, whatever share they are", () => {
    expect(refusalOf(5, 5, { maxDeletionsPercent: 0 })).toBeUndefined();
    expect(refusalOf(6, 6)).toMatchObject({ attribute: "max_deletions_percent" });
  });

  test("allows that nobody leaves an empty set", () => {
    expect(refusalOf(0, 0, { maxDeletionsPercent: 0 })).toBeUndefined();
  });

  const shareOf = (leaving: readonly Leaver[], more: Partial<SetChange> = {}) =>
    refuseAboveLimits(changeOf(30, more), leaving)?.summary;
  const OF_20 = expect.stringContaining("20 of 20 users would be deleted");

  test("is a share of those who are in the pool: the last check did not find the others", () => {
    expect(shareOf(leavers(6), { lastMissing: [] })).toBeUndefined();
    expect(shareOf(leavers(4), { lastMissing: lastOf30(10) })).toBeUndefined();
    expect(shareOf(leavers(20), { lastMissing: lastOf30(10) })).toEqual(OF_20);
  });

  test("does not count as in the pool who leaves and is gone, or was never found", () => {
    const gone = leavers(10, noCall({ kind: "gone" }), 20);
    const neverFound = leavers(10, noCall({ kind: "never_found" }), 20);
    expect(shareOf([...leavers(20), ...gone])).toEqual(OF_20);
    expect(shareOf([...leavers(20), ...neverFound])).toEqual(OF_20);
  });

  test("counts somebody once who was missing before and is found gone now", () => {
    const gone = leavers(10, noCall({ kind: "gone" }), 20);
    // 6 of 20 are 30 %.
    const change = { lastMissing: lastOf30(10), guards: { maxDeletionsPercent: 30 } };
    expect(shareOf([...leavers(6), ...gone], change)).toBeUndefined();
  });
});

describe("a change that is refused", () => {
  test("counts users whose look-up failed, because an outage must not loosen a limit", () => {
    const { summary } = refuseAboveLimits(changeOf(30), leavers(30, NOT_LOOKED_UP)) ?? {};
    expect(summary).toContain("30 of 30 users would be deleted");
  });

  test("does not count users who are kept", () => {
    const kept = leavers(30, noCall({ kind: "retained" }));
    expect(refuseAboveLimits(changeOf(30), kept)).toBeUndefined();
  });

  test("says that users would be suspended, if the set suspends first", () => {
    const change = changeOf(30, { suspendDays: 14 });
    const { summary } = refuseAboveLimits(change, leavers(30, SUSPENDED)) ?? {};
    expect(summary).toContain("30 of 30 users would be suspended");
  });

  test("says how many, of how many, and what to do", () => {
    const guards = { maxDeletions: 10, maxDeletionsPercent: 100 };
    const change = changeOf(90, { guards, lastMissing: ["user89", "user88"] });
    const { summary, detail } = refuseAboveLimits(change, leavers(40)) ?? {};
    expect(summary).toBe("40 users would be deleted, more than max_deletions (10)");
    expect(detail).toContain("40 of the 90 users of the set (2 of them not in GenAuth). Nobody");
    expect(detail).toContain("raise max_deletions to at least 40 (in a stack: maxDeletions)");
  });

  test("rounds the share that would pass up", () => {
    expect(refusalOf(9, 40)?.detail).toContain("raise max_deletions_percent to at least 23");
  });

  test("says of one user that the user is not in GenAuth, and nothing where there is none", () => {
    const { detail } = refuseAboveLimits(changeOf(30, { lastMissing: ["other"] }), leavers(30)) ?? {};
    expect(detail).toContain("of the set (1 of them not in GenAuth). Nobody");
    expect(refusalOf(30, 30)?.detail).toContain("30 of the 30 users of the set. Nobody");
  });

  test("names all limits that stop it at once, the number first", () => {
    const { attribute, summary, detail } = refusalOf(18_000, 20_000) ?? {};
    expect(attribute).toBe("max_deletions");
    expect(summary).toBe(
      "18000 of 20000 users would be deleted, more than max_deletions (500) and max_deletions_percent (20)",
    );
    expect(detail).toContain(
      "raise max_deletions to at least 18000 and max_deletions_percent to at least 90 (in a stack: maxDeletions, maxDeletionsPercent)",
    );
  });

  test("passes with the values that the message says, and no lower ones", () => {
    expect(refusalOf(18_000, 20_000, { maxDeletions: 18_000, maxDeletionsPercent: 90 })).toBeUndefined();
    expect(refusalOf(18_000, 20_000, { maxDeletions: 17_999, maxDeletionsPercent: 90 })).toBeDefined();
    expect(refusalOf(18_000, 20_000, { maxDeletions: 18_000, maxDeletionsPercent: 89 })).toBeDefined();
  });
});

describe("those who are due, of a set that may delete three,", () => {
  const change = changeOf(30, { guards: { maxDeletions: 3 } });

  const raise = "They wait until it is raised to at least 4.";

  test.each([
    { due: 3, leaving: 0, says: undefined },
    { due: 2, leaving: 1, says: undefined },
    { due: 4, leaving: 0, says: `more than max_deletions (3), with 4 due. ${raise}` },
    { due: 1, leaving: 3, says: `more than max_deletions (3), with 1 due and 3 leaving. ${raise}` },
  ])("wait if they are more together with those who leave: $due due, $leaving leave", (row) => {
    expect(holdAboveLimit(change, row.due, row.leaving)).toBe(row.says);
  });
});

test("the hold takes 500 as the limit by default, and no share of the set", () => {
  const change = changeOf(600, { guards: { maxDeletionsPercent: 0 } });
  expect(holdAboveLimit(change, 500, 0)).toBeUndefined();
  expect(holdAboveLimit(change, 501, 0)).toContain("more than max_deletions (500)");
});

describe("a run that may delete or suspend", () => {
  test.each([
    { most: 3, revoked: 3, says: undefined },
    { most: undefined, revoked: 9, says: undefined },
    { most: 3, revoked: 4, says: "4 users would be deleted or suspended in this run, which allows 3" },
    { most: 0, revoked: 1, says: "1 user would be deleted or suspended in this run, which allows 0" },
  ])("$most users, of $revoked", ({ most, revoked, says }) => {
    expect(limitRun(revoked, most)).toBe(says);
  });
});

describe("a report with a threshold", () => {
  test("accepts as many deletions and suspensions as it says", () => {
    expect(limitReport({ isKnown: true, deleted: 1, suspended: 1 }, 2)).toBeUndefined();
    expect(limitReport({ isKnown: true, deleted: 2, suspended: 1 }, 2)).toBe("too_many");
  });

  test("refuses a plan of which the number is not known", () => {
    expect(limitReport({ isKnown: false, deleted: 0, suspended: 0 }, 2)).toBe("not_known");
  });

  test("refuses nothing if there is none", () => {
    expect(limitReport({ isKnown: false, deleted: 9, suspended: 9 }, undefined)).toBeUndefined();
  });
});

describe("whom a change revokes, for the count of a run", () => {
  const bindings = new Map([["ada@example.com", "a1"]]);
  const change = changeOf(0, { bindings });
  const deleted = (id: string, userId: string): Leaver => ({
    id,
    label: "",
    fate: { kind: "delete", userId },
  });
  const notLookedUp = (id: string): Leaver => ({ id, label: "", fate: NOT_LOOKED_UP });

  test("is the same person in two sets, by whatever id, and whether a look-up succeeds or not", () => {
    expect(peopleRevoked(change, [deleted("ada@example.com", "a1")])).toEqual(["a1"]);
    expect(peopleRevoked(change, [notLookedUp("ada@example.com")])).toEqual(["a1"]);
    expect(peopleRevoked(changeOf(0, { name: "other" }), [deleted("ada", "a1")])).toEqual(["a1"]);
  });

  test("is the id of the set for somebody whom no look-up has found", () => {
    expect(peopleRevoked(change, [notLookedUp("bob@example.com")])).toEqual(["a set bob@example.com"]);
  });

  test("is nobody who is kept", () => {
    expect(peopleRevoked(change, [{ id: "eve", label: "", fate: noCall({ kind: "retained" }) }])).toEqual([]);
  });
});

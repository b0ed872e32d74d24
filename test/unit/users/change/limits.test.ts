import { describe, expect, test } from "@jest/globals";
import { type SetChange, UserIdType } from "../../../../src/users";
import type { SetGuards } from "../../../../src/users/change/set-change";
import { type Fate, type Leaver, noCall } from "../../../../src/users/fate";
import {
  holdAboveLimit,
  limitReport,
  limitRun,
  peopleRevoked,
  refuseAboveLimits,
} from "../../../../src/users/change/limits";
import type { Refusal } from "../../../../src/users/wording";
import { LOST } from "../../../support/users/failures";
import { unlimitedChange } from "../support/set-change";

/** How many users of a set leave, how many it held, and how many of those are not in the pool. */
interface Counts extends SetGuards {
  readonly deletions: number;
  readonly heldBefore: number;
  readonly missing: number;
}

function refusalOf({ deletions, heldBefore, missing, ...guards }: Counts): Refusal | undefined {
  const lastMissing = Array.from({ length: missing }, (_, at) => `user${heldBefore - 1 - at}`);
  return refuseAboveLimits(changeOf(heldBefore, { guards, lastMissing }), leavers(deletions, deleted));
}

/** All users of the set are in the pool. */
const all = { missing: 0 };
const PERCENT = "max_deletions_percent";

test.each<[string, Counts, string | undefined, string?]>([
  ["500 by default", { deletions: 500, heldBefore: 2_500, ...all }, undefined],
  ["501 by default", { deletions: 501, heldBefore: 10_000, ...all }, "max_deletions"],
  ["max_deletions itself", { deletions: 3, heldBefore: 9, maxDeletions: 3, ...all }, undefined],
  ["one more", { deletions: 4, heldBefore: 9, maxDeletions: 3, ...all }, "max_deletions"],
  ["one, if none may be deleted", { deletions: 1, heldBefore: 9, maxDeletions: 0, ...all }, "max_deletions"],
  ["the share itself", { deletions: 10, heldBefore: 100, maxDeletionsPercent: 10, ...all }, undefined],
  ["more than the share", { deletions: 11, heldBefore: 100, maxDeletionsPercent: 10, ...all }, PERCENT],
  [
    "five, whatever share they are",
    { deletions: 5, heldBefore: 5, maxDeletionsPercent: 0, ...all },
    undefined,
  ],
  ["six of six", { deletions: 6, heldBefore: 6, ...all }, PERCENT],
  ["29 % of 100", { deletions: 29, heldBefore: 100, maxDeletionsPercent: 29, ...all }, undefined],
  [
    "both, the number first",
    { deletions: 9, heldBefore: 9, maxDeletions: 1, maxDeletionsPercent: 1, ...all },
    "max_deletions",
    "9 of 9 users would be deleted, more than max_deletions (1) and max_deletions_percent (1)",
  ],
  ["20 % by default", { deletions: 8, heldBefore: 40, ...all }, undefined],
  ["more than 20 % by default", { deletions: 9, heldBefore: 40, ...all }, PERCENT],
  ["all, and 100 %", { deletions: 20, heldBefore: 20, maxDeletionsPercent: 100, ...all }, undefined],
  ["8 of 40 of 50 who are there", { deletions: 8, heldBefore: 50, missing: 10 }, undefined],
  ["9 of 40 of 50 who are there", { deletions: 9, heldBefore: 50, missing: 10 }, PERCENT, "9 of 40 users"],
  ["no users of an empty set", { deletions: 0, heldBefore: 0, maxDeletionsPercent: 0, ...all }, undefined],
])("%s", (_, change, attribute, also = "") => {
  const violation = refusalOf(change);
  expect(violation?.attribute).toBe(attribute);
  expect(violation?.summary ?? "").toContain(also);
});

test.each<[Counts, string]>([
  [{ deletions: 20, heldBefore: 20, ...all }, "maxDeletionsPercent)"],
  [{ deletions: 6, heldBefore: 10, maxDeletionsPercent: 10, ...all }, "maxDeletionsPercent)"],
  [{ deletions: 4, heldBefore: 9, maxDeletions: 3, ...all }, "maxDeletions)"],
])("a violation also says the property of a stack: %j", (change, property) => {
  expect(refusalOf(change)?.detail).toContain(`(in a stack: ${property}`);
});

test("a violation contains the number, the total and what to do", () => {
  const violation = refusalOf({
    deletions: 40,
    heldBefore: 90,
    missing: 2,
    maxDeletions: 10,
    maxDeletionsPercent: 100,
  });
  expect(violation?.summary).toBe("40 users would be deleted, more than max_deletions (10)");
  expect(violation?.detail).toContain("40 of the 90 users of the set (2 of them not in GenAuth)");
  expect(violation?.detail).toContain("raise max_deletions to at least 40");
});

/** A change of a set that held so many users. */
function changeOf(held: number, more: Partial<SetChange> = {}): SetChange {
  const prior = new Map(Array.from({ length: held }, (_, at) => [`user${at}`, ""]));
  return unlimitedChange({ type: UserIdType.USERNAME, prior, declared: new Map(), guards: {}, ...more });
}

/** So many leavers with a fate, from `user0` on. */
function leavers(number: number, fate: Fate, from = 0): Leaver[] {
  return Array.from({ length: number }, (_, at) => ({ id: `user${from + at}`, label: "", fate }));
}

const deleted: Fate = { kind: "delete", userId: "a" };

test("all limits that stop a change are named at once, with values that would pass", () => {
  const counts = { deletions: 18_000, heldBefore: 20_300, missing: 300 };
  const refusal = refusalOf(counts);
  expect(refusal?.summary).toBe(
    "18000 of 20000 users would be deleted, more than max_deletions (500) and max_deletions_percent (20)",
  );
  expect(refusal?.detail).toContain(
    "raise max_deletions to at least 18000 and max_deletions_percent to at least 90 (in a stack: maxDeletions, maxDeletionsPercent)",
  );
  const passing = { maxDeletions: 18_000, maxDeletionsPercent: 90 };
  expect(refusalOf({ ...counts, ...passing })).toBeUndefined();
  expect(refusalOf({ ...counts, ...passing, maxDeletionsPercent: 89 })).toBeDefined();
});

describe("the refusals of a change", () => {
  const lastMissing = Array.from({ length: 10 }, (_, at) => `user${20 + at}`);
  const suspended: Fate = { kind: "suspend", userId: "a" };
  const undecided = noCall({ kind: "not_looked_up", failure: LOST });
  const gone = (most: number, kind: "gone" | "never_found") => [
    ...leavers(most, deleted),
    ...leavers(10, noCall({ kind }), 20),
  ];

  test.each<[string, Partial<SetChange>, readonly Leaver[], string | undefined]>([
    ["of 6 of 30", {}, leavers(6, deleted), undefined],
    [
      "of 20 of 30 after 10 were missing",
      { lastMissing },
      leavers(20, deleted),
      "20 of 20 users would be deleted",
    ],
    ["of whom 10 are gone", {}, gone(20, "gone"), "20 of 20 users would be deleted"],
    ["of whom 10 were never found", {}, gone(20, "never_found"), "20 of 20 users would be deleted"],
    ["of whom 10 are gone, and were missing already", { lastMissing }, gone(4, "gone"), undefined],
    ["of suspensions", { suspendDays: 14 }, leavers(30, suspended), "30 of 30 users would be suspended"],
    ["without days", { suspendDays: 0 }, leavers(30, deleted), "30 of 30 users would be deleted"],
    ["of failed look-ups", {}, leavers(30, undecided), "30 of 30 users would be deleted"],
    ["that nobody leaves", {}, leavers(30, noCall({ kind: "retained" })), undefined],
  ])("%s", (_, more, leaving, says) => {
    const { summary } = refuseAboveLimits(changeOf(30, more), leaving) ?? {};
    expect(summary).toEqual(says && expect.stringContaining(says));
  });

  test("name the number of those in the pool only where somebody is missing", () => {
    const detailOf = (more: Partial<SetChange>) =>
      refuseAboveLimits(changeOf(30, more), leavers(30, deleted))?.detail;
    expect(detailOf({})).toContain("30 of the 30 users of the set. Nobody");
    expect(detailOf({ lastMissing: ["other"] })).toContain("of the set (1 of them not in GenAuth). Nobody");
  });
});

test.each<[due: number, leaving: number, says: string | undefined]>([
  [3, 0, undefined],
  [2, 1, undefined],
  [4, 0, "more than max_deletions (3), with 4 due. They wait until it is raised to at least 4."],
  [
    1,
    3,
    "more than max_deletions (3), with 1 due and 3 leaving. They wait until it is raised to at least 4.",
  ],
])("the hold of %i who are due, while %i leave", (due, leaving, says) => {
  expect(holdAboveLimit(changeOf(30, { guards: { maxDeletions: 3 } }), due, leaving)).toBe(says);
});

test("the hold takes 500 as the limit by default, and no share of the set", () => {
  const change = changeOf(600, { guards: { maxDeletionsPercent: 0 } });
  expect(holdAboveLimit(change, 500, 0)).toBeUndefined();
  expect(holdAboveLimit(change, 501, 0)).toContain("more than max_deletions (500)");
});

test.each([
  [3, 3, undefined],
  [4, 3, "4 users would be deleted or suspended in this run, and it allows 3"],
  [1, 0, "1 user would be deleted or suspended in this run, and it allows 0"],
  [9, undefined, undefined],
])("a run that deletes or suspends %i, and may %p", (revoked, most, says) => {
  expect(limitRun(revoked, most)).toBe(says);
});

test.each([
  [{ isKnown: true, deleted: 1, suspended: 1 }, 2, undefined],
  [{ isKnown: true, deleted: 2, suspended: 1 }, 2, "too_many"],
  [{ isKnown: false, deleted: 0, suspended: 0 }, 2, "not_known"],
  [{ isKnown: false, deleted: 9, suspended: 9 }, undefined, undefined],
])("a report of %j with the threshold %p", (plan, most, why) => {
  expect(limitReport(plan, most)).toBe(why);
});

describe("whom a change revokes, for the count of a run", () => {
  const bindings = new Map([["ada@example.com", "a1"]]);
  const change = changeOf(0, { bindings });
  const deleted = (id: string, userId: string): Leaver => ({
    id,
    label: "",
    fate: { kind: "delete", userId },
  });
  const notLookedUp = (id: string): Leaver => ({
    id,
    label: "",
    fate: noCall({ kind: "not_looked_up", failure: LOST }),
  });

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

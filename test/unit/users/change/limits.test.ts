import { expect, test } from "@jest/globals";
import { checkGuards, type GuardedChange } from "../../../../src/users/change/limits";

/** All users of the set are in the pool. */
const all = { missing: 0 };

test.each<[string, GuardedChange, string | undefined, string?]>([
  ["500 by default", { deletions: 500, heldBefore: 1_000, ...all }, undefined],
  ["501 by default", { deletions: 501, heldBefore: 1_000, ...all }, "max_deletions"],
  ["max_deletions itself", { deletions: 3, heldBefore: 9, maxDeletions: 3, ...all }, undefined],
  ["one more", { deletions: 4, heldBefore: 9, maxDeletions: 3, ...all }, "max_deletions"],
  ["one, if none may be deleted", { deletions: 1, heldBefore: 9, maxDeletions: 0, ...all }, "max_deletions"],
  ["the share itself", { deletions: 1, heldBefore: 10, maxDeletionsPercent: 10, ...all }, undefined],
  [
    "more than the share",
    { deletions: 2, heldBefore: 10, maxDeletionsPercent: 10, ...all },
    "max_deletions_percent",
  ],
  [
    "a share that is no binary fraction",
    { deletions: 29, heldBefore: 100, maxDeletionsPercent: 29, ...all },
    undefined,
  ],
  [
    "both, the number first",
    { deletions: 9, heldBefore: 9, maxDeletions: 1, maxDeletionsPercent: 1, ...all },
    "max_deletions",
  ],
  ["80 % of 20", { deletions: 16, heldBefore: 20, ...all }, undefined],
  ["more than 80 % of 20", { deletions: 17, heldBefore: 20, ...all }, "max_deletions_percent", "truncated"],
  ["all of 19", { deletions: 19, heldBefore: 19, ...all }, undefined],
  [
    "all of 20, with max_deletions",
    { deletions: 20, heldBefore: 20, maxDeletions: 20, ...all },
    "max_deletions_percent",
    "truncated",
  ],
  [
    "all of 20, with max_deletions_percent",
    { deletions: 20, heldBefore: 20, maxDeletionsPercent: 100, ...all },
    undefined,
  ],
  [
    "all 20 of 30 users that are in the pool",
    { deletions: 20, heldBefore: 30, missing: 10 },
    "max_deletions_percent",
    "truncated",
  ],
  ["16 of 20 of 30 who are there", { deletions: 16, heldBefore: 30, missing: 10 }, undefined],
  [
    "a share of the users in the pool",
    { deletions: 6, heldBefore: 20, missing: 10, maxDeletionsPercent: 50 },
    "max_deletions_percent",
  ],
  ["no users of an empty set", { deletions: 0, heldBefore: 0, maxDeletionsPercent: 0, ...all }, undefined],
])("%s", (_, change, attribute, also = "") => {
  const violation = checkGuards(change);
  expect(violation?.attribute).toBe(attribute);
  expect(violation?.summary ?? "").toContain(also);
});

test.each<[GuardedChange, string]>([
  [{ deletions: 20, heldBefore: 20, ...all }, "maxDeletionsPercent: 100)"],
  [{ deletions: 2, heldBefore: 10, maxDeletionsPercent: 10, ...all }, "maxDeletionsPercent)"],
  [{ deletions: 4, heldBefore: 9, maxDeletions: 3, ...all }, "maxDeletions)"],
])("a violation also says the property of a stack: %j", (change, property) => {
  expect(checkGuards(change)?.detail).toContain(`(in a stack: ${property}`);
});

test("a violation contains the number, the total and what to do", () => {
  const violation = checkGuards({ deletions: 40, heldBefore: 90, missing: 2, maxDeletions: 10 });
  expect(violation?.summary).toBe("40 users would be deleted, more than max_deletions (10)");
  expect(violation?.detail).toContain("40 of the 90 users of the set (2 of them not in GenAuth)");
  expect(violation?.detail).toContain("raise max_deletions to at least 40");
});

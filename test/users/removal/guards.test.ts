import { expect, test } from "@jest/globals";
import { checkGuards, type GuardedChange } from "../../../src/users";

const guarded = { guardsGiven: true };
const bare = { guardsGiven: false };

test.each<[string, GuardedChange, string | undefined]>([
  ["500 by default", { deletions: 500, heldBefore: 1_000, ...bare }, undefined],
  ["501 by default", { deletions: 501, heldBefore: 1_000, ...bare }, "number"],
  ["max_deletions itself", { deletions: 3, heldBefore: 9, maxDeletions: 3, ...guarded }, undefined],
  ["one more", { deletions: 4, heldBefore: 9, maxDeletions: 3, ...guarded }, "number"],
  ["one, where none may", { deletions: 1, heldBefore: 9, maxDeletions: 0, ...guarded }, "number"],
  ["the share itself", { deletions: 1, heldBefore: 10, maxDeletionsPercent: 10, ...guarded }, undefined],
  ["more than the share", { deletions: 2, heldBefore: 10, maxDeletionsPercent: 10, ...guarded }, "percent"],
  ["a share that is no binary fraction", { deletions: 29, heldBefore: 100, maxDeletionsPercent: 29, ...guarded }, undefined], // prettier-ignore
  ["both, the number first", { deletions: 9, heldBefore: 9, maxDeletions: 1, maxDeletionsPercent: 1, ...guarded }, "number"], // prettier-ignore
  ["80 % of 20", { deletions: 16, heldBefore: 20, ...bare }, undefined],
  ["more than 80 % of 20", { deletions: 17, heldBefore: 20, ...bare }, "truncated"],
  ["all of 19", { deletions: 19, heldBefore: 19, ...bare }, undefined],
  ["all of 20, with a guard", { deletions: 20, heldBefore: 20, maxDeletions: 20, ...guarded }, undefined],
  ["nobody of nobody", { deletions: 0, heldBefore: 0, maxDeletionsPercent: 0, ...guarded }, undefined],
])("%s", (_, change, kind) => {
  expect(checkGuards(change)?.kind).toBe(kind);
});

test("a violation says how many, of how many, and what to do", () => {
  const violation = checkGuards({ deletions: 40, heldBefore: 90, maxDeletions: 10, ...guarded });
  expect(violation?.summary).toBe("40 users would be deleted, more than max_deletions (10)");
  expect(violation?.detail).toContain("40 of the 90 users");
  expect(violation?.detail).toContain("raise max_deletions to at least 40");
});

import { expect, test } from "@jest/globals";
import { describeDone } from "../../../../src/users/change/describe-done";
import type { EndedLeaver } from "../../../../src/users/change/fate";

const gone = (id: string, name?: string): EndedLeaver => ({
  id,
  label: "Ada",
  fate: { kind: "delete", userId: `user-${id}`, ...(name !== undefined && { name }) },
  ending: { kind: "gone" },
});

test("a deletion names id, label and the name in GenAuth", () => {
  expect(describeDone([gone("a@x", "Ada"), gone("b@x", "Eve")])).toEqual([
    {
      summary: "2 users were permanently deleted from GenAuth",
      detail:
        "No look-up finds these users any more, so the deletion is confirmed:\n" +
        "  a@x  Ada  (in GenAuth: Ada)\n" +
        "  b@x  Ada  (in GenAuth: Eve; LABEL AND NAME DISAGREE)",
      ids: ["a@x", "b@x"],
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
    { ...gone("b@x"), fate: { kind: "keep", reason: { kind: "retained" } }, ending: { kind: "unchanged" } },
    { ...gone("c@x"), fate: { kind: "wait" }, ending: { kind: "unchanged" } },
  ];
  expect(describeDone(others)).toEqual([]);
});

test.each(["gone", "never_found"] as const)("whoever is %s was not deleted by this apply", (kind) => {
  const [done] = describeDone([{ ...gone("a@x"), fate: { kind }, ending: { kind: "unchanged" } }]);
  expect(done?.summary).toBe("1 removed user was not found in GenAuth");
  expect(done?.detail).toContain("GenAuth has no account of this user, so nobody was deleted:");
});

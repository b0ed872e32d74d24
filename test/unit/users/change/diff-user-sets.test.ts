import { expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { diffUserSets } from "../../../../src/users";

test("ids only in the prior set are removed, ids only in the declared set are added, and a changed label is neither", () => {
  const prior = new Map(Object.entries({ a: "A", b: "B", c: "C" }));
  const declared = new Map(Object.entries({ d: "D", c: "C", b: "X" }));
  expect(diffUserSets(prior, declared)).toEqual({
    removed: new Map([["a", "A"]]),
    added: new Map([["d", "D"]]),
  });
});

test("the sets differ exactly by the result, for any ids", () => {
  const ids = fc.oneof(fc.constantFrom("__proto__", "constructor", ""), fc.string({ maxLength: 2 }));
  const set = fc.array(fc.tuple(ids, fc.constantFrom("", "x", "y"))).map((entries) => new Map(entries));
  fc.assert(
    fc.property(set, set, (prior, declared) => {
      const { removed, added } = diffUserSets(prior, declared);
      for (const [id, label] of removed) expect([prior.get(id), declared.has(id)]).toEqual([label, false]);
      for (const [id, label] of added) expect([declared.get(id), prior.has(id)]).toEqual([label, false]);
      expect(prior.size - removed.size).toBe(declared.size - added.size);
    }),
    { numRuns: 200 },
  );
});

import { expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { compare } from "../../../src/users";

test("each id is removed, added, relabelled or kept", () => {
  const prior = new Map([["a", "A"], ["b", "B"], ["c", "C"]]); // prettier-ignore
  const declared = new Map([["d", "D"], ["c", "C"], ["b", "X"]]); // prettier-ignore
  expect(compare(prior, declared)).toEqual({
    removed: new Map([["a", "A"]]),
    added: new Map([["d", "D"]]),
    relabelled: new Map([["b", "X"]]),
    kept: new Map([["c", "C"]]),
  });
});

test("the parts make up both sets, whatever the ids are", () => {
  const ids = fc.oneof(fc.constantFrom("__proto__", "constructor", ""), fc.string({ maxLength: 2 }));
  const set = fc.array(fc.tuple(ids, fc.constantFrom("", "x", "y"))).map((entries) => new Map(entries));
  fc.assert(
    fc.property(set, set, (prior, declared) => {
      const { removed, added, relabelled, kept } = compare(prior, declared);
      expect(new Map([...added, ...relabelled, ...kept])).toEqual(declared);
      expect(removed.size + relabelled.size + kept.size).toBe(prior.size);
      for (const [id, label] of removed) expect([prior.get(id), declared.has(id)]).toEqual([label, false]);
      for (const [id] of relabelled) expect(prior.get(id)).not.toBe(declared.get(id));
    }),
    { numRuns: 200 },
  );
});

import { expect, test } from "@jest/globals";
import { type Outcome } from "../../../../src/users";
import { SharedArchive } from "../../../../src/users/refresh/archive";
import { OUTAGE } from "../../../support/users/failures";

const found = { ok: true, value: ["a"] } as const;
const tooLong = { ok: true, value: undefined } as const;

/** An archive with prepared answers, and the requests to it. */
function sharedArchive(...answers: readonly Outcome<readonly string[] | undefined>[]) {
  const asked: (readonly [number, number])[] = [];
  const archive = new SharedArchive({
    archivedSince: async (since, mostPages) => {
      const answer = answers[asked.push([since, mostPages]) - 1];
      await Promise.resolve();
      if (!answer) throw new Error("The record was asked too often.");
      return answer;
    },
  });
  return { archive, asked };
}

test.each([
  ["contains users", found],
  ["cannot be read", { ok: false, failure: OUTAGE } as const],
])("an archive that %s is read once for all sets with the same last check", async (_what, answer) => {
  const { archive, asked } = sharedArchive(answer, answer);
  const sets = [1, 9, 3].map((pages) => archive.archivedSince(100, pages));
  expect(await Promise.all(sets)).toEqual([answer, answer, answer]);
  expect(await archive.archivedSince(200, 1)).toEqual(answer);
  expect(asked).toEqual([
    [100, 1],
    [200, 1],
  ]);
});

test("an archive that is too long for one set is read again for larger ones", async () => {
  const { archive, asked } = sharedArchive(tooLong, found);
  const sets = [2, 9, 9, 1].map((pages) => archive.archivedSince(100, pages));
  expect(await Promise.all(sets)).toEqual([tooLong, found, found, tooLong]);
  expect(asked).toEqual([
    [100, 2],
    [100, 9],
  ]);
});

import { expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { type DirectoryUser, USER_ID_TYPES, type UserIdType } from "../../../src/users";
import { runStack } from "../../support/provider/in-process-stack";
import { SEED } from "../../support/seed";
import { ModelDirectory } from "../../support/users/model-directory";
import { idOf, people } from "../../support/users/people";

test("without faults, every removed user who is not kept is deleted, with the fewest possible calls", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...USER_ID_TYPES),
      fc.uniqueArray(fc.integer({ min: 1, max: 160 })),
      fc.integer({ min: 1, max: 160 }),
      async (type, stay, size) => {
        const pool = new ModelDirectory(people(1, size));
        const protectedIds = new Map<UserIdType, readonly string[]>();
        const { signal: stop } = new AbortController();
        const options = { directory: pool, protectedIds, stop, beforeApply: () => pool.forget() };
        const declare = (users: readonly DirectoryUser[]) => [
          { type, users: new Map(users.map((user) => [idOf(user, type), ""])), retained: [] },
        ];
        const { sets } = await runStack([], declare(people(1, size)), options);
        const staying = people(1, size).filter((_, index) => stay.includes(index + 1));
        const { diagnostics } = await runStack(sets, declare(staying), options);
        expect(pool.all()).toEqual(staying);
        expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
        // One look-up, one deletion and one read-back for every 50.
        expect(pool.calls).toHaveLength(3 * Math.ceil((size - staying.length) / 50));
      },
    ),
    { seed: SEED, numRuns: 40 },
  );
});

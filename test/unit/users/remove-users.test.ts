import { describe, expect, test } from "@jest/globals";
import { removeUsers, type SetChange, UserIdType } from "../../../src/users";
import { OUTAGE } from "../../support/users/failures";
import { ModelDirectory } from "../../support/users/model-directory";
import { emailOf, people, person } from "../../support/users/people";
import { contextOn, unlimitedChange } from "./support/set-change";

const STAYS = emailOf(1);
const LEAVES = emailOf(2);
const ALSO_LEAVES = emailOf(3);

/** Applies a change of a set that remembers nothing: one user stays, and two leave. */
async function remove(pool: ModelDirectory, changes: Partial<SetChange> = {}) {
  const said: { readonly text: string; readonly isBeforeDeletions: boolean }[] = [];
  const change = unlimitedChange({
    type: UserIdType.EMAIL,
    prior: new Map([STAYS, LEAVES, ALSO_LEAVES].map((id) => [id, `Label of ${id}`])),
    declared: new Map([[STAYS, "Label"]]),
    ...changes,
  });
  const calls = { directory: pool, maxAttempts: 1, confirmWithinMs: 0, sleep: () => Promise.resolve() };
  const removal = await removeUsers(change, contextOn(pool), calls, (text) => {
    said.push({ text, isBeforeDeletions: pool.callsOf("deleteUsers").length === 0 });
  });
  return { removal, said };
}

describe("a set that remembers nothing", () => {
  test("says who is deleted before the first call, and how the pool differs after the last", async () => {
    const pool = new ModelDirectory(people(1, 3));

    const { removal, said } = await remove(pool);

    expect(pool.all()).toEqual(people(1, 1));
    expect(removal).toMatchObject({ survivors: [], missing: [], kept: [], unchecked: [] });
    expect(removal).toMatchObject({ gone: [LEAVES, ALSO_LEAVES], notGone: undefined });
    const [before, after, ...more] = said;
    expect(more).toEqual([]);
    expect(before?.isBeforeDeletions).toBe(true);
    expect(before?.text).toContain("2 users will be permanently deleted from GenAuth in 1 call\n\nApply ");
    // Nothing binds its apply to its plan.
    expect(before?.text).not.toContain("Provider produced inconsistent final plan");
    expect(after?.isBeforeDeletions).toBe(false);
    expect(after?.text).toContain("No drift: the user pool is as declared.");
    expect(after?.text).toContain(`  ${LEAVES}  Label of ${LEAVES}`);
  });

  test("says that users who are not confirmed gone are survivors", async () => {
    const pool = new ModelDirectory(people(1, 3));
    pool.poisoned.add(person(2).userId);

    const { removal, said } = await remove(pool);

    expect(removal).toMatchObject({
      gone: [ALSO_LEAVES],
      survivors: [{ id: LEAVES }],
      notGone: "1 of 2 removed users not confirmed gone from GenAuth",
    });
    expect(said[1]?.text).toContain("Drift: 1 survivor, 0 missing.");
  });

  test("tells who is kept, and why", async () => {
    const pool = new ModelDirectory(people(1, 3));

    const { removal, said } = await remove(pool, { retained: [LEAVES] });

    expect(removal).toMatchObject({
      gone: [ALSO_LEAVES],
      kept: [{ id: LEAVES, label: `Label of ${LEAVES}`, reason: "retained" }],
    });
    expect(said[1]?.text).toContain("Kept because the id is in retained_ids.");
    expect(pool.all()).toEqual(people(1, 2));
  });

  test("tells which declared users are missing, with the label that they have now", async () => {
    const { removal, said } = await remove(new ModelDirectory(people(2, 3)));

    expect(removal).toMatchObject({ missing: [STAYS] });
    expect(said[1]?.text.split("\n\n")).toContain(
      `Missing (1), declared but not in the user pool:\n  ${STAYS}  Label`,
    );
  });

  test("tells which declared users may be missing, because nobody could look them up", async () => {
    const pool = new ModelDirectory(people(1, 3));
    pool.fault = ({ ids }) => (ids.includes(STAYS) ? { failure: OUTAGE } : undefined);
    const declared = new Map([
      [emailOf(4), ""],
      [STAYS, ""],
    ]);

    const { removal, said } = await remove(pool, { declared, prior: new Map([...declared, [LEAVES, ""]]) });

    expect(removal).toMatchObject({ unchecked: [STAYS, emailOf(4)], missing: [] });
    expect(said[2]?.text).toBe("2 declared users could not be looked up, so they may be missing.");
  });

  test("deletes nobody, and says nothing, if the change is refused", async () => {
    const pool = new ModelDirectory(people(1, 3));

    const { removal, said } = await remove(pool, { guards: { maxDeletions: 1 } });

    expect(removal).toEqual({ refusals: [expect.objectContaining({ attribute: "max_deletions" })] });
    expect(said).toEqual([]);
    expect(pool.all()).toEqual(people(1, 3));
  });
});

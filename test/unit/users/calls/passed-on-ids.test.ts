import { describe, expect, test } from "@jest/globals";
import { DeleteBy } from "../../../../src/users";
import { DECLARED_TYPE, recordOf, setUpDeletion } from "../support/deletion";
import type { ModelDirectory } from "../../../support/users/model-directory";
import { person } from "../../../support/users/people";

describe("an id that passes to another user while its chunk waits", () => {
  /** Passes a person's e-mail to another person, who may be new. */
  const passOn = (directory: ModelDirectory, from: number, to: number): void => {
    directory.put(person(from, { email: `former${from}@example.com` }));
    directory.put(person(to, { email: `person${from}@example.com` }));
  };
  const LAST = 1_000;

  test.each([
    [400, 0],
    [401, 9],
    [1_000, 20],
  ])("for %i users, %i chunks are looked up again", async (size, again) => {
    const { directory, ids, run } = setUpDeletion(size);
    expect(await run()).toEqual({ gone: ids, survivors: [], kept: [] });
    const chunks = Math.ceil(size / 50);
    expect(directory.callsOf("deleteUsers")).toHaveLength(chunks);
    expect(directory.callsOf("findUsers").filter((call) => call.type === DECLARED_TYPE)).toHaveLength(again);
    expect(directory.calls).toHaveLength(2 * chunks + again);
  });

  test("with deleteBy user_id, or by a directory that looks itself, no chunk is looked up again", async () => {
    for (const [looksBeforeDeletion, deleteBy] of [
      [false, DeleteBy.USER_ID],
      [true, DeleteBy.DECLARED_ID],
    ] as const) {
      const { directory, run } = setUpDeletion(1_000);
      await run({ deleteBy, directory: Object.assign(directory, { looksBeforeDeletion }) });
      expect(directory.calls).toHaveLength(40);
    }
  });

  test("reading users for the deletion record detects it, and replaces the look-up", async () => {
    const { directory, run } = setUpDeletion(LAST);
    passOn(directory, 7, 5_000);
    const { gone, kept } = await run({ record: recordOf(directory) });
    expect(gone).toHaveLength(LAST - 1);
    expect(kept.map(({ id, reason }) => [id, reason.kind])).toEqual([["person7@example.com", "moved"]]);
    expect(directory.callsOf("findUsers").filter((call) => call.type === DECLARED_TYPE)).toEqual([]);
    // Reads for the deletion record, deletions and read-backs.
    expect(directory.calls).toHaveLength(3 * 20);
  });
});

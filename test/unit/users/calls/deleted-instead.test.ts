import { describe, expect, test } from "@jest/globals";
import { DeleteBy, type Outcome } from "../../../../src/users";
import { ArchiveReader } from "../../../../src/users/calls/archive";
import type { DeletionRequest } from "../../../../src/users/calls/delete-users";
import { DECLARED_TYPE, recordOf, setUpDeletion } from "../support/deletion";
import { LOST, OUTAGE } from "../../../support/users/failures";
import { person, systemId } from "../../../support/users/people";

describe("if GenAuth confirmed a deletion after the id had passed to another user,", () => {
  const OTHER = 5_000;
  const MORE = systemId(7_000);
  const BOTH = `the one deleted: ${systemId(OTHER)}, ${MORE}`;
  const INSTEAD =
    /^Somebody else was deleted: GenAuth answered success to the call of \d{4}-\d\d-\d\dT[\d:.]+Z/;

  function passAtCall(archivedToo: readonly string[] = []) {
    const setup = setUpDeletion(3);
    const { directory } = setup;
    directory.onCall = ({ method }) => {
      if (method !== "deleteUsers") return;
      directory.put(person(1, { email: undefined }));
      directory.put(person(OTHER, { email: "person1@example.com" }));
    };
    const asked: number[] = [];
    const archive = new ArchiveReader({
      archivedSince: (since) => {
        asked.push(since);
        return Promise.resolve({ ok: true, value: [...directory.deleted, ...archivedToo] });
      },
    });
    return { ...setup, archive, asked };
  }

  test("the survivor's reason says that another user was deleted, when, and which user it probably was", async () => {
    const { ids, archive, asked, directory, run } = passAtCall();
    const notes: unknown[] = [];
    const record: DeletionRequest["record"] = {
      ...recordOf(directory),
      noteDeletedInstead: (target, of, instead) => {
        notes.push([target.id, of, instead]);
        return Promise.resolve({ ok: true, value: undefined });
      },
    };
    const before = Math.floor(Date.now() / 1000);
    const { gone, survivors } = await run({ archive, record });
    expect(directory.deleted).toContain(systemId(OTHER));
    expect(gone).toEqual(ids.slice(1));
    expect(survivors.map(({ id }) => id)).toEqual(ids.slice(0, 1));
    const { reason = "", deletedInstead } = { ...survivors[0] };
    expect(reason).toMatch(INSTEAD);
    expect(reason).toContain(`most likely the one deleted: ${systemId(OTHER)}.`);
    expect(deletedInstead).toEqual({ calledAt: expect.any(String), candidates: [systemId(OTHER)] });
    expect(notes).toEqual([[ids[0], DECLARED_TYPE, deletedInstead]]);
    expect(asked).toHaveLength(1);
    expect(asked[0]).toBeGreaterThanOrEqual(before);
  });

  test.each([
    ["several are listed", [MORE], `2 users besides those of this run, possibly including ${BOTH}.`],
    ["none is", undefined, "no other user than those of this run"],
  ])("the candidates are reported if %s", async (_, archivedToo, words) => {
    const { archive, run } = passAtCall(archivedToo ?? []);
    if (!archivedToo) archive.addOwnDeletions([{ userId: systemId(OTHER) }]);
    expect((await run({ archive })).survivors[0]?.reason).toContain(words);
  });

  test.each<[string, Outcome<undefined>, string]>([
    ["cannot be read", { ok: false, failure: OUTAGE }, OUTAGE.message],
    ["is too long", { ok: true, value: undefined }, "too many users"],
  ])("the reason is complete if the archive of deleted users %s", async (_, outcome, words) => {
    const { run } = passAtCall();
    const archive = new ArchiveReader({ archivedSince: () => Promise.resolve(outcome) });
    expect((await run({ archive })).survivors[0]?.reason).toContain(words);
  });

  test("if the answer was lost, another user may have been deleted", async () => {
    const { directory, archive, run } = passAtCall();
    directory.fault = ({ method }) => (method === "deleteUsers" ? { failure: LOST, after: true } : undefined);
    const { survivors } = await run({ archive });
    expect(survivors[0]?.reason).toMatch(/^Somebody else may have been deleted/);
  });

  test("with deleteBy user_id, no other user is deleted", async () => {
    const { directory, ids, run } = passAtCall();
    expect((await run({ deleteBy: DeleteBy.USER_ID })).gone).toEqual(ids);
    expect(directory.has(systemId(OTHER))).toBe(true);
  });
});

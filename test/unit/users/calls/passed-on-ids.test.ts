import { describe, expect, test } from "@jest/globals";
import { DeleteBy, UserIdType } from "../../../../src/users";
import type { DeletionRequest } from "../../../../src/users/calls/delete-users";
import { DECLARED_TYPE, setUpDeletion, SILENT_RECORD } from "../support/deletion";
import { OUTAGE } from "../../../support/users/failures";
import type { ModelDirectory } from "../../../support/users/model-directory";
import { person, systemId } from "../../../support/users/people";

describe("an id that passes to another user while its chunk waits", () => {
  /** Passes a person's e-mail to another person, who may be new. */
  const passOn = (directory: ModelDirectory, from: number, to: number): void => {
    directory.put(person(from, { email: `former${from}@example.com` }));
    directory.put(person(to, { email: `person${from}@example.com` }));
  };
  /** Makes a change when the first deletion arrives, after the look-ups of the apply. */
  const atFirstDeletion = (directory: ModelDirectory, change: () => void): void => {
    directory.onCall = ({ method }) => {
      if (method === "deleteUsers" && directory.callsOf("deleteUsers").length === 1) change();
    };
  };
  const LAST = 1_000;
  const last = `person${LAST}@example.com`;

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

  test("with deleteBy user_id, no chunk is looked up again", async () => {
    const { directory, run } = setUpDeletion(1_000);
    await run({ deleteBy: DeleteBy.USER_ID });
    expect(directory.calls).toHaveLength(40);
  });

  test("names another user right before the call: nobody is deleted, and its former user is kept", async () => {
    const { directory, ids, run } = setUpDeletion(LAST);
    atFirstDeletion(directory, () => passOn(directory, LAST, 5_000));
    const { gone, survivors, kept } = await run();
    expect(gone).toEqual(ids.slice(0, -1));
    expect(survivors).toEqual([]);
    expect(kept).toEqual([
      {
        id: last,
        label: `Person ${LAST}`,
        reason: { kind: "rebound", boundTo: systemId(LAST), user: person(5_000, { email: last }) },
      },
    ]);
    expect(directory.deleted).not.toContain(systemId(LAST));
    expect(directory.deleted).not.toContain(systemId(5_000));
  });

  test("a user who gets a protected id right before the call is kept", async () => {
    const { directory, ids, run } = setUpDeletion(LAST);
    atFirstDeletion(directory, () => directory.put(person(LAST, { username: "admin" })));
    const reason = { kind: "protected", type: UserIdType.USERNAME, id: "admin" } as const;
    const { gone, survivors, kept } = await run({
      findProtectedId: ({ username }) => (username === reason.id ? reason : undefined),
    });
    expect(gone).toEqual(ids.slice(0, -1));
    expect(survivors).toEqual([]);
    expect(kept).toEqual([{ id: last, label: `Person ${LAST}`, reason }]);
    expect(directory.deleted).not.toContain(systemId(LAST));
  });

  test("an id that then names both users is kept", async () => {
    const { directory, run } = setUpDeletion(LAST);
    atFirstDeletion(directory, () => directory.put(person(5_000, { email: last })));
    const { kept } = await run();
    expect(kept).toEqual([expect.objectContaining({ id: last, reason: expect.objectContaining({ kind: "several" }) })]); // oxfmt-ignore
    expect(directory.has(systemId(LAST)) && directory.has(systemId(5_000))).toBe(true);
  });

  test.each([
    ["whose user has another one is kept", { kept: [last], gone: false }],
    ["whose user is gone is gone", { kept: [], gone: true }],
  ])("an id that then names nobody, %s", async (_, expected) => {
    const { directory, run } = setUpDeletion(LAST);
    atFirstDeletion(directory, () => {
      if (expected.gone) directory.remove(systemId(LAST));
      else directory.put(person(LAST, { email: "new@example.com" }));
    });
    const { gone, survivors, kept } = await run();
    expect(kept.map(({ id }) => id)).toEqual(expected.kept);
    expect(kept.map(({ reason }) => reason.kind)).toEqual(expected.kept.map(() => "moved"));
    expect(gone.includes(last)).toBe(expected.gone);
    expect(survivors).toEqual([]);
  });

  test("a user that a lagging look-up omits is not forgotten", async () => {
    const { directory, run } = setUpDeletion(LAST);
    directory.fault = ({ method, type: of, ids }) =>
      method !== "deleteUsers" && of === DECLARED_TYPE && ids.includes(last) ? { omit: true } : undefined;
    const { survivors, kept } = await run();
    expect(kept).toEqual([]);
    expect(survivors.map(({ id }) => id)).toContain(last);
    expect(survivors[0]?.reason).toContain("found no user with the id");
  });

  test("an id is not sent if the look-up before the call fails", async () => {
    const { directory, run } = setUpDeletion(LAST);
    directory.fault = ({ method, type: of }) =>
      method === "findUsers" && of === DECLARED_TYPE ? { failure: OUTAGE } : undefined;
    const { gone, survivors } = await run();
    expect(gone).toEqual([]);
    expect(survivors).toHaveLength(LAST);
    expect(survivors[0]?.reason).toContain("look-up right before the call failed");
    expect(directory.callsOf("deleteUsers")).toEqual([]);
  });

  test("reading users for the deletion record detects it, and replaces the look-up", async () => {
    const { directory, run } = setUpDeletion(LAST);
    const record: DeletionRequest["record"] = {
      ...SILENT_RECORD,
      keep: async (targets, _type, stop) => {
        const read = await directory.findUsers(
          targets.map(({ userId }) => userId),
          UserIdType.USER_ID,
          stop,
        );
        return read.ok ? { ok: true, value: new Map(read.value.map((user) => [user.userId, user])) } : read;
      },
    };
    passOn(directory, 7, 5_000);
    const { gone, kept } = await run({ record });
    expect(gone).toHaveLength(LAST - 1);
    expect(kept.map(({ id, reason }) => [id, reason.kind])).toEqual([["person7@example.com", "moved"]]);
    expect(directory.callsOf("findUsers").filter((call) => call.type === DECLARED_TYPE)).toEqual([]);
    // Reads for the deletion record, deletions and read-backs.
    expect(directory.calls).toHaveLength(3 * 20);
  });
});

import { describe, expect, test } from "@jest/globals";
import { DeleteBy, UserIdType } from "../../../../src/users";
import type { DeletionRequest } from "../../../../src/users/calls/delete-users";
import { SILENT_RECORD, setUpDeletion } from "../support/deletion";
import { LOST, OUTAGE, REFUSED } from "../../../support/users/failures";
import type { ModelDirectory } from "../../../support/users/model-directory";
import { person, systemId } from "../../../support/users/people";

const CHANGED_AT = "2026-01-01T00:00:00.000Z";

/** A pool of suspended users, who are to be deleted only while they stay as they are. */
function setUp(size: number) {
  const deletion = setUpDeletion(size);
  for (const user of deletion.users) {
    deletion.directory.put({ ...user, status: "Suspended", statusChangedAt: CHANGED_AT });
  }
  const users = deletion.users.map(({ userId, email = "" }) => ({
    id: email,
    label: "",
    userId,
    expectedStatus: { status: "Suspended", statusChangedAt: CHANGED_AT },
  }));
  return { ...deletion, targets: users, run: (changes = {}) => deletion.run({ users, ...changes }) };
}

function recordOf(directory: ModelDirectory): DeletionRequest["record"] {
  return {
    ...SILENT_RECORD,
    keep: async (targets, _type, stop) => {
      const userIds = targets.map(({ userId }) => userId);
      const read = await directory.findUsers(userIds, UserIdType.USER_ID, stop);
      return read.ok ? { ok: true, value: new Map(read.value.map((user) => [user.userId, user])) } : read;
    },
  };
}

describe.each(Object.values(DeleteBy))("users who must still have a status, by %s", (deleteBy) => {
  test.each([1, 8, 9])("%i chunks are looked up once each before their call", async (chunks) => {
    const { directory, ids, run } = setUp(50 * chunks);
    expect(await run({ deleteBy })).toEqual({ gone: ids, survivors: [], kept: [] });
    // Look-up, deletion and read-back.
    expect(directory.calls).toHaveLength(3 * chunks);
    const firsts = directory.calls.slice(0, 2).map(({ method }) => method);
    expect(firsts).toEqual(chunks === 1 ? ["findUsers", "deleteUsers"] : ["findUsers", "findUsers"]);
  });

  test.each([
    ["another status", { status: "Activated", statusChangedAt: CHANGED_AT }, "status_changed"],
    ["another time", { status: "Suspended", statusChangedAt: "2026-01-02T00:00:00.000Z" }, "status_changed"],
    ["no time any more", { status: "Suspended" }, "status_changed"],
    [
      "another id",
      { status: "Suspended", statusChangedAt: CHANGED_AT, email: "new@example.com", username: "new" },
      "moved",
    ],
  ])("%s: kept, and not in any call", async (_, changes, kind) => {
    const { directory, run } = setUp(3);
    directory.put(person(2, changes));
    const { gone, kept, survivors } = await run({ deleteBy });
    expect(gone).toHaveLength(2);
    expect(survivors).toEqual([]);
    expect(kept.map(({ id, reason }) => [id, reason.kind])).toEqual([["person2@example.com", kind]]);
    expect(directory.callsOf("deleteUsers").flatMap(({ ids }) => ids)).toHaveLength(2);
  });

  test("the look-up for the deletion record is the one before the call", async () => {
    const { directory, run } = setUp(3);
    directory.changeStatus(systemId(2), "Activated");
    const { gone, kept } = await run({ deleteBy, record: recordOf(directory) });
    expect(gone).toHaveLength(2);
    expect(kept.map(({ reason }) => reason)).toEqual([{ kind: "status_changed", status: "Activated" }]);
    expect(directory.calls.map(({ method }) => method)).toEqual(["findUsers", "deleteUsers", "findUsers"]);
  });

  test("a failed look-up before the call deletes nobody", async () => {
    const { directory, run } = setUp(3);
    directory.fault = ({ method }, nth) =>
      method === "findUsers" && nth === 1 ? { failure: OUTAGE } : undefined;
    const { gone, survivors } = await run({ deleteBy });
    expect(gone).toEqual([]);
    expect(survivors).toHaveLength(3);
    expect(directory.callsOf("deleteUsers")).toEqual([]);
  });

  test("a refused call deleted nobody, so whoever gets another id after it is kept", async () => {
    const { directory, run } = setUp(4);
    directory.fault = ({ method }, nth) => {
      if (method !== "deleteUsers" || nth !== 1) return undefined;
      const status = { status: "Suspended", statusChangedAt: CHANGED_AT };
      directory.put(person(2, { ...status, email: "new@example.com", username: "new" }));
      return { failure: REFUSED };
    };
    const { gone, kept, survivors } = await run({ deleteBy });
    expect(gone).toHaveLength(3);
    expect(survivors).toEqual([]);
    expect(kept.map(({ id, reason }) => [id, reason.kind])).toEqual([["person2@example.com", "moved"]]);
  });

  test.each([
    ["a lost answer: the call is not sent again for the user", { failure: LOST }, 3],
    ["a refusal because of somebody else: no half deletes the user", { failure: REFUSED }, 3],
  ])("a status that changes with %s", async (_, fault, others) => {
    const { directory, run } = setUp(others + 1);
    directory.fault = ({ method }, nth) => {
      if (method !== "deleteUsers" || nth !== 1) return undefined;
      directory.changeStatus(systemId(2), "Activated");
      return fault;
    };
    const { gone } = await run({ deleteBy });
    expect(gone).toHaveLength(others);
    expect(directory.has(systemId(2))).toBe(true);
  });

  test("others of the same run are not looked up for that", async () => {
    const { directory, targets, run } = setUp(60);
    const users = targets.map(({ expectedStatus, ...target }, index) =>
      index < 50 ? target : { ...target, expectedStatus },
    );
    await run({ deleteBy, users });
    const before = directory.calls.slice(0, directory.calls.findIndex(({ ids }) => ids.length === 10) + 1);
    expect(before.filter(({ method, ids }) => method === "findUsers" && ids.length === 50)).toEqual([]);
    expect(directory.calls).toHaveLength(5);
  });
});

import { describe, expect, test } from "@jest/globals";
import { DeleteBy, UserIdType } from "../../../../src/users";
import { DECLARED_TYPE, setUpDeletion } from "../support/deletion";
import { person, systemId } from "../../../support/users/people";

describe("without failures", () => {
  test("no users take no call", async () => {
    const { directory, run } = setUpDeletion(1);
    expect(await run({ users: [] })).toEqual({ gone: [], survivors: [], kept: [] });
    expect(directory.calls).toEqual([]);
  });

  test("the ids are sent with the set's spelling and type, and the read-back uses system user ids", async () => {
    const { directory, ids, users, run } = setUpDeletion(2);
    await run();
    expect(directory.calls).toEqual([
      { method: "findUsers", ids, type: DECLARED_TYPE },
      { method: "deleteUsers", ids, type: DECLARED_TYPE },
      { method: "findUsers", ids: users.map(({ userId }) => userId), type: UserIdType.USER_ID },
    ]);
  });

  test("with deleteBy user_id, the calls contain the system user ids from the look-up, even for refused chunks", async () => {
    const { directory, ids, users, run } = setUpDeletion(3);
    directory.onCall = ({ method }) => {
      if (method !== "deleteUsers" || directory.callsOf("deleteUsers").length > 1) return;
      directory.put(person(1, { email: "former@example.com" }));
      directory.put(person(500, { email: "person1@example.com" }));
    };
    directory.poisoned.add(systemId(2));
    const { gone, survivors } = await run({ deleteBy: DeleteBy.USER_ID });
    expect(gone).toEqual([ids[0], ids[2]]);
    expect(survivors.map(({ id }) => id)).toEqual([ids[1]]);
    expect(new Set(directory.calls.map(({ type: of }) => of))).toEqual(new Set([UserIdType.USER_ID]));
    expect(directory.callsOf("deleteUsers")[0]?.ids).toEqual(users.map(({ userId }) => userId));
    expect([...directory.deleted].sort()).toEqual([systemId(1), systemId(3)]);
  });

  test("two ids of one user take one deletion, and both are gone", async () => {
    const { directory, users, run } = setUpDeletion(1);
    const [{ userId } = person(1)] = users;
    const twice = [
      { id: "person1@example.com", label: "A", userId },
      { id: "PERSON1@example.com", label: "B", userId },
    ];
    expect(await run({ users: twice })).toEqual({ gone: twice.map(({ id }) => id), survivors: [], kept: [] });
    expect(directory.callsOf("deleteUsers").map(({ ids }) => ids)).toEqual([["person1@example.com"]]);
  });

  test("in a large deletion, the first chunks are read back before the last ones are sent", async () => {
    const { directory, users, run } = setUpDeletion(20_000);
    const targets = users.map(({ userId }) => ({ id: userId, label: "", userId }));
    const { gone } = await run({ type: UserIdType.USER_ID, users: targets });
    expect(gone).toHaveLength(20_000);
    const { calls } = directory;
    const firstId = directory.callsOf("deleteUsers")[0]?.ids[0] ?? "";
    const readBack = calls.findLastIndex(
      ({ method, ids }) => method === "findUsers" && ids.includes(firstId),
    );
    expect(readBack).toBeLessThan(100);
    expect(calls.findLastIndex(({ method }) => method === "deleteUsers")).toBeGreaterThan(1_000);
  });

  test("progress is reported at the beginning and after each chunk", async () => {
    const { run } = setUpDeletion(120);
    const progress: number[] = [];
    await run({ onProgress: ({ gone, done, total }) => progress.push(gone, done, total) });
    expect(progress.slice(0, 3)).toEqual([0, 0, 120]);
    expect(progress.slice(-3)).toEqual([120, 120, 120]);
    expect(progress).toHaveLength(12);
  });
});

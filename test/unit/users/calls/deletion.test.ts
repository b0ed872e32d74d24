import { describe, expect, test } from "@jest/globals";
import { DeleteBy, UserIdType } from "../../../../src/users";
import { failingRecord, recordOf, SILENT_RECORD } from "../../../support/users/deletion-records";
import { OUTAGE, REFUSED, UNSUCCESSFUL } from "../../../support/users/failures";
import { emailOf, systemId } from "../../../support/users/people";
import { each, numbers, poolOf } from "../../../support/users/user-pool";

const { EMAIL, USER_ID } = UserIdType;

describe("a deletion", () => {
  test("deletes all of its users and nobody else, and pauses nowhere", async () => {
    const pool = poolOf(51);
    expect(await pool.delete()).toEqual({ gone: numbers(51) });
    expect(pool.directory.deleted).toHaveLength(51);
    expect(pool.pauses).toEqual([]);
  });

  test("sends 50 users a call, looks each up before it, and reads each back after it", async () => {
    const pool = poolOf(51);
    await pool.delete();
    expect(pool.sizesOf("deleteUsers").sort()).toEqual([1, 50]);
    expect(pool.sizesOf("findUsers").sort()).toEqual([1, 1, 50, 50]);
  });

  test("sends and looks up the ids as they are declared, and reads back by system user ids", async () => {
    const pool = poolOf(2);
    await pool.delete();
    expect(pool.directory.calls).toEqual([
      { method: "findUsers", ids: [emailOf(1), emailOf(2)], type: EMAIL },
      { method: "deleteUsers", ids: [emailOf(1), emailOf(2)], type: EMAIL },
      { method: "findUsers", ids: [systemId(1), systemId(2)], type: USER_ID },
    ]);
  });

  test("of nobody takes no call", async () => {
    const pool = poolOf(2);
    expect(await pool.delete([])).toEqual({});
    expect(pool.directory.calls).toEqual([]);
  });

  test("of one user by two ids is one deletion, and both ids are gone", async () => {
    const pool = poolOf(1);
    const targets = [
      { id: "person1@example.com", label: "A", userId: systemId(1) },
      { id: "PERSON1@example.com", label: "B", userId: systemId(1) },
    ];
    expect(await pool.delete(targets)).toEqual({ gone: [1, 2] });
    expect(pool.directory.callsOf("deleteUsers").map(({ ids }) => ids)).toEqual([["person1@example.com"]]);
  });

  test("under the guard, which looks, takes one look-up less", async () => {
    const pool = poolOf(50).underTheGuard();
    expect(await pool.delete()).toEqual({ gone: numbers(50) });
    expect(pool.sizesOf("findUsers")).toEqual([50]);
  });

  test("does not name users who are gone by then, and they count as gone", async () => {
    const pool = poolOf(50);
    pool.removes(1, 2, 3);
    pool.directory.refusesUnknown = "changes";
    expect(await pool.delete()).toEqual({ gone: numbers(50) });
    expect(pool.sizesOf("deleteUsers")).toEqual([47]);
  });

  test("does not believe a success while look-ups show the users", async () => {
    const pool = poolOf(2).whoseCallsDoNothing("deleteUsers");
    const stays = "GenAuth answered success, but the user is still in the pool.";
    expect(await pool.delete()).toEqual({ survived: { 1: stays, 2: stays } });
    expect(pool.pauses).toEqual([250, 500, 250]);
  });

  test("waits for look-ups that still show deleted users", async () => {
    const pool = poolOf(60);
    pool.directory.showsDeletedFor = 2;
    expect(await pool.delete()).toEqual({ gone: numbers(60) });
  });

  test("of many users reads the first back long before it sends the last", async () => {
    const pool = poolOf(5_000);
    await pool.delete();
    const { calls } = pool.directory;
    const readBack = calls.findLastIndex(({ ids }) => ids.includes(systemId(1)));
    expect(readBack).toBeLessThan(100);
    expect(calls.findLastIndex(({ method }) => method === "deleteUsers")).toBeGreaterThan(250);
  });

  test("tells its progress at the beginning, and after each chunk", async () => {
    const told: object[] = [];
    await poolOf(120).delete(undefined, (progress) => told.push(progress));
    expect(told).toHaveLength(4);
    expect(told[0]).toEqual({ gone: 0, done: 0, total: 120 });
    expect(told[3]).toEqual({ gone: 120, done: 120, total: 120 });
  });

  test("does not count a user who survives as gone in its progress", async () => {
    const told: object[] = [];
    const pool = poolOf(3);
    pool.directory.poisoned.add(systemId(2));
    await pool.delete(undefined, (progress) => told.push(progress));
    expect(told.at(-1)).toEqual({ gone: 2, done: 3, total: 3 });
  });
});

describe("a deletion by system user id", () => {
  const byUserId = (size: number) => poolOf(size).with({ deleteBy: DeleteBy.USER_ID });

  test("names users by nothing else, even where a refused call is halved", async () => {
    const pool = byUserId(3);
    pool.directory.poisoned.add(systemId(2));
    expect(await pool.delete()).toEqual({ gone: [1, 3], survived: { 2: REFUSED.message } });
    expect(pool.directory.callsOf("deleteUsers")[0]?.ids).toEqual(numbers(3).map(systemId));
    expect(pool.directory.calls.filter(({ type }) => type !== USER_ID)).toEqual([]);
  });

  test("deletes the user whose address passes on right before the call, and not the stranger", async () => {
    const pool = byUserId(2);
    pool.at("deleteUsers", 1, () => pool.passesOn(2));
    expect(await pool.delete()).toEqual({ gone: [1, 2] });
    expect(pool.hasStranger()).toBe(true);
  });
});

describe("one of many users", () => {
  test.each([2, 17, 50, 51, 100])("who is refused survives alone among %i", async (size) => {
    const pool = poolOf(size);
    const bad = Math.ceil(size / 3);
    pool.directory.poisoned.add(systemId(bad));
    expect(await pool.delete()).toEqual({
      gone: numbers(size).filter((number) => number !== bad),
      survived: { [bad]: REFUSED.message },
    });
  });

  test("who is refused among 50 takes 30 calls more at most", async () => {
    const pool = poolOf(50);
    pool.directory.poisoned.add(systemId(17));
    await pool.delete();
    // At most six times halved; each half takes a look-up, a call, and if it succeeds no further read-back.
    expect(pool.directory.calls.length).toBeLessThanOrEqual(3 + 30);
  });

  test("for whom GenAuth answers without success survives alone", async () => {
    const pool = poolOf(50).whoseCallsFail("deleteUsers", UNSUCCESSFUL, { naming: 7 });
    const others = numbers(50).filter((number) => number !== 7);
    expect(await pool.delete()).toEqual({ gone: others, survived: { 7: UNSUCCESSFUL.message } });
  });

  test("who are all refused have the reason each", async () => {
    const pool = poolOf(60).whoseCallsFail("deleteUsers", REFUSED);
    expect(await pool.delete()).toEqual({ survived: each(numbers(60), REFUSED.message) });
  });
});

describe("a deletion record", () => {
  test("that cannot be written deletes nobody", async () => {
    const pool = poolOf(2).with({ record: failingRecord(OUTAGE) });
    expect(await pool.delete()).toEqual({ survived: each([1, 2], OUTAGE.message) });
    expect(pool.directory.calls).toEqual([]);
  });

  test("that GenAuth gives no data for deletes nobody, and a lagging read-back is no proof", async () => {
    const keep = () => Promise.resolve({ ok: true as const, value: new Map() });
    const pool = poolOf(2)
      .with({ record: { ...SILENT_RECORD, keep } })
      .whoseLookUpsShowNobody({ nth: 1 });
    expect(await pool.delete()).toEqual({
      survived: each([1, 2], "could not be saved in the deletion record"),
    });
    expect(pool.sizesOf("deleteUsers")).toEqual([]);
  });

  test("is no look-up right before the call: an id that passes on meanwhile deletes nobody", async () => {
    const pool = poolOf(2);
    const record = recordOf(pool.directory);
    pool.with({
      record: {
        ...record,
        keep: async (...call) => {
          const kept = await record.keep(...call);
          pool.passesOn(2);
          return kept;
        },
      },
    });
    expect(await pool.delete()).toEqual({ gone: [1], leftAlone: { 2: "rebound" } });
  });
});

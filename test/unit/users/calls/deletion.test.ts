import { describe, expect, test } from "@jest/globals";
import { DeleteBy, UserIdType } from "../../../../src/users";
import { failingRecord, recordOf, SILENT_RECORD } from "../../../support/users/deletion-records";
import { LOST, OUTAGE, REFUSED, UNSUCCESSFUL, WRONG_KEY } from "../../../support/users/failures";
import { systemId } from "../../../support/users/people";
import { each, emailOf, numbers, poolOf, type UserPool } from "../../../support/users/user-pool";

const { EMAIL, USER_ID, USERNAME } = UserIdType;

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

describe("after a lost answer", () => {
  test("users who are gone are not sent again", async () => {
    const pool = poolOf(50).whoseAnswerIsLost("deleteUsers", { first: 1, tookEffect: true });
    expect(await pool.delete()).toEqual({ gone: numbers(50) });
    expect(pool.sizesOf("deleteUsers")).toEqual([50]);
  });

  test("users who are still there are sent again, after a pause", async () => {
    const pool = poolOf(50).whoseAnswerIsLost("deleteUsers", { first: 2 });
    expect(await pool.delete()).toEqual({ gone: numbers(50) });
    expect(pool.sizesOf("deleteUsers")).toEqual([50, 50, 50]);
    expect(pool.pauses).toEqual([250, 500]);
  });

  test("users are sent as often as the settings say", async () => {
    const pool = poolOf(3).with({ maxAttempts: 3 }).whoseAnswerIsLost("deleteUsers");
    expect(await pool.delete()).toEqual({ survived: each(numbers(3), LOST.message) });
    expect(pool.sizesOf("deleteUsers")).toEqual([3, 3, 3]);
  });

  test("a user whose id has passed on meanwhile is not sent again", async () => {
    const pool = poolOf(2).whoseAnswerIsLost("deleteUsers", { first: 1 });
    pool.at("deleteUsers", 1, () => pool.passesOn(2));
    expect(await pool.delete()).toEqual({ gone: [1], survived: { 2: LOST.message } });
    expect(pool.sizesOf("deleteUsers")).toEqual([2, 1]);
  });

  test("users survive whom no look-up decides", async () => {
    const pool = poolOf(2).whoseAnswerIsLost("deleteUsers", { first: 1 });
    pool.at("deleteUsers", 1, () => pool.whoseCallsFail("findUsers", OUTAGE, { by: EMAIL }));
    expect(await pool.delete()).toEqual({ survived: each([1, 2], LOST.message) });
    expect(pool.sizesOf("deleteUsers")).toEqual([2]);
  });

  test("an interrupt keeps users from being sent again", async () => {
    const pool = poolOf(2).whoseAnswerIsLost("deleteUsers");
    pool.at("deleteUsers", 1, () => pool.stop.abort());
    expect(await pool.delete()).toEqual({ survived: each([1, 2], LOST.message) });
    expect(pool.sizesOf("deleteUsers")).toEqual([2]);
  });
});

describe("a user whom the read-back omits once", () => {
  test("is not gone after a refused call, because the second look-up shows the user", async () => {
    const pool = poolOf(1)
      .whoseCallsFail("deleteUsers", REFUSED)
      .whoseLookUpsShowNobody({ by: USER_ID, nth: 1 });
    expect(await pool.delete()).toEqual({ survived: { 1: REFUSED.message } });
    expect(pool.pauses[0]).toBe(200);
  });

  test("is not gone after a lost answer, because the second look-up shows the user", async () => {
    const pool = poolOf(1)
      .with({ maxAttempts: 1 })
      .whoseAnswerIsLost("deleteUsers")
      .whoseLookUpsShowNobody({ by: USER_ID, nth: 1 });
    expect(await pool.delete()).toEqual({ survived: { 1: LOST.message } });
    expect(pool.pauses[0]).toBe(200);
  });

  test("is not gone if the run is interrupted before the second look-up", async () => {
    const pool = poolOf(2)
      .with({ maxAttempts: 1 })
      .whoseAnswerIsLost("deleteUsers")
      .whoseLookUpsShowNobody({ by: USER_ID });
    pool.onPause = () => pool.stop.abort();
    expect(await pool.delete()).toEqual({
      survived: each([1, 2], "the run was interrupted before a second look-up"),
    });
  });

  test("is not gone if the second look-up fails", async () => {
    const pool = poolOf(1)
      .with({ maxAttempts: 1 })
      .whoseAnswerIsLost("deleteUsers")
      .whoseCallsFail("findUsers", WRONG_KEY, { by: USER_ID, nth: 2 })
      .whoseLookUpsShowNobody({ by: USER_ID, nth: 1 });
    expect(await pool.delete()).toEqual({
      survived: each([1], `could not be confirmed: ${WRONG_KEY.message}`),
    });
  });
});

test("a user whom the look-up right before the call omits is not named, and survives if shown later", async () => {
  const pool = poolOf(1).whoseLookUpsShowNobody({ nth: 1 });
  expect(await pool.delete()).toEqual({
    survived: each([1], "right before the call GenAuth found no user with the id"),
  });
  expect(pool.sizesOf("deleteUsers")).toEqual([]);
});

describe("a read-back that fails", () => {
  test("for good leaves survivors", async () => {
    const pool = poolOf(2).whoseCallsFail("findUsers", OUTAGE, { by: USER_ID });
    expect(await pool.delete()).toEqual({
      survived: each([1, 2], `GenAuth answered success, but that could not be confirmed: ${OUTAGE.message}`),
    });
  });

  test("once is tried again", async () => {
    const pool = poolOf(2).whoseCallsFail("findUsers", OUTAGE, { by: USER_ID, nth: 1 });
    expect(await pool.delete()).toEqual({ gone: [1, 2] });
  });

  test("is not made in an outage, in which no call was carried out", async () => {
    const pool = poolOf(3).whoseCallsFail("deleteUsers", OUTAGE);
    expect(await pool.delete()).toEqual({ survived: each([1, 2, 3], OUTAGE.message) });
    expect(pool.sizesOf("findUsers")).toEqual([3]);
  });
});

describe("right before the call, a user is left alone", () => {
  const leftAlone = async (pool: UserPool, because: string) => {
    expect(await pool.delete()).toEqual({ gone: [1, 3], leftAlone: { 2: because } });
  };

  test("whose id has passed to somebody else", async () => {
    const pool = poolOf(3);
    pool.passesOn(2);
    await leftAlone(pool, "rebound");
    expect(pool.hasStranger()).toBe(true);
  });

  test("whose id names somebody else, too", async () => {
    const pool = poolOf(3);
    pool.sharesId(2);
    await leftAlone(pool, "several");
    expect(pool.hasStranger()).toBe(true);
  });

  test("who has another id now", async () => {
    const pool = poolOf(3);
    pool.changes(2, { email: "new@example.com" });
    await leftAlone(pool, "moved");
  });

  test("who has a protected id by then", async () => {
    const pool = poolOf(3).with({
      findProtectedId: ({ username }) => (username === "admin" ? { type: USERNAME, id: "admin" } : undefined),
    });
    pool.changes(2, { username: "admin" });
    await leftAlone(pool, "protected");
  });

  test("who has a retained id by then", async () => {
    const pool = poolOf(3).with({ isRetained: ({ phone }) => phone === "1" });
    pool.changes(2, { phone: "1" });
    await leftAlone(pool, "retained");
  });
});

describe("the look-up right before the call", () => {
  test("leaves everybody alone if it fails, and the run fails", async () => {
    const pool = poolOf(2).whoseCallsFail("findUsers", OUTAGE, { by: EMAIL });
    expect(await pool.delete()).toEqual({
      survived: each([1, 2], "Not deleted, because the look-up right before the call failed"),
    });
    expect(pool.sizesOf("deleteUsers")).toEqual([]);
  });

  test("is made for each of many calls, shortly before it", async () => {
    const pool = poolOf(1_000);
    pool.at("deleteUsers", 1, () => pool.passesOn(1_000));
    expect(await pool.delete()).toEqual({ gone: numbers(999), leftAlone: { 1000: "rebound" } });
    const { calls, parallelism } = pool.directory;
    const distances = calls.flatMap(({ method, ids: [id = ""] }, index) =>
      method === "deleteUsers"
        ? [index - calls.findLastIndex((call, at) => at < index && call.ids.includes(id))]
        : [],
    );
    expect(Math.max(...distances)).toBeLessThanOrEqual(2 * parallelism);
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

describe.each(Object.values(DeleteBy))("a user who waited until the day, by %s,", (deleteBy) => {
  const due = () => poolOf(3).with({ deleteBy }).whoseUsersWaited();

  test("is looked up and deleted, also under the guard", async () => {
    const pool = due().underTheGuard();
    expect(await pool.delete()).toEqual({ gone: [1, 2, 3] });
    expect(pool.sizesOf("findUsers")).toEqual([3, 3]);
  });

  test("is left alone if somebody has reactivated the user", async () => {
    const pool = due();
    pool.setsStatus(2, "Activated");
    expect(await pool.delete()).toEqual({ gone: [1, 3], leftAlone: { 2: "status_changed" } });
  });

  test("is left alone if somebody has suspended the user anew", async () => {
    const pool = due();
    pool.setsStatus(2, "Suspended");
    expect(await pool.delete()).toEqual({ gone: [1, 3], leftAlone: { 2: "status_changed" } });
  });

  test("is left alone if GenAuth shows no time of the suspension any more", async () => {
    const pool = due();
    pool.changes(2, { statusChangedAt: undefined });
    expect(await pool.delete()).toEqual({ gone: [1, 3], leftAlone: { 2: "status_changed" } });
  });

  test("is left alone if the user has another id now", async () => {
    const pool = due();
    pool.changes(2, { email: "new@example.com" });
    expect(await pool.delete()).toEqual({ gone: [1, 3], leftAlone: { 2: "moved" } });
  });

  test("is left alone if the day has not come by GenAuth's clock", async () => {
    const pool = due();
    pool.directory.letPass(-1);
    expect(await pool.delete()).toEqual({
      leftAlone: { 1: "day_not_come", 2: "day_not_come", 3: "day_not_come" },
    });
  });

  test("is not sent again after a lost answer, once somebody has reactivated the user", async () => {
    const pool = due().whoseAnswerIsLost("deleteUsers", { first: 1 });
    pool.at("deleteUsers", 1, () => pool.setsStatus(2, "Activated"));
    expect(await pool.delete()).toEqual({ gone: [1, 3], survived: { 2: LOST.message } });
  });

  test("is not sent again after a refusal, once somebody has reactivated the user", async () => {
    const pool = due().whoseCallsFail("deleteUsers", REFUSED, { first: 1 });
    pool.at("deleteUsers", 1, () => pool.setsStatus(2, "Activated"));
    expect(await pool.delete()).toEqual({ gone: [1, 3], leftAlone: { 2: "status_changed" } });
  });
});

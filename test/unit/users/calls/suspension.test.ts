import { describe, expect, test } from "@jest/globals";
import { UserIdType } from "../../../../src/users";
import { failingRecord } from "../../../support/users/deletion-records";
import { OUTAGE, REFUSED, UNSUCCESSFUL, WRONG_KEY } from "../../../support/users/failures";
import { systemId } from "../../../support/users/people";
import { each, numbers, poolOf, type UserPool } from "../../../support/users/user-pool";

const suspendedAre = (...who: readonly number[]) =>
  Object.fromEntries(who.map((number) => [number, "Suspended"]));

describe("a suspension", () => {
  test("suspends all of its users, and deletes nobody", async () => {
    const pool = poolOf(120);
    expect(await pool.suspend()).toEqual({ suspended: numbers(120) });
    expect(pool.statuses()).toEqual(suspendedAre(...numbers(120)));
    expect(pool.directory.deleted).toEqual([]);
  });

  test("takes the first user alone, and then 50 per call", async () => {
    const pool = poolOf(120);
    await pool.suspend();
    const [first, ...others] = pool.sizesOf("setStatus");
    expect(first).toBe(1);
    expect(others.sort()).toEqual([20, 49, 50]);
  });

  test("takes no user alone any more once the first of the process is confirmed", async () => {
    const pool = poolOf(3);
    await pool.suspend();
    for (const number of numbers(3)) pool.setsStatus(number, "Activated");
    pool.directory.forget();
    expect(await pool.suspend()).toEqual({ suspended: [1, 2, 3] });
    expect(pool.sizesOf("setStatus")).toEqual([3]);
    // Right before the call and after it, and no more.
    expect(pool.sizesOf("findUsers")).toEqual([3, 3]);
  });

  test("is recorded right before its call, once for each user", async () => {
    const recorded: object[] = [];
    const pool = poolOf(3).whoseAnswerIsLost("setStatus", { nth: 1 });
    pool.with({
      record: {
        ...failingRecord(REFUSED),
        noteSuspension: (statuses) => {
          recorded.push(Object.fromEntries([...statuses].map(([{ userId }, status]) => [userId, status])));
          return Promise.resolve({ ok: true, value: undefined });
        },
      },
    });
    expect(await pool.suspend()).toEqual({ suspended: [1, 2, 3] });
    expect(recorded).toEqual([
      { [systemId(1)]: "Activated" },
      { [systemId(2)]: "Activated", [systemId(3)]: "Activated" },
    ]);
  });

  test("leaves a user alone who is protected by then", async () => {
    const pool = poolOf(3).with({
      findProtectedId: ({ userId }) =>
        userId === systemId(2) ? { type: UserIdType.USER_ID, id: userId } : undefined,
    });
    expect(await pool.suspend()).toEqual({ suspended: [1, 3], leftAlone: { 2: "protected" } });
    expect(pool.statuses()).toEqual(suspendedAre(1, 3));
  });

  test("leaves the status of a user who is not active, and the user waits", async () => {
    const pool = poolOf(3);
    pool.setsStatus(1, "Archived");
    expect(await pool.suspend()).toEqual({ waitingOnly: [1], suspended: [2, 3] });
    expect(pool.statuses()).toEqual({ 1: "Archived", 2: "Suspended", 3: "Suspended" });
  });
});

describe("a suspension is not made", () => {
  const nobodySuspended = async (pool: UserPool, because: string) => {
    expect(await pool.suspend()).toEqual({ survived: each([1, 2, 3], because) });
    expect(pool.sizesOf("setStatus")).toEqual([]);
  };

  test("if it cannot be recorded", async () => {
    const failure = { ...WRONG_KEY, message: "The record cannot be written." };
    await nobodySuspended(poolOf(3).with({ record: failingRecord(failure) }), failure.message);
  });

  test("if GenAuth tells no time", async () => {
    const pool = poolOf(3);
    pool.directory.serviceTime = () => undefined;
    await nobodySuspended(pool, "no Date header");
  });

  test("if GenAuth tells no time, and a user who is not active does not wait either", async () => {
    const pool = poolOf(3);
    for (const number of numbers(3)) pool.setsStatus(number, "Archived");
    pool.directory.serviceTime = () => undefined;
    await nobodySuspended(pool, "no Date header");
  });

  test("if GenAuth shows no status", async () => {
    const pool = poolOf(3);
    pool.directory.showsStatus = false;
    await nobodySuspended(pool, "not show the user's status");
  });

  test("if look-ups show nobody", async () => {
    await nobodySuspended(poolOf(3).whoseLookUpsShowNobody(), "no longer shows");
  });

  test("if look-ups fail", async () => {
    await nobodySuspended(poolOf(3).whoseCallsFail("findUsers", OUTAGE), OUTAGE.message);
  });

  test("after an interrupt", async () => {
    const pool = poolOf(3);
    pool.stop.abort();
    await nobodySuspended(pool, "Not attempted: interrupted.");
  });
});

describe("a call that suspends 49 more", () => {
  test.each([
    { answer: "a refusal", failure: REFUSED },
    { answer: "no success", failure: UNSUCCESSFUL },
  ])("is halved at $answer until the bad user stands alone", async ({ failure }) => {
    const pool = poolOf(50).whoseCallsFail("setStatus", failure, { naming: 33 });
    const others = numbers(50).filter((number) => number !== 33);
    expect(await pool.suspend()).toEqual({ suspended: others, survived: each([33], failure.message) });
    expect(pool.statuses()).toEqual(suspendedAre(...others));
  });

  test("without an effect is not believed", async () => {
    const pool = poolOf(3).whoseCallsDoNothing("setStatus", { nth: 2 });
    expect(await pool.suspend()).toEqual({
      suspended: [1],
      survived: each([2, 3], "GenAuth answered success, but the user's status is still Activated."),
    });
  });

  test("whose answer is lost, although it took effect, is not repeated, and the set has suspended them", async () => {
    const pool = poolOf(3).whoseAnswerIsLost("setStatus", { nth: 2, tookEffect: true });
    expect(await pool.suspend()).toEqual({ suspended: [1, 2, 3] });
    expect(pool.sizesOf("setStatus")).toEqual([1, 2]);
  });

  test("and is lost does not overwrite what somebody else has set meanwhile", async () => {
    const pool = poolOf(3).whoseAnswerIsLost("setStatus", { nth: 2 });
    pool.at("setStatus", 2, () => pool.setsStatus(2, "Archived"));
    expect(await pool.suspend()).toEqual({
      suspended: [1, 3],
      survived: each([2], "Somebody else has changed the status to Archived meanwhile"),
    });
    expect(pool.statuses()).toEqual({ 1: "Suspended", 2: "Archived", 3: "Suspended" });
  });

  test("does not name a user whose status somebody else has set since the first look-up", async () => {
    const pool = poolOf(3).at("setStatus", 1, () => pool.setsStatus(2, "Archived"));
    expect(await pool.suspend()).toEqual({ suspended: [1, 3], waitingOnly: [2] });
    expect(pool.statuses()).toMatchObject({ 2: "Archived" });
  });

  test("does not count as the set's own for a user whom somebody else has suspended before it", async () => {
    const pool = poolOf(3).at("setStatus", 1, () => pool.setsStatus(2, "Suspended"));
    expect(await pool.suspend()).toEqual({ suspended: [1, 3], waitingOnly: [2] });
  });

  test("after which no look-up succeeds leaves survivors", async () => {
    const pool = poolOf(3);
    pool.at("setStatus", 2, () => pool.whoseCallsFail("findUsers", REFUSED));
    expect(await pool.suspend()).toEqual({
      suspended: [1],
      survived: each([2, 3], "GenAuth answered success, but the new status could not be confirmed"),
    });
  });

  test("after which nobody is shown leaves survivors", async () => {
    const pool = poolOf(3);
    pool.at("setStatus", 2, () => void (pool.directory.showsSuspended = false));
    expect(await pool.suspend()).toEqual({
      suspended: [1],
      survived: each([2, 3], "GenAuth answered success, but no longer shows the user."),
    });
  });

  test("and is refused leaves a survivor with GenAuth's reason, although the look-up after it fails, too", async () => {
    const pool = poolOf(2).whoseCallsFail("setStatus", REFUSED, { naming: 2 });
    pool.at("setStatus", 2, () => pool.whoseCallsFail("findUsers", OUTAGE));
    expect(await pool.suspend()).toEqual({ suspended: [1], survived: { 2: REFUSED.message } });
    expect(pool.statuses()).toEqual(suspendedAre(1));
  });

  test("and is refused leaves a survivor with GenAuth's reason, although nobody is shown after it", async () => {
    const pool = poolOf(2).whoseCallsFail("setStatus", REFUSED, { naming: 2 });
    pool.at("setStatus", 2, () => pool.removes(2));
    expect(await pool.suspend()).toEqual({ suspended: [1], survived: { 2: REFUSED.message } });
  });

  test("and is refused does not count as the set's own for a user whom somebody else suspends meanwhile", async () => {
    const pool = poolOf(2).whoseCallsFail("setStatus", REFUSED, { naming: 2 });
    pool.at("setStatus", 2, () => pool.setsStatus(2, "Suspended"));
    expect(await pool.suspend()).toEqual({ suspended: [1], waitingOnly: [2] });
    // Nothing more can be seen of a call that was not carried out.
    expect(pool.pauses).toEqual([]);
  });

  test("after which no status is shown leaves survivors", async () => {
    const pool = poolOf(3);
    pool.at("setStatus", 2, () => void (pool.directory.showsStatus = false));
    expect(await pool.suspend()).toEqual({
      suspended: [1],
      survived: {
        2: "GenAuth answered success, but does not show the user's status.",
        3: "GenAuth answered success, but does not show the user's status.",
      },
    });
  });

  test("is read back until look-ups show a status again", async () => {
    const pool = poolOf(3);
    pool.at("setStatus", 2, () => void (pool.directory.showsStatus = false));
    pool.onPause = () => void (pool.directory.showsStatus = true);
    expect(await pool.suspend()).toEqual({ suspended: [1, 2, 3] });
  });

  test("is read back until look-ups show the new status", async () => {
    const pool = poolOf(3);
    pool.directory.showsOldStatusFor = 2;
    expect(await pool.suspend()).toEqual({ suspended: [1, 2, 3] });
  });
});

describe("the days until a suspended user is deleted", () => {
  test("count from the suspension, although GenAuth's clock of calls is a moment behind it", async () => {
    const pool = poolOf(1);
    // The status is dated to the first moment of January 2nd, and the answers to the last one of January 1st.
    pool.at("setStatus", 1, () => (pool.directory.time = Date.parse("2026-01-01T23:59:59.500Z")));
    pool.directory.serviceTime = () => Date.parse("2026-01-01T23:59:59Z");
    expect(await pool.suspend()).toEqual({ suspended: [1] });
    expect(pool.dayOf(1)).toBe("2026-01-17T00:00:00Z");
  });

  test("count from now for a user whom somebody else suspended long before", async () => {
    const pool = poolOf(1);
    pool.setsStatus(1, "Suspended");
    pool.directory.letPass(100);
    expect(await pool.suspend()).toEqual({ waitingOnly: [1] });
    // 100 days after January 1st is April 11th.
    expect(pool.dayOf(1)).toBe("2026-04-26T00:00:00Z");
  });
});

describe("whether this set suspended a user", () => {
  test("is certain if GenAuth shows a time after the call, even late", async () => {
    const pool = poolOf(1);
    pool.directory.statusChangedAt = "hidden";
    pool.onPause = () => void (pool.directory.statusChangedAt = "shown");
    pool.at("setStatus", 1, () => {
      // The time is stored, and not shown yet.
      pool.directory.statusChangedAt = "shown";
      pool.at("findUsers", 1, () => void (pool.directory.statusChangedAt = "hidden"));
    });
    expect(await pool.suspend()).toEqual({ suspended: [1] });
  });

  test("is certain although the clock that dates a status is some seconds behind", async () => {
    const pool = poolOf(1).at("setStatus", 1, () => void (pool.directory.time -= 4_000));
    expect(await pool.suspend()).toEqual({ suspended: [1] });
  });

  test("is not certain if GenAuth shows no time", async () => {
    const pool = poolOf(1);
    pool.directory.statusChangedAt = "hidden";
    expect(await pool.suspend()).toEqual({ waitingOnly: [1] });
  });

  test("is not certain if the time that GenAuth shows is before the call", async () => {
    const pool = poolOf(1);
    pool.setsStatus(1, "Activated");
    pool.directory.letPass(1);
    pool.directory.statusChangedAt = "unchanged";
    expect(await pool.suspend()).toEqual({ waitingOnly: [1] });
    expect(pool.statuses()).toEqual({ 1: "Suspended" });
  });
});

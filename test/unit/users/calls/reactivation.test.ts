import { describe, expect, test } from "@jest/globals";
import { OUTAGE, REFUSED } from "../../../support/users/failures";
import { each, numbers, poolOf, type UserPool } from "../../../support/users/user-pool";

describe("a reactivation", () => {
  test("gives users their status back", async () => {
    const pool = await poolOf(60).suspendedBefore();
    expect(await pool.reactivate()).toEqual({ reactivated: numbers(60) });
    expect(pool.statuses()).toEqual({});
  });

  test("takes 50 users a call, looks each up before it, and reads each back once after it", async () => {
    const pool = await poolOf(60).suspendedBefore();
    await pool.reactivate();
    expect(pool.sizesOf("setStatus").sort()).toEqual([10, 50]);
    expect(pool.sizesOf("findUsers").sort()).toEqual([10, 10, 50, 50]);
    expect(pool.pauses).toEqual([]);
  });

  test("leaves a user alone whose status somebody else has changed", async () => {
    const pool = await poolOf(3).suspendedBefore();
    pool.at("findUsers", 1, () => pool.setsStatus(1, "Archived"));
    expect(await pool.reactivate()).toEqual({ reactivated: [2, 3], leftAlone: { 1: "status_changed" } });
    expect(pool.statuses()).toEqual({ 1: "Archived" });
  });

  test("leaves a user alone whom somebody else has suspended anew", async () => {
    const pool = await poolOf(2).suspendedBefore();
    pool.at("findUsers", 1, () => {
      pool.setsStatus(1, "Activated");
      pool.setsStatus(1, "Suspended");
    });
    expect(await pool.reactivate()).toEqual({ reactivated: [2], leftAlone: { 1: "status_changed" } });
  });

  test("is read back again if look-ups omit the users once", async () => {
    const pool = await poolOf(2).suspendedBefore();
    pool.at("setStatus", 1, () => pool.whoseLookUpsShowNobody({ nth: 1 }));
    expect(await pool.reactivate()).toEqual({ reactivated: [1, 2] });
  });

  test("after which look-ups show nobody is not believed", async () => {
    const pool = await poolOf(1).suspendedBefore();
    pool.at("setStatus", 1, () => pool.whoseLookUpsShowNobody());
    expect(await pool.reactivate()).toEqual({
      survived: each([1], "GenAuth answered success, but no longer shows the user."),
    });
  });

  test("whose answer is lost is read back until look-ups show the new status", async () => {
    const pool = (await poolOf(1).suspendedBefore()).with({ maxAttempts: 1 });
    pool.whoseAnswerIsLost("setStatus", { tookEffect: true });
    pool.directory.showsOldStatusFor = 2;
    expect(await pool.reactivate()).toEqual({ reactivated: [1] });
  });

  test("without an effect is not believed", async () => {
    const pool = await poolOf(1).suspendedBefore();
    pool.whoseCallsDoNothing("setStatus");
    expect(await pool.reactivate()).toEqual({
      survived: each([1], "GenAuth answered success, but the user's status is still Suspended."),
    });
  });
});

describe("a reactivation that is not made leaves survivors, who stay suspended:", () => {
  const staySuspended = async (pool: UserPool, because: string) => {
    expect(await pool.reactivate()).toEqual({ survived: each([1, 2, 3], because) });
    expect(pool.statuses()).toEqual({ 1: "Suspended", 2: "Suspended", 3: "Suspended" });
  };
  const suspended = () => poolOf(3).suspendedBefore();

  test("look-ups show nobody", async () => {
    await staySuspended((await suspended()).whoseLookUpsShowNobody(), "no longer shows");
  });

  test("look-ups fail", async () => {
    await staySuspended((await suspended()).whoseCallsFail("findUsers", OUTAGE), OUTAGE.message);
  });

  test("GenAuth refuses, which is not waited for", async () => {
    const pool = (await suspended()).whoseCallsFail("setStatus", REFUSED);
    await staySuspended(pool, REFUSED.message);
    expect(pool.pauses).toEqual([]);
  });

  test("the run is interrupted", async () => {
    const pool = await suspended();
    pool.stop.abort();
    await staySuspended(pool, "Not attempted: interrupted.");
  });
});

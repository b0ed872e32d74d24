import { describe, expect, test } from "@jest/globals";
import { UserIdType } from "../../../../src/users";
import { LOST, OUTAGE, REFUSED, WRONG_KEY } from "../../../support/users/failures";
import { each, numbers, poolOf } from "../../../support/users/user-pool";

const { EMAIL, USER_ID } = UserIdType;

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

  test.each([
    { reached: "directly", openPool: () => poolOf(2) },
    { reached: "by the guard", openPool: () => poolOf(2).underTheGuard() },
  ])(
    "in a pool reached $reached, a user is not sent again after the id has passed on",
    async ({ openPool }) => {
      const pool = openPool().whoseAnswerIsLost("deleteUsers", { first: 1 });
      pool.at("deleteUsers", 1, () => pool.passesOn(2));
      expect(await pool.delete()).toEqual({ gone: [1], survived: { 2: LOST.message } });
      expect(pool.sizesOf("deleteUsers")).toEqual([2, 1]);
    },
  );

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
  test.each([
    { call: "a refused call", failure: REFUSED },
    { call: "a lost answer", failure: LOST },
  ])("is not gone after $call, because the second look-up shows the user", async ({ failure }) => {
    const pool = poolOf(1)
      .with({ maxAttempts: 1 })
      .whoseCallsFail("deleteUsers", failure)
      .whoseLookUpsShowNobody({ by: USER_ID, nth: 1 });
    expect(await pool.delete()).toEqual({ survived: { 1: failure.message } });
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

describe("a read-back that fails", () => {
  test("for good leaves survivors", async () => {
    const pool = poolOf(2).whoseCallsFail("findUsers", OUTAGE, { by: USER_ID });
    expect(await pool.delete()).toEqual({
      survived: each([1, 2], `GenAuth answered success, but that could not be confirmed: ${OUTAGE.message}`),
    });
  });

  test("after a refusal leaves a survivor with the reason of the refusal", async () => {
    const pool = poolOf(1)
      .whoseCallsFail("deleteUsers", REFUSED)
      .whoseCallsFail("findUsers", WRONG_KEY, { by: USER_ID });
    expect(await pool.delete()).toEqual({ survived: { 1: REFUSED.message } });
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

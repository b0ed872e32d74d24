import { describe, expect, test } from "@jest/globals";
import { DeleteBy } from "../../../../src/users";
import { LOST, REFUSED } from "../../../support/users/failures";
import { poolOf } from "../../../support/users/user-pool";

/** From this day on, the suspended users may be deleted. */
const DAY = "2026-01-01T00:00:00Z";

/** The endings name the users 1, 2 and 3 of the pool. */
describe.each(Object.values(DeleteBy))("deleting by %s: a suspended user who is due", (deleteBy) => {
  const due = () => poolOf(3).with({ deleteBy }).whoseUsersWaitedUntil(DAY);

  test("is looked up right before the call, although the guard looks, too", async () => {
    const pool = due().underTheGuard();
    expect(await pool.delete()).toEqual({ gone: [1, 2, 3] });
    expect(pool.directory.calls.map(({ method }) => method)).toEqual([
      "findUsers",
      "deleteUsers",
      "findUsers",
    ]);
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

  test("is left alone if, by GenAuth's clock, the day has not come after all", async () => {
    const pool = due();
    pool.directory.time = Date.parse("2025-12-31T09:00:00Z");
    expect(await pool.delete()).toEqual({
      leftAlone: { 1: "day_not_come", 2: "day_not_come", 3: "day_not_come" },
    });
  });

  test("is deleted from the first second of the day on", async () => {
    const pool = due();
    // The look-up right before the call takes the last second of the day before: each call takes one in the model.
    pool.directory.time = Date.parse("2025-12-31T23:59:59Z");
    expect(await pool.delete()).toEqual({ gone: [1, 2, 3] });
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

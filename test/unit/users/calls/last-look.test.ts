import { describe, expect, test } from "@jest/globals";
import { UserIdType } from "../../../../src/users";
import { OUTAGE } from "../../../support/users/failures";
import { each, numbers, poolOf, type UserPool } from "../../../support/users/user-pool";

const { EMAIL, USERNAME } = UserIdType;

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

test("a user whom the look-up right before the call omits is not named, and survives if shown later", async () => {
  const pool = poolOf(1).whoseLookUpsShowNobody({ nth: 1 });
  expect(await pool.delete()).toEqual({
    survived: each([1], "right before the call GenAuth found no user with the id"),
  });
  expect(pool.sizesOf("deleteUsers")).toEqual([]);
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

import { describe, expect, test } from "@jest/globals";
import { UserIdType } from "../../../../src/users";
import { OUTAGE, REFUSED, UNSUCCESSFUL, WRONG_KEY } from "../../../support/users/failures";
import { systemId } from "../../../support/users/people";
import { each, numbers, numbersFrom, poolOf } from "../../../support/users/user-pool";

const REST =
  "the first suspension of this run did not end as it should. See the message about person1@example.com";

/** How it ends for users 1 to `size` if the first one survives for a reason, and stops the others. */
const stoppedAfter = (because: string, size: number) => ({
  survived: { ...each([1], because), ...each(numbersFrom(2, size), REST) },
});

describe("the first user of a process", () => {
  test("who loses other fields stays suspended, the message says which, and nobody else is suspended", async () => {
    const pool = poolOf(60);
    pool.directory.wipes = ["phone", "externalId"];
    const ended = await pool.suspend();
    expect(ended).toEqual(
      stoppedAfter("The suspension also changed other fields of the user: externalId, phone.", 60),
    );
    expect(ended.survived?.[1]).toContain(
      "Look at this user in GenAuth's console: the user stays suspended.",
    );
    expect(ended.survived?.[1]).toContain("Do not apply again before you know why");
    expect(pool.statuses()).toEqual({ 1: "Suspended" });
  });

  test("whom look-ups hide afterwards is named, and nobody else is suspended", async () => {
    const pool = poolOf(3);
    pool.directory.showsSuspended = false;
    const ended = await pool.suspend();
    expect(ended).toEqual(stoppedAfter("no longer show the user after the suspension", 3));
    expect(ended.survived?.[1]).toContain("Look at this user in GenAuth's console");
    expect(ended.survived?.[1]).toContain("Do not apply again before you know why");
    expect(pool.statuses()).toEqual({ 1: "Suspended" });
  });

  test("whom look-ups by the declared id hide afterwards is named, too", async () => {
    const pool = poolOf(2).whoseLookUpsShowNobody({ by: UserIdType.EMAIL });
    expect(await pool.suspend()).toEqual(stoppedAfter("no longer show the user after the suspension", 2));
  });

  test("whose record cannot be read afterwards is named, and nobody else is suspended", async () => {
    const pool = poolOf(2);
    // After the call come the read-back of the status, and then the look-up of all fields.
    pool.at("setStatus", 1, () => pool.whoseCallsFail("findUsers", REFUSED, { nth: 2 }));
    expect(await pool.suspend()).toEqual(stoppedAfter("could not be read after the suspension", 2));
  });

  test("stops all sets of the process", async () => {
    const pool = poolOf(2);
    pool.directory.wipes = ["phone"];
    await pool.suspend();
    pool.directory.wipes = [];
    pool.directory.forget();
    expect(await pool.suspend()).toEqual({ survived: each([1, 2], REST) });
    expect(pool.directory.calls).toEqual([]);
  });

  test("whose record cannot be read before is not suspended, and nobody else is", async () => {
    // The first look-up finds the active users, and the second one reads all fields of the first.
    const pool = poolOf(2).whoseCallsFail("findUsers", OUTAGE, { nth: 2 });
    expect(await pool.suspend()).toEqual(stoppedAfter(OUTAGE.message, 2));
    expect(pool.statuses()).toEqual({});
  });

  test("whose record GenAuth does not show before is not suspended, and nobody else is", async () => {
    const pool = poolOf(2).whoseLookUpsShowNobody({ nth: 2 });
    expect(await pool.suspend()).toEqual(stoppedAfter("does not show the user's record", 2));
    expect(pool.statuses()).toEqual({});
  });

  test("who loses a field is named, although the answer to the call was lost", async () => {
    const pool = poolOf(2).whoseAnswerIsLost("setStatus", { nth: 1, tookEffect: true });
    pool.directory.wipes = ["phone"];
    expect(await pool.suspend()).toEqual(stoppedAfter("The suspension also changed other fields", 2));
  });

  test("is the next one if somebody else has changed the status of the first three", async () => {
    const pool = poolOf(5).at("findUsers", 2, () => {
      for (const number of [1, 2, 3]) pool.setsStatus(number, "Archived");
    });
    expect(await pool.suspend()).toEqual({ waitingOnly: [1, 2, 3], suspended: [4, 5] });
    expect(pool.sizesOf("setStatus")).toEqual([1, 1]);
  });

  test("is the next one if GenAuth refuses the first", async () => {
    const pool = poolOf(3);
    pool.directory.poisoned.add(systemId(1));
    expect(await pool.suspend()).toEqual({ suspended: [2, 3], survived: { 1: REFUSED.message } });
    expect(pool.sizesOf("setStatus")).toEqual([1, 1, 1]);
  });

  test("is nobody any more once GenAuth has refused three", async () => {
    const pool = poolOf(20).whoseCallsFail("setStatus", REFUSED);
    const { survived = {} } = await pool.suspend();
    expect(survived).toMatchObject(each([1, 2, 3], REFUSED.message));
    expect(survived[20]).toContain("did not end as it should. See the message about person3@example.com");
    expect(pool.sizesOf("setStatus")).toEqual([1, 1, 1]);
  });

  test("ends the run if the key may not suspend", async () => {
    const pool = poolOf(120).whoseCallsFail("setStatus", WRONG_KEY);
    expect(await pool.suspend()).toEqual({ survived: each(numbers(120), WRONG_KEY.message) });
    expect(pool.sizesOf("setStatus")).toEqual([1]);
  });

  test("is sent again after lost answers", async () => {
    const pool = poolOf(3).whoseAnswerIsLost("setStatus", { first: 2 });
    expect(await pool.suspend()).toEqual({ suspended: [1, 2, 3] });
    expect(pool.sizesOf("setStatus")).toEqual([1, 1, 1, 2]);
  });

  test("is sent once more if a gateway answers in GenAuth's place", async () => {
    const pool = poolOf(3).whoseCallsFail("setStatus", UNSUCCESSFUL, { nth: 1 });
    expect(await pool.suspend()).toEqual({ suspended: [1, 2, 3] });
    expect(pool.sizesOf("setStatus")).toEqual([1, 1, 2]);
  });

  test("who is not confirmed suspended stops the others", async () => {
    const pool = poolOf(3).whoseCallsFail("setStatus", UNSUCCESSFUL);
    expect(await pool.suspend()).toEqual(stoppedAfter("may have changed the status", 3));
    expect(pool.sizesOf("setStatus")).toEqual([1, 1]);
  });

  test("whom no look-up confirms stops the others, because nobody knows what the suspension did", async () => {
    const pool = poolOf(3);
    pool.at("setStatus", 1, () => pool.whoseCallsFail("findUsers", REFUSED));
    expect(await pool.suspend()).toEqual(stoppedAfter("the new status could not be confirmed", 3));
    expect(pool.statuses()).toEqual({ 1: "Suspended" });
  });

  test("is the last after an interrupt", async () => {
    const pool = poolOf(3).at("setStatus", 1, () => pool.stop.abort());
    expect(await pool.suspend()).toEqual({
      suspended: [1],
      survived: each([2, 3], "Not attempted: interrupted."),
    });
    expect(pool.statuses()).toEqual({ 1: "Suspended" });
  });
});

describe("the record of the first user after the suspension", () => {
  const suspendWhile = async (before: object, after: object) => {
    const pool = poolOf(2);
    pool.recordFields = before;
    pool.at("setStatus", 1, () => void (pool.recordFields = after));
    return await pool.suspend();
  };

  test.each([
    { what: "a list in another order", before: { roles: ["a", "b"] }, after: { roles: ["b", "a"] } },
    {
      what: "the fields of an object in another order",
      before: { address: { city: "Paris", zip: "1" } },
      after: { address: { zip: "1", city: "Paris" } },
    },
    { what: "null in place of an absent field", before: {}, after: { nickname: null } },
    {
      what: "null in place of an absent field of an object",
      before: { address: { city: "Paris" } },
      after: { address: { city: "Paris", zip: null } },
    },
  ])("may hold $what, and the others are suspended", async ({ before, after }) => {
    expect(await suspendWhile(before, after)).toEqual({ suspended: [1, 2] });
  });

  test.each([
    { what: "a list without an entry", before: { its: ["a", "b"] }, after: { its: ["a"] } },
    {
      what: "an object with another field",
      before: { its: { city: "Paris" } },
      after: { its: { city: "Rome" } },
    },
    { what: "null in place of a value", before: { its: 0 }, after: { its: null } },
  ])("may not hold $what, and nobody else is suspended", async ({ before, after }) => {
    expect(await suspendWhile(before, after)).toEqual(
      stoppedAfter("The suspension also changed other fields of the user: its.", 2),
    );
  });
});

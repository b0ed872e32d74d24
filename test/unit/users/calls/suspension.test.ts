import { describe, expect, test } from "@jest/globals";
import { UserIdType } from "../../../../src/users";
import { failingRecord } from "../../../support/users/deletion-records";
import { OUTAGE, REFUSED, UNSUCCESSFUL, WRONG_KEY } from "../../../support/users/failures";
import { systemId } from "../../../support/users/people";
import { each, numbers, poolOf, type UserPool } from "../../../support/users/user-pool";

const REST =
  "the first suspension of this run did not end as it should. See the message about person1@example.com";
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

describe("the first user of a process", () => {
  test("who loses other fields stays suspended, the message says which, and nobody else is suspended", async () => {
    const pool = poolOf(60);
    pool.directory.wipes = ["phone", "externalId"];
    const { survived, ...others } = await pool.suspend();
    expect(others).toEqual({});
    expect(survived).toEqual({
      ...each(numbers(60, 2), REST),
      ...each([1], "The suspension also changed other fields of the user: externalId, phone."),
    });
    expect(survived?.[1]).toContain("Look at this user in GenAuth's console: the user stays suspended.");
    expect(survived?.[1]).toContain("Do not apply again before you know why");
    expect(pool.statuses()).toEqual({ 1: "Suspended" });
  });

  test("whom look-ups hide afterwards is named, and nobody else is suspended", async () => {
    const pool = poolOf(3);
    pool.directory.showsSuspended = false;
    const { survived, ...others } = await pool.suspend();
    expect(others).toEqual({});
    expect(survived).toEqual({
      ...each([1], "no longer show the user after the suspension"),
      ...each([2, 3], REST),
    });
    expect(survived?.[1]).toContain("Look at this user in GenAuth's console");
    expect(survived?.[1]).toContain("Do not apply again before you know why");
    expect(pool.statuses()).toEqual({ 1: "Suspended" });
  });

  test("whom look-ups by the declared id hide afterwards is named, too", async () => {
    const pool = poolOf(2).whoseLookUpsShowNobody({ by: UserIdType.EMAIL });
    expect(await pool.suspend()).toEqual({
      survived: { ...each([1], "no longer show the user after the suspension"), ...each([2], REST) },
    });
  });

  test("whose record cannot be read afterwards is named, and nobody else is suspended", async () => {
    const pool = poolOf(2);
    // After the call come the read-back of the status, and then the look-up of all fields.
    pool.at("setStatus", 1, () => pool.whoseCallsFail("findUsers", REFUSED, { nth: 2 }));
    expect(await pool.suspend()).toEqual({
      survived: { ...each([1], "could not be read after the suspension"), ...each([2], REST) },
    });
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

  test("is the next one if somebody else has changed the status of the first", async () => {
    const pool = poolOf(3).at("findUsers", 2, () => pool.setsStatus(1, "Archived"));
    expect(await pool.suspend()).toEqual({ waitingOnly: [1], suspended: [2, 3] });
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
    expect(await pool.suspend()).toEqual({
      survived: { ...each([1], "may have changed the status"), ...each([2, 3], REST) },
    });
    expect(pool.sizesOf("setStatus")).toEqual([1, 1]);
  });

  test("whom no look-up confirms stops the others, because nobody knows what the suspension did", async () => {
    const pool = poolOf(3);
    pool.at("setStatus", 1, () => pool.whoseCallsFail("findUsers", REFUSED));
    expect(await pool.suspend()).toEqual({
      survived: { ...each([1], "the new status could not be confirmed"), ...each([2, 3], REST) },
    });
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

  test("is read back until look-ups show the new status", async () => {
    const pool = poolOf(3);
    pool.directory.showsOldStatusFor = 2;
    expect(await pool.suspend()).toEqual({ suspended: [1, 2, 3] });
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

describe("a reactivation", () => {
  test("gives users their status back", async () => {
    const pool = await poolOf(60).suspendedBefore();
    expect(await pool.reactivate()).toEqual({ reactivated: numbers(60) });
    expect(pool.statuses()).toEqual({});
  });

  test("takes 50 users per call", async () => {
    const pool = await poolOf(60).suspendedBefore();
    await pool.reactivate();
    expect(pool.sizesOf("setStatus").sort()).toEqual([10, 50]);
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
    expect(pool.statuses()).toEqual(suspendedAre(1, 2, 3));
  };
  const suspended = () => poolOf(3).suspendedBefore();

  test("look-ups show nobody", async () => {
    await staySuspended((await suspended()).whoseLookUpsShowNobody(), "no longer shows");
  });

  test("look-ups fail", async () => {
    await staySuspended((await suspended()).whoseCallsFail("findUsers", OUTAGE), OUTAGE.message);
  });

  test("GenAuth refuses", async () => {
    await staySuspended((await suspended()).whoseCallsFail("setStatus", REFUSED), REFUSED.message);
  });

  test("the run is interrupted", async () => {
    const pool = await suspended();
    pool.stop.abort();
    await staySuspended(pool, "Not attempted: interrupted.");
  });
});

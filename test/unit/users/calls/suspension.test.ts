import { describe, expect, test } from "@jest/globals";
import { UserIdType } from "../../../../src/users";
import { CallPool, each, numbers } from "../support/call-pool";
import { SILENT_RECORD } from "../support/deletion";
import { LOST, OUTAGE, REFUSED, UNSUCCESSFUL, WRONG_KEY } from "../../../support/users/failures";
import type { Fault, ModelCall } from "../../../support/users/model-directory";
import { systemId } from "../../../support/users/people";

/** Answers so to the n-th call. */
const nth =
  (number: number, fault: Fault) =>
  (_: ModelCall, its: number): Fault =>
    its === number ? fault : undefined;
const always = (fault: Fault) => (): Fault => fault;
const REST =
  "the first suspension of this run did not end as it should. See the message about person1@example.com";
const statusOf = (who: readonly number[], status: string) =>
  Object.fromEntries(who.map((number) => [number, status]));

describe("a suspension", () => {
  test("takes the first user alone, and then 50 per call", async () => {
    const pool = new CallPool(120);
    expect(await pool.suspend()).toEqual({ suspended: numbers(120) });
    expect(pool.statuses()).toEqual(statusOf(numbers(120), "Suspended"));
    expect(pool.sizesOf("setStatus")[0]).toBe(1);
    expect(pool.sizesOf("setStatus").sort()).toEqual([1, 20, 49, 50]);
    expect(pool.directory.deleted).toEqual([]);
  });

  test("takes no user alone any more once the first of the process is confirmed", async () => {
    const pool = new CallPool(3);
    await pool.suspend();
    for (const number of numbers(3)) pool.setsStatus(number, "Activated");
    pool.directory.forget();
    expect(await pool.suspend()).toEqual({ suspended: [1, 2, 3] });
    expect(pool.sizesOf("setStatus")).toEqual([3]);
  });

  test("is recorded right before, once for each user", async () => {
    const noted: string[] = [];
    const pool = new CallPool(3).answers("setStatus", nth(1, { failure: LOST })).with({
      record: {
        ...SILENT_RECORD,
        keep: () => Promise.resolve({ ok: false, failure: REFUSED }),
        noteSuspension: (statuses) => {
          noted.push([...statuses].map(([{ userId }, status]) => `${userId} ${status}`).join());
          return Promise.resolve({ ok: true, value: undefined });
        },
      },
    });
    expect(await pool.suspend()).toEqual({ suspended: [1, 2, 3] });
    const [one = "", two = "", three = ""] = numbers(3).map((number) => `${systemId(number)} Activated`);
    expect(noted).toEqual([one, `${two},${three}`]);
  });

  test("that cannot be recorded is not made", async () => {
    const failure = { ...WRONG_KEY, message: "The record cannot be written." };
    const pool = new CallPool(3).with({
      record: {
        ...SILENT_RECORD,
        keep: () => Promise.resolve({ ok: false, failure }),
        noteSuspension: () => Promise.resolve({ ok: false, failure }),
      },
    });
    expect(await pool.suspend()).toEqual({ survived: each([1, 2, 3], failure.message) });
    expect(pool.sizesOf("setStatus")).toEqual([]);
  });

  test.each<[story: string, disturb: (pool: CallPool) => void, why: string]>([
    ["GenAuth tells no time", ({ directory }) => void (directory.serviceTime = () => undefined), "no Date header"], // oxfmt-ignore
    ["no status is shown", ({ directory }) => void (directory.showsStatus = false), "not show the user's status"], // oxfmt-ignore
    ["nobody is shown", (pool) => void pool.answers("findUsers", always({ omit: true })), "no longer shows"],
    ["look-ups fail", (pool) => void pool.answers("findUsers", always({ failure: OUTAGE })), OUTAGE.message], // oxfmt-ignore
    ["the run is interrupted", ({ stop }) => stop.abort(), "Not attempted: interrupted."],
  ])("is not made if %s", async (_, disturb, why) => {
    const pool = new CallPool(3);
    disturb(pool);
    expect(await pool.suspend()).toEqual({ survived: each([1, 2, 3], why) });
    expect(pool.sizesOf("setStatus")).toEqual([]);
  });

  test("leaves a user alone who is protected by then", async () => {
    const pool = new CallPool(3).with({
      findProtectedId: ({ userId }) =>
        userId === systemId(2) ? { type: UserIdType.USER_ID, id: userId } : undefined,
    });
    expect(await pool.suspend()).toEqual({ suspended: [1, 3], leftAlone: { 2: "protected" } });
    expect(pool.statuses()).toEqual(statusOf([1, 3], "Suspended"));
  });

  test("leaves the status of a user who is not active, and the user waits", async () => {
    const pool = new CallPool(3);
    pool.setsStatus(1, "Archived");
    expect(await pool.suspend()).toEqual({ waitingOnly: [1], suspended: [2, 3] });
    expect(pool.statuses()).toEqual({ 1: "Archived", 2: "Suspended", 3: "Suspended" });
  });
});

describe("the first user of a process", () => {
  test("who loses other fields stays suspended, the message says which, and nobody else is suspended", async () => {
    const pool = new CallPool(60);
    pool.directory.wipes = ["phone", "externalId"];
    const { survived, ...others } = await pool.suspend();
    expect(others).toEqual({});
    expect(survived).toEqual({
      ...each(numbers(60, 2), REST),
      ...each([1], "The suspension also changed other fields of the user: externalId, phone."),
    });
    expect(survived?.[1]).toContain("Look at this user in GenAuth's console: the user stays suspended.");
    expect(pool.statuses()).toEqual({ 1: "Suspended" });
  });

  test("whom look-ups hide afterwards is named, and nobody else is suspended", async () => {
    const pool = new CallPool(3);
    pool.directory.showsSuspended = false;
    expect(await pool.suspend()).toEqual({
      survived: { ...each([1], "no longer shows the user"), ...each([2, 3], REST) },
    });
    expect(pool.statuses()).toEqual({ 1: "Suspended" });
  });

  test("whom look-ups by the declared id hide afterwards is named, too", async () => {
    const pool = new CallPool(2).answers("findUsers", ({ type }) =>
      type === UserIdType.EMAIL ? { omit: true } : undefined,
    );
    expect(await pool.suspend()).toEqual({
      survived: { ...each([1], "no longer show the user after the suspension"), ...each([2], REST) },
    });
  });

  test("whose record cannot be read afterwards is named, and nobody else is suspended", async () => {
    const pool = new CallPool(2);
    pool.at("setStatus", 1, () => {
      let looks = 0;
      // The read-back of the status, and then all fields.
      pool.answers("findUsers", () => ((looks += 1) === 2 ? { failure: REFUSED } : undefined));
    });
    expect(await pool.suspend()).toEqual({
      survived: { ...each([1], "could not be read after the suspension"), ...each([2], REST) },
    });
  });

  test("stops all sets of the process", async () => {
    const pool = new CallPool(2);
    pool.directory.wipes = ["phone"];
    await pool.suspend();
    pool.directory.wipes = [];
    pool.directory.forget();
    expect(await pool.suspend()).toEqual({ survived: each([1, 2], REST) });
    expect(pool.directory.calls).toEqual([]);
  });

  test("is the next one if somebody else has changed the status of the first", async () => {
    const pool = new CallPool(3).at("findUsers", 2, () => pool.setsStatus(1, "Archived"));
    expect(await pool.suspend()).toEqual({ waitingOnly: [1], suspended: [2, 3] });
    expect(pool.sizesOf("setStatus")).toEqual([1, 1]);
  });

  test("is the next one if GenAuth refuses the first", async () => {
    const pool = new CallPool(3);
    pool.directory.poisoned.add(systemId(1));
    expect(await pool.suspend()).toEqual({ suspended: [2, 3], survived: { 1: REFUSED.message } });
    expect(pool.sizesOf("setStatus")).toEqual([1, 1, 1]);
  });

  test("is nobody any more once GenAuth has refused three", async () => {
    const pool = new CallPool(20).answers("setStatus", always({ failure: REFUSED }));
    const { survived = {} } = await pool.suspend();
    expect(survived).toMatchObject(each([1, 2, 3], REFUSED.message));
    expect(survived[20]).toContain("did not end as it should. See the message about person3@example.com");
    expect(pool.sizesOf("setStatus")).toEqual([1, 1, 1]);
  });

  test("ends the run if the key may not suspend", async () => {
    const pool = new CallPool(120).answers("setStatus", always({ failure: WRONG_KEY }));
    expect(await pool.suspend()).toEqual({ survived: each(numbers(120), WRONG_KEY.message) });
    expect(pool.sizesOf("setStatus")).toEqual([1]);
  });

  test("is sent again after lost answers", async () => {
    const pool = new CallPool(3).answers("setStatus", (_, its) => (its <= 2 ? { failure: LOST } : undefined));
    expect(await pool.suspend()).toEqual({ suspended: [1, 2, 3] });
    expect(pool.sizesOf("setStatus")).toEqual([1, 1, 1, 2]);
  });

  test("is sent once more if a gateway answers in GenAuth's place", async () => {
    const pool = new CallPool(3).answers("setStatus", nth(1, { failure: UNSUCCESSFUL }));
    expect(await pool.suspend()).toEqual({ suspended: [1, 2, 3] });
    expect(pool.sizesOf("setStatus")).toEqual([1, 1, 2]);
  });

  test("who is not confirmed suspended stops the others", async () => {
    const pool = new CallPool(3).answers("setStatus", always({ failure: UNSUCCESSFUL }));
    expect(await pool.suspend()).toEqual({
      survived: { ...each([1], "may have changed the status"), ...each([2, 3], REST) },
    });
    expect(pool.sizesOf("setStatus")).toEqual([1, 1]);
  });

  test("whom no look-up confirms stops the others, because nobody knows what the suspension did", async () => {
    const pool = new CallPool(3);
    pool.at("setStatus", 1, () => void pool.answers("findUsers", always({ failure: REFUSED })));
    expect(await pool.suspend()).toEqual({
      survived: { ...each([1], "the new status could not be confirmed"), ...each([2, 3], REST) },
    });
    expect(pool.statuses()).toEqual({ 1: "Suspended" });
  });

  test("is the last after an interrupt", async () => {
    const pool = new CallPool(3).at("setStatus", 1, () => pool.stop.abort());
    expect(await pool.suspend()).toEqual({
      suspended: [1],
      survived: each([2, 3], "Not attempted: interrupted."),
    });
    expect(pool.statuses()).toEqual({ 1: "Suspended" });
  });
});

describe("a call that suspends 49 more", () => {
  test.each([REFUSED, UNSUCCESSFUL])(
    "is halved until the bad user stands alone: $message",
    async (failure) => {
      const pool = new CallPool(50).answers("setStatus", ({ ids }) =>
        ids.includes(systemId(33)) ? { failure } : undefined,
      );
      const others = numbers(50).filter((number) => number !== 33);
      expect(await pool.suspend()).toEqual({ suspended: others, survived: each([33], failure.message) });
      expect(pool.statuses()).toEqual(statusOf(others, "Suspended"));
    },
  );

  test("without an effect is not believed", async () => {
    const pool = new CallPool(3).answers("setStatus", nth(2, { lie: true }));
    expect(await pool.suspend()).toEqual({
      suspended: [1],
      survived: each([2, 3], "GenAuth answered success, but the user's status is still Activated."),
    });
  });

  test("whose answer is lost, although it took effect, is not repeated, and the set has suspended them", async () => {
    const pool = new CallPool(3).answers("setStatus", nth(2, { failure: LOST, after: true }));
    expect(await pool.suspend()).toEqual({ suspended: [1, 2, 3] });
    expect(pool.sizesOf("setStatus")).toEqual([1, 2]);
  });

  test("and is lost does not overwrite what somebody else has set meanwhile", async () => {
    const pool = new CallPool(3).answers("setStatus", nth(2, { failure: LOST }));
    pool.at("setStatus", 2, () => pool.setsStatus(2, "Archived"));
    expect(await pool.suspend()).toEqual({
      suspended: [1, 3],
      survived: each([2], "Somebody else has changed the status to Archived meanwhile"),
    });
    expect(pool.statuses()).toEqual({ 1: "Suspended", 2: "Archived", 3: "Suspended" });
  });

  test("does not name a user whose status somebody else has set since the first look-up", async () => {
    const pool = new CallPool(3).at("setStatus", 1, () => pool.setsStatus(2, "Archived"));
    expect(await pool.suspend()).toEqual({ suspended: [1, 3], waitingOnly: [2] });
    expect(pool.statuses()).toMatchObject({ 2: "Archived" });
  });

  test("does not count as the set's own for a user whom somebody else has suspended before it", async () => {
    const pool = new CallPool(3).at("setStatus", 1, () => pool.setsStatus(2, "Suspended"));
    expect(await pool.suspend()).toEqual({ suspended: [1, 3], waitingOnly: [2] });
  });

  test("after which no look-up succeeds leaves survivors", async () => {
    const pool = new CallPool(3);
    pool.at("setStatus", 2, () => pool.answers("findUsers", always({ failure: REFUSED })));
    expect(await pool.suspend()).toEqual({
      suspended: [1],
      survived: each([2, 3], "GenAuth answered success, but the new status could not be confirmed"),
    });
  });

  test("after which nobody is shown leaves survivors", async () => {
    const pool = new CallPool(3);
    pool.at("setStatus", 2, () => void (pool.directory.showsSuspended = false));
    expect(await pool.suspend()).toEqual({
      suspended: [1],
      survived: each([2, 3], "GenAuth answered success, but no longer shows the user."),
    });
  });

  test("is read back until look-ups show the new status", async () => {
    const pool = new CallPool(3);
    pool.directory.showsOldStatusFor = 2;
    expect(await pool.suspend()).toEqual({ suspended: [1, 2, 3] });
  });
});

describe("whether this set suspended a user", () => {
  test("is certain if GenAuth shows a time after the call, even late", async () => {
    const pool = new CallPool(1);
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
    const pool = new CallPool(1).at("setStatus", 1, () => void (pool.directory.time -= 4_000));
    expect(await pool.suspend()).toEqual({ suspended: [1] });
  });

  test("is not certain if GenAuth shows no time", async () => {
    const pool = new CallPool(1);
    pool.directory.statusChangedAt = "hidden";
    expect(await pool.suspend()).toEqual({ waitingOnly: [1] });
  });

  test("is not certain if the time that GenAuth shows is before the call", async () => {
    const pool = new CallPool(1);
    pool.setsStatus(1, "Activated");
    pool.directory.letPass(1);
    pool.directory.statusChangedAt = "unchanged";
    expect(await pool.suspend()).toEqual({ waitingOnly: [1] });
    expect(pool.statuses()).toEqual({ 1: "Suspended" });
  });
});

describe("a reactivation", () => {
  test("gives users their status back, 50 per call", async () => {
    const pool = await new CallPool(60).suspendedBefore();
    expect(await pool.reactivate()).toEqual({ reactivated: numbers(60) });
    expect(pool.statuses()).toEqual({});
    expect(pool.sizesOf("setStatus").sort()).toEqual([10, 50]);
  });

  test("leaves a user alone whose status somebody else has changed", async () => {
    const pool = await new CallPool(3).suspendedBefore();
    pool.at("findUsers", 1, () => pool.setsStatus(1, "Archived"));
    expect(await pool.reactivate()).toEqual({ reactivated: [2, 3], leftAlone: { 1: "status_changed" } });
    expect(pool.statuses()).toEqual({ 1: "Archived" });
  });

  test("leaves a user alone whom somebody else has suspended anew", async () => {
    const pool = await new CallPool(2).suspendedBefore();
    pool.at("findUsers", 1, () => {
      pool.setsStatus(1, "Activated");
      pool.setsStatus(1, "Suspended");
    });
    expect(await pool.reactivate()).toEqual({ reactivated: [2], leftAlone: { 1: "status_changed" } });
  });

  test.each<[story: string, disturb: (pool: CallPool) => void, why: string]>([
    ["nobody is shown", (pool) => void pool.answers("findUsers", always({ omit: true })), "no longer shows"],
    ["look-ups fail", (pool) => void pool.answers("findUsers", always({ failure: OUTAGE })), OUTAGE.message], // oxfmt-ignore
    ["GenAuth refuses", (pool) => void pool.answers("setStatus", always({ failure: REFUSED })), REFUSED.message], // oxfmt-ignore
    ["the run is interrupted", ({ stop }) => stop.abort(), "Not attempted: interrupted."],
  ])("that is not made if %s leaves survivors, who stay suspended", async (_, disturb, why) => {
    const pool = await new CallPool(3).suspendedBefore();
    disturb(pool);
    expect(await pool.reactivate()).toEqual({ survived: each([1, 2, 3], why) });
    expect(pool.statuses()).toEqual(statusOf([1, 2, 3], "Suspended"));
  });

  test("without an effect is not believed", async () => {
    const pool = await new CallPool(1).suspendedBefore();
    pool.answers("setStatus", always({ lie: true }));
    expect(await pool.reactivate()).toEqual({
      survived: each([1], "GenAuth answered success, but the user's status is still Suspended."),
    });
  });
});

import { describe, expect, test } from "@jest/globals";
import { FirstSuspension, type SetChange } from "../../../../src/users";
import type { DeletionProgress } from "../../../../src/users/calls/delete-users";
import { type Fate, type Leaver, noCall } from "../../../../src/users/fate";
import type { Reason } from "../../../../src/users/reasons";
import { RELEASED } from "../../../../src/users/change/waiting";
import { LOST } from "../../../support/users/failures";
import { ModelDirectory, readerOf } from "../../../support/users/model-directory";
import { SUSPENDED } from "../../../support/users/waiting";
import { ada, ADA, carryOutForAda, deletion, suspended, unchanged } from "../support/ada-carried-out";

const suspension: Fate = { kind: "suspend", userId: ada.userId };

describe("a user who leaves, and whom the change suspends for 14 days", () => {
  const suspendAda = (pool: ModelDirectory, change: Partial<SetChange> = {}) =>
    carryOutForAda({
      pool,
      list: "leaving",
      leaver: { fate: suspension },
      calls: { firstSuspension: new FirstSuspension(readerOf(pool)) },
      change: { suspendDays: 14, ...change },
    });
  /** The pool with Ada as she is now, on January 1st at nine. */
  const poolWith = (user: typeof ada) =>
    Object.assign(new ModelDirectory([user]), { time: Date.parse("2026-01-01T09:00:00Z") });
  /** 14 days later, rounded up to midnight, so that all users of an apply have one day. */
  const deleteFrom = "2026-01-16T00:00:00Z";

  test("is suspended if active, waits until the midnight after these days, and counts as suspended by this set", async () => {
    const pool = poolWith(ada);
    expect(await suspendAda(pool)).toMatchObject([
      { ending: { kind: "suspended", user: { id: ADA, status: "Suspended", isOurs: true, deleteFrom } } },
    ]);
    expect(pool.get(ada.userId)?.status).toBe("Suspended");
  });

  test("waits for the same day if somebody else has suspended the user, but does not count as suspended by this set", async () => {
    const pool = poolWith(suspended);
    expect(await suspendAda(pool)).toMatchObject([
      { ending: { kind: "suspended", user: { id: ADA, ...SUSPENDED, isOurs: false, deleteFrom } } },
    ]);
    expect(pool.statusesSet).toEqual([]);
  });

  test("keeps account and status if the look-up right before the call shows a retained id", async () => {
    const pool = poolWith(ada);
    expect(await suspendAda(pool, { retained: [ADA] })).toEqual([
      { fate: noCall({ kind: "retained" }), ending: unchanged },
    ]);
    expect(pool.statusesSet).toEqual([]);
  });
});

describe("a user who waits, is declared again, and whom the change reactivates", () => {
  const fate: Fate = { kind: "reactivate", user: suspended };

  test("has access again", async () => {
    const pool = new ModelDirectory([suspended]);
    expect(await carryOutForAda({ pool, list: "waiting", leaver: { fate } })).toEqual([
      { fate, ending: { kind: "reactivated" } },
    ]);
    expect(pool.get(ada.userId)?.status).toBe("Activated");
  });

  test("is released, and keeps the status that somebody else has set meanwhile", async () => {
    const pool = new ModelDirectory([{ ...ada, status: "Resigned" }]);
    expect(await carryOutForAda({ pool, list: "waiting", leaver: { fate } })).toEqual([
      { fate: RELEASED.changed({ status: "Resigned" }), ending: unchanged },
    ]);
    expect(pool.get(ada.userId)?.status).toBe("Resigned");
  });
});

describe("the progress of deletions", () => {
  const progressOf = async (fate: Fate) => {
    const told: DeletionProgress[] = [];
    const calls = { onProgress: (progress: DeletionProgress) => void told.push(progress) };
    await carryOutForAda({ pool: new ModelDirectory([ada]), list: "leaving", leaver: { fate }, calls });
    return told;
  };

  test("is told at the start and at the end", async () => {
    expect(await progressOf(deletion)).toEqual([
      { done: 0, total: 1, gone: 0 },
      { done: 1, total: 1, gone: 1 },
    ]);
  });

  test("is not told if nobody is deleted", async () => {
    expect(await progressOf(noCall({ kind: "never_found" }))).toEqual([]);
  });
});

test("a suspension without the FirstSuspension of the process is an error of this program, and suspends nobody", async () => {
  const pool = new ModelDirectory([ada]);
  await expect(carryOutForAda({ pool, list: "leaving", leaver: { fate: suspension } })).rejects.toThrow(
    "A set that suspends users needs to know the first suspension of the process.",
  );
  expect(pool.statusesSet).toEqual([]);
});

test("before any pool can be reached, a user whom the change deletes stays as before", async () => {
  const pool = new ModelDirectory([ada]);
  const leaver = { fate: deletion };
  expect(await carryOutForAda({ pool, list: "leaving", leaver, calls: undefined })).toEqual([
    { fate: deletion, ending: unchanged },
  ]);
});

describe("a user for whom the change makes no call", () => {
  /** How it ends for Ada, in a pool that could be called, and is not. */
  const endingOf = async (list: "leaving" | "waiting", reason: Reason, more: Partial<Leaver> = {}) => {
    const pool = new ModelDirectory([ada]);
    const [ended] = await carryOutForAda({ pool, list, leaver: { fate: noCall(reason), ...more } });
    expect(pool.calls).toEqual([]);
    return ended?.ending;
  };

  test("ends as a survivor if the look-up failed, with the failure", async () => {
    expect(await endingOf("leaving", { kind: "not_looked_up", failure: LOST })).toEqual({
      kind: "survivor",
      reason: "The answer was lost.",
      failure: LOST,
    });
  });

  test("ends as a survivor if the plan did not show that the user leaves", async () => {
    expect(await endingOf("leaving", { kind: "not_planned" })).toEqual({
      kind: "survivor",
      reason: expect.stringContaining("the plan did not include them"),
    });
  });

  const statusNotShown: Reason = { kind: "uncertain", because: "GenAuth does not show their status." };

  test("ends as a survivor if the user is declared again, and the look-up leaves it open whether to reactivate", async () => {
    expect(await endingOf("waiting", statusNotShown, { returns: true })).toEqual({
      kind: "survivor",
      reason: "GenAuth does not show their status.",
    });
  });

  test.each<{ who: string; reason: Reason; returns?: boolean }>([
    {
      who: "the user is declared again, and the plan did not show it",
      reason: { kind: "return_not_planned" },
      returns: true,
    },
    { who: "the user is not declared again, and the look-up left the status open", reason: statusNotShown },
    { who: "the day has not come", reason: { kind: "wait" } },
  ])("waits on if $who", async ({ reason, returns }) => {
    expect(await endingOf("waiting", reason, { returns })).toEqual(unchanged);
  });
});

import { describe, expect, test } from "@jest/globals";
import { type DirectoryUser, FirstSuspension } from "../../../../src/users";
import { type ChangeCalls } from "../../../../src/users/change/carry-out";
import { type Fate, noCall } from "../../../../src/users/fate";
import { RELEASED } from "../../../../src/users/change/waiting";
import { LOST } from "../../../support/users/failures";
import { ModelDirectory, readerOf } from "../../../support/users/model-directory";
import { SUSPENDED } from "../../../support/users/waiting";
import {
  ada,
  ADA,
  carryOutForAda,
  deletion,
  type Story,
  suspended,
  unchanged,
} from "../support/ada-carried-out";

describe("somebody who leaves with the change, and who right before the suspension", () => {
  const fate: Fate = { kind: "suspend", userId: ada.userId };
  const suspend = (users: readonly DirectoryUser[], story: Partial<Story> = {}) => {
    const pool = new ModelDirectory(users);
    return carryOutForAda({
      pool,
      list: "leaving",
      leaver: { fate },
      calls: callsOfStatuses(pool),
      ...story,
      change: { suspendDays: 14, ...story.change },
    });
  };
  const endingUser = (changes: object) => [
    { fate, ending: { kind: "suspended", user: expect.objectContaining(changes) } },
  ];

  test("has a retained id, is kept", async () => {
    expect(await suspend([ada], { change: { retained: [ADA] } })).toEqual([
      { fate: noCall({ kind: "retained" }), ending: unchanged },
    ]);
  });

  test("is active, waits the full days, and counts as suspended by this set", async () => {
    expect(await suspend([ada])).toEqual(
      endingUser({ id: ADA, isOurs: true, deleteFrom: "2026-01-16T00:00:00Z" }),
    );
  });

  test("is suspended by somebody else, waits, and is not reactivated later", async () => {
    expect(await suspend([suspended])).toEqual(endingUser({ ...SUSPENDED, isOurs: false }));
  });
});

describe("somebody who is declared again", () => {
  const fate: Fate = { kind: "reactivate", user: suspended };
  const reactivate = (pool: ModelDirectory) =>
    carryOutForAda({ pool, list: "waiting", leaver: { fate }, calls: callsOfStatuses(pool) });

  test("is reactivated", async () => {
    const pool = new ModelDirectory([suspended]);
    expect(await reactivate(pool)).toEqual([{ fate, ending: { kind: "reactivated" } }]);
    expect(pool.get(ada.userId)?.status).toBe("Activated");
  });

  test("is released if somebody has changed the status meanwhile", async () => {
    expect(await reactivate(new ModelDirectory([{ ...ada, status: "Resigned" }]))).toEqual([
      { fate: RELEASED.changed({ status: "Resigned" }), ending: unchanged },
    ]);
  });
});

test("the progress of deletions is told only if somebody is deleted", async () => {
  const progressOf = async (fate: Fate) => {
    const told: number[] = [];
    const calls = { onProgress: ({ total }: { readonly total: number }) => void told.push(total) };
    await carryOutForAda({ pool: new ModelDirectory([ada]), list: "leaving", leaver: { fate }, calls });
    return told;
  };
  expect(await progressOf(deletion)).toEqual([1, 1]);
  expect(await progressOf(noCall({ kind: "never_found" }))).toEqual([]);
});

test("without what a suspension needs, no call is made", async () => {
  const pool = new ModelDirectory([ada]);
  const leaver = { fate: { kind: "suspend", userId: ada.userId } as const };
  await expect(carryOutForAda({ pool, list: "leaving", leaver })).rejects.toThrow("the first suspension");
  expect(pool.calls).toEqual([]);
});

describe("without a call", () => {
  const endingOf = async (leaver: Story["leaver"]) => {
    const pool = new ModelDirectory([ada]);
    const [ended] = await carryOutForAda({ pool, list: "waiting", leaver, calls: undefined });
    expect(pool.calls).toEqual([]);
    return ended?.ending;
  };

  test("a user who could not be looked up survives, with the failure", async () => {
    const fate = noCall({ kind: "not_looked_up", failure: LOST });
    expect(await endingOf({ fate })).toEqual({ kind: "survivor", reason: LOST.message, failure: LOST });
  });

  test("a user whom the plan did not show survives", async () => {
    expect(await endingOf({ fate: noCall({ kind: "not_planned" }) })).toEqual({
      kind: "survivor",
      reason: expect.stringContaining("plan"),
    });
  });

  test("a user who is declared again, and was not found out, survives", async () => {
    const fate = noCall({ kind: "uncertain", because: "Why." });
    expect(await endingOf({ fate, returns: true })).toMatchObject({ kind: "survivor", reason: "Why." });
  });

  test.each<{ who: string; fate: Fate; returns?: boolean }>([
    {
      who: "a user who is declared again, and whose reactivation the plan did not show",
      fate: noCall({ kind: "return_not_planned" }),
      returns: true,
    },
    { who: "a user who waits, and was not found out", fate: noCall({ kind: "uncertain", because: "Why." }) },
    { who: "a user whose day has not come", fate: noCall({ kind: "wait" }) },
    { who: "a user who would be deleted", fate: deletion },
  ])("nothing happens to $who", async ({ fate, returns }) => {
    expect(await endingOf({ fate, returns })).toEqual(unchanged);
  });
});

/** What a suspension needs. */
function callsOfStatuses(pool: ModelDirectory): Partial<ChangeCalls> {
  return { firstSuspension: new FirstSuspension(readerOf(pool)) };
}

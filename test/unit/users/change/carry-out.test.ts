import { describe, expect, test } from "@jest/globals";
import {
  type ChangeContext,
  type DirectoryUser,
  FirstSuspension,
  ProtectedUsers,
  type SetChange,
  UserIdType,
} from "../../../../src/users";
import { carryOut, type ChangeCalls } from "../../../../src/users/change/carry-out";
import { type Fate, type Leaver, noCall } from "../../../../src/users/fate";
import { NO_STATUS, RELEASED } from "../../../../src/users/change/waiting";
import { SILENT_RECORD } from "../../../support/users/deletion-records";
import { LOST } from "../../../support/users/failures";
import { ModelDirectory, readerOf } from "../../../support/users/model-directory";
import { idOf, person } from "../../../support/users/people";
import { contextOn, unlimitedChange } from "../support/set-change";

const ada = person(1);
const bob = person(2);
const id = idOf(ada, UserIdType.EMAIL);
const waiting = {
  id,
  label: "",
  userId: ada.userId,
  isOurs: true,
  deleteFrom: "2026-01-01T00:00:00Z",
};
const NOBODY = {
  leaving: [],
  waiting: [],
  lockedOut: [],
  resolutions: new Map(),
  refusals: [],
  isRightPool: true,
};
const protecting = (type: UserIdType, ...ids: readonly string[]) => ProtectedUsers.of(new Map([[type, ids]]));

interface Story {
  readonly pool: ModelDirectory;
  readonly list: "leaving" | "waiting";
  readonly leaver: Pick<Leaver, "fate"> & Partial<Leaver>;
  readonly change?: Partial<SetChange>;
  readonly context?: Partial<ChangeContext>;
  readonly calls?: Partial<ChangeCalls> | undefined;
}

/** Carries out the fate of Ada. */
async function carryOutForAda({ pool, list, leaver, change, context, ...given }: Story) {
  const whole = unlimitedChange({ type: UserIdType.EMAIL, prior: new Map(), declared: new Map(), ...change });
  const calls = {
    directory: pool,
    maxAttempts: 1,
    confirmWithinMs: 0,
    sleep: () => Promise.resolve(),
    ...given.calls,
  };
  const endings = await carryOut(
    whole,
    { ...NOBODY, [list]: [{ id, label: "", ...leaver }] },
    contextOn(pool, context),
    "calls" in given && !given.calls ? undefined : calls,
  );
  return endings[list].map(({ fate, ending }) => ({ fate, ending }));
}

/** Deletes Ada, who is protected by her phone when the deletion record reads her. */
async function keepLate(leaver: Pick<Leaver, "fate">, list: "leaving" | "waiting") {
  const pool = new ModelDirectory([ada]);
  const record = {
    ...SILENT_RECORD,
    keep: () => Promise.resolve({ ok: true as const, value: new Map([[ada.userId, ada]]) }),
  };
  const endings = await carryOutForAda({
    pool,
    list,
    leaver: { ...leaver, waiting: { ...waiting, isDue: list === "waiting" } },
    context: { protectedUsers: protecting(UserIdType.PHONE, idOf(ada, UserIdType.PHONE)) },
    calls: { record },
  });
  expect(pool.deleted).toEqual([]);
  return endings;
}

const deletion = { kind: "delete", userId: ada.userId } as const;
const unchanged = { kind: "unchanged" };

describe("somebody who waits, and is protected right before the call that deletes", () => {
  const reason = { kind: "protected", type: UserIdType.PHONE, id: idOf(ada, UserIdType.PHONE) };

  test("is released if the day has come", async () => {
    const fate = { ...deletion, due: { status: ada.status ?? "", deleteFrom: waiting.deleteFrom } };
    expect(await keepLate({ fate }, "waiting")).toEqual([
      { fate: RELEASED.protected(`by phone ${idOf(ada, UserIdType.PHONE)}`), ending: unchanged },
    ]);
  });

  test("is kept if the id leaves the set once more with this change", async () => {
    expect(await keepLate({ fate: deletion }, "leaving")).toEqual([
      { fate: { kind: "no_call", reason }, ending: unchanged },
    ]);
  });
});

const mark = { status: "Suspended", statusChangedAt: "2026-01-01T09:00:00.000Z" };
const suspended: DirectoryUser = { ...ada, ...mark };

describe("somebody whose day has come, and who right before the call", () => {
  const fate = { ...deletion, due: { ...mark, deleteFrom: waiting.deleteFrom } };
  const phone = idOf(ada, UserIdType.PHONE);
  const elsewhere = { ...suspended, email: "elsewhere@example.com" };
  const bobInstead = { ...bob, email: id };
  const byPhone = RELEASED.protected(`by phone ${phone}`);
  const ITS_PHONE = protecting(UserIdType.PHONE, phone);
  const ITS_EMAIL = protecting(UserIdType.EMAIL, id);
  const NOBODY_ELSE = protecting(UserIdType.EMAIL);

  /** Nobody is deleted from a pool of these users, and this becomes of Ada. */
  const becomesOfAda = async (
    users: readonly DirectoryUser[],
    expected: Fate,
    story: Pick<Story, "change" | "context"> = {},
  ) => {
    const pool = new ModelDirectory(users);
    const leaver = { fate, waiting: { ...waiting, ...mark, isDue: true } };
    expect(await carryOutForAda({ pool, list: "waiting", leaver, ...story })).toEqual([
      { fate: expected, ending: unchanged },
    ]);
    expect(pool.deleted).toEqual([]);
  };

  test("has a retained id, is released", async () => {
    await becomesOfAda([suspended], RELEASED.retained, { change: { retained: [id] } });
  });

  test("has another status, is released", async () => {
    await becomesOfAda([{ ...suspended, status: "Resigned" }], RELEASED.changed({ status: "Resigned" }));
  });

  test("shows no status, waits on", async () => {
    await becomesOfAda([person(1, { status: undefined })], NO_STATUS);
  });

  test("has another id, is released", async () => {
    await becomesOfAda([elsewhere], RELEASED.otherId(elsewhere));
  });

  test("has lost the id to somebody else, or shares it, is released", async () => {
    await becomesOfAda([elsewhere, bobInstead], RELEASED.otherId(bobInstead));
    await becomesOfAda([suspended, bobInstead], RELEASED.otherId(bobInstead));
  });

  test("is protected by the operator, is released", async () => {
    const context = { protectedUsers: ITS_PHONE, operatorProtected: ITS_PHONE };
    await becomesOfAda([suspended], byPhone, { context });
  });

  test("is declared by another set, waits on, because the next plan reactivates the user", async () => {
    const because = expect.stringContaining("another set declares them meanwhile") as unknown as string;
    const context = { protectedUsers: ITS_PHONE, operatorProtected: NOBODY_ELSE };
    await becomesOfAda([suspended], noCall({ kind: "held", because }), { context });
  });

  test("is protected by the operator and declared by another set, is released for good", async () => {
    const context = { protectedUsers: ITS_EMAIL, operatorProtected: ITS_PHONE };
    await becomesOfAda([suspended], byPhone, { context });
  });

  const waitsOnBecause = async (pool: ModelDirectory, why: string) => {
    const leaver = { fate, waiting: { ...waiting, ...mark, isDue: true } };
    const because = expect.stringContaining(why) as unknown as string;
    expect(await carryOutForAda({ pool, list: "waiting", leaver })).toEqual([
      { fate: noCall({ kind: "held", because }), ending: unchanged },
    ]);
    expect(pool.deleted).toEqual([]);
  };

  test("finds GenAuth's clock before the day, waits on", async () => {
    const pool = new ModelDirectory([suspended]);
    pool.letPass(-1);
    await waitsOnBecause(pool, "GenAuth's clock says 2025-12-31, and their day is 2026-01-01.");
  });

  test("gets no time from GenAuth, waits on", async () => {
    const pool = Object.assign(new ModelDirectory([suspended]), { serviceTime: () => undefined });
    await waitsOnBecause(pool, "GenAuth's answers hold no Date header");
  });

  test("is as expected, is deleted", async () => {
    const pool = new ModelDirectory([suspended]);
    const leaver = { fate, waiting: { ...waiting, ...mark, isDue: true } };
    expect(await carryOutForAda({ pool, list: "waiting", leaver })).toEqual([
      { fate, ending: { kind: "gone" } },
    ]);
    expect(pool.deleted).toEqual([ada.userId]);
  });
});

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
    expect(await suspend([ada], { change: { retained: [id] } })).toEqual([
      { fate: noCall({ kind: "retained" }), ending: unchanged },
    ]);
  });

  test("is active, waits the full days, and counts as suspended by this set", async () => {
    expect(await suspend([ada])).toEqual(
      endingUser({ id, isOurs: true, deleteFrom: "2026-01-16T00:00:00Z" }),
    );
  });

  test("is suspended by somebody else, waits, and is not reactivated later", async () => {
    expect(await suspend([suspended])).toEqual(endingUser({ ...mark, isOurs: false }));
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

  test.each<{ who: string; fate: Fate }>([
    { who: "a user who waits, and was not found out", fate: noCall({ kind: "uncertain", because: "Why." }) },
    { who: "a user whose day has not come", fate: noCall({ kind: "wait" }) },
    { who: "a user who would be deleted", fate: deletion },
  ])("nothing happens to $who", async ({ fate }) => {
    expect(await endingOf({ fate })).toEqual(unchanged);
  });
});

/** What a suspension needs. */
function callsOfStatuses(pool: ModelDirectory): Partial<ChangeCalls> {
  return { firstSuspension: new FirstSuspension(readerOf(pool)) };
}

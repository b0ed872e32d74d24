import { describe, expect, test } from "@jest/globals";
import { type DirectoryUser, ProtectedUsers, UserIdType } from "../../../../src/users";
import { type Fate, type Leaver, noCall } from "../../../../src/users/fate";
import { NO_STATUS, RELEASED } from "../../../../src/users/change/waiting";
import { SILENT_RECORD } from "../../../support/users/deletion-records";
import { ModelDirectory } from "../../../support/users/model-directory";
import { idOf, person } from "../../../support/users/people";
import {
  ada,
  ADA,
  carryOutForAda,
  deletion,
  mark,
  type Story,
  suspended,
  unchanged,
  waiting,
} from "../support/ada-carried-out";

const bob = person(2);
const protecting = (type: UserIdType, ...ids: readonly string[]) => ProtectedUsers.of(new Map([[type, ids]]));

describe("somebody whose day has come, and who right before the call", () => {
  const fate = { ...deletion, due: { ...mark, deleteFrom: waiting.deleteFrom } };
  const phone = idOf(ada, UserIdType.PHONE);
  const elsewhere = { ...suspended, email: "elsewhere@example.com" };
  const bobInstead = { ...bob, email: ADA };
  const byPhone = RELEASED.protected(`by phone ${phone}`);
  const ITS_PHONE = protecting(UserIdType.PHONE, phone);
  const ITS_EMAIL = protecting(UserIdType.EMAIL, ADA);
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
    await becomesOfAda([suspended], RELEASED.retained, { change: { retained: [ADA] } });
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

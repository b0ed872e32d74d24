import { describe, expect, test } from "@jest/globals";
import { type DirectoryUser, ProtectedUsers, UserIdType } from "../../../../src/users";
import { type Leaver, noCall } from "../../../../src/users/fate";
import { NO_STATUS, RELEASED } from "../../../../src/users/change/waiting";
import { SILENT_RECORD } from "../../../support/users/deletion-records";
import { ModelDirectory } from "../../../support/users/model-directory";
import { SUSPENDED } from "../../../support/users/waiting";
import { idOf, person } from "../../../support/users/people";
import {
  ada,
  ADA,
  carryOutForAda,
  deletion,
  type Story,
  suspended,
  unchanged,
  waiting,
} from "../support/ada-carried-out";

const bob = person(2);
const protecting = (type: UserIdType, ...ids: readonly string[]) => ProtectedUsers.of(new Map([[type, ids]]));

describe("somebody whose day has come, and who right before the call", () => {
  const fate = { ...deletion, due: { ...SUSPENDED, deleteFrom: waiting.deleteFrom } };
  const phone = idOf(ada, UserIdType.PHONE);
  const elsewhere = { ...suspended, email: "elsewhere@example.com" };
  const bobInstead = { ...bob, email: ADA };
  const byPhone = RELEASED.protected(`by phone ${phone}`);
  const ITS_PHONE = protecting(UserIdType.PHONE, phone);
  const ITS_EMAIL = protecting(UserIdType.EMAIL, ADA);
  const NOBODY_ELSE = protecting(UserIdType.EMAIL);

  /** What becomes of Ada in this pool, in which nobody is deleted. */
  const fateIn = async (pool: ModelDirectory, story: Pick<Story, "change" | "context"> = {}) => {
    const leaver = { fate, waiting: { ...waiting, isDue: true } };
    const [ended] = await carryOutForAda({ pool, list: "waiting", leaver, ...story });
    expect(ended?.ending).toEqual(unchanged);
    expect(pool.deleted).toEqual([]);
    return ended?.fate;
  };
  const fateAmong = (users: readonly DirectoryUser[], context?: Story["context"]) =>
    fateIn(new ModelDirectory(users), { context });
  const held = (why: string) =>
    noCall({ kind: "held", because: expect.stringContaining(why) as unknown as string });

  test("has a retained id, is released", async () => {
    const pool = new ModelDirectory([suspended]);
    expect(await fateIn(pool, { change: { retained: [ADA] } })).toEqual(RELEASED.retained);
  });

  test("has another status, is released", async () => {
    const status = "Resigned";
    expect(await fateAmong([{ ...suspended, status }])).toEqual(RELEASED.changed({ status }));
  });

  test("shows no status, waits on", async () => {
    expect(await fateAmong([person(1, { status: undefined })])).toEqual(NO_STATUS);
  });

  test("has another id, has lost it to somebody else, or shares it, is released", async () => {
    expect(await fateAmong([elsewhere])).toEqual(RELEASED.otherId(elsewhere));
    expect(await fateAmong([elsewhere, bobInstead])).toEqual(RELEASED.otherId(bobInstead));
    expect(await fateAmong([suspended, bobInstead])).toEqual(RELEASED.otherId(bobInstead));
  });

  test("is protected by the operator, is released, although another set declares the user, too", async () => {
    for (const protectedUsers of [ITS_PHONE, ITS_EMAIL])
      expect(await fateAmong([suspended], { protectedUsers, operatorProtected: ITS_PHONE })).toEqual(byPhone);
  });

  test("is declared by another set, waits on, because the next plan reactivates the user", async () => {
    const context = { protectedUsers: ITS_PHONE, operatorProtected: NOBODY_ELSE };
    expect(await fateAmong([suspended], context)).toEqual(held("another set declares them meanwhile"));
  });

  test("finds GenAuth's clock before the day, or gets no time from it, waits on", async () => {
    const early = new ModelDirectory([suspended]);
    early.letPass(-1);
    const why = "GenAuth's clock says 2025-12-31, and their day is 2026-01-01.";
    expect(await fateIn(early)).toEqual(held(why));
    const timeless = Object.assign(new ModelDirectory([suspended]), { serviceTime: () => undefined });
    expect(await fateIn(timeless)).toEqual(held("GenAuth's answers hold no Date header"));
  });

  test("is as expected, is deleted", async () => {
    const pool = new ModelDirectory([suspended]);
    const leaver = { fate, waiting: { ...waiting, isDue: true } };
    const ended = [{ fate, ending: { kind: "gone" } }];
    expect(await carryOutForAda({ pool, list: "waiting", leaver })).toEqual(ended);
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

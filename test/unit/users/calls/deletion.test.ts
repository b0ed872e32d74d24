import { describe, expect, test } from "@jest/globals";
import { DeleteBy, UserIdType } from "../../../../src/users";
import { CallPool, each, emailOf, numbers } from "../support/call-pool";
import { recordOf, SILENT_RECORD } from "../support/deletion";
import { LOST, OUTAGE, REFUSED, UNSUCCESSFUL, WRONG_KEY } from "../../../support/users/failures";
import type { Fault, ModelCall } from "../../../support/users/model-directory";
import { person, systemId } from "../../../support/users/people";

/** Answers so to the first calls, or to all. */
const first =
  (most: number, fault: Fault) =>
  (_: ModelCall, nth: number): Fault =>
    nth <= most ? fault : undefined;
const always = (fault: Fault) => first(Infinity, fault);
const byDeclaredId = ({ type }: ModelCall) => type === UserIdType.EMAIL;

describe("a deletion", () => {
  test("looks 50 users up, deletes them, and reads back that they are gone", async () => {
    const pool = new CallPool(51);
    expect(await pool.delete()).toEqual({ gone: numbers(51) });
    expect(pool.sizesOf("deleteUsers").sort()).toEqual([1, 50]);
    expect(pool.sizesOf("findUsers").sort()).toEqual([1, 1, 50, 50]);
    expect(pool.pauses).toEqual([]);
  });

  test.each([
    { why: "with the system user id", deleteBy: DeleteBy.USER_ID, looksBeforeDeletion: false, looks: 2 },
    { why: "with the declared id", deleteBy: DeleteBy.DECLARED_ID, looksBeforeDeletion: false, looks: 2 },
    { why: "under the guard, which looks", deleteBy: DeleteBy.DECLARED_ID, looksBeforeDeletion: true, looks: 1 }, // oxfmt-ignore
  ])("takes $looks look-ups $why", async ({ deleteBy, looksBeforeDeletion, looks }) => {
    const pool = new CallPool(50).with({ deleteBy });
    Object.assign(pool.directory, { looksBeforeDeletion });
    expect(await pool.delete()).toEqual({ gone: numbers(50) });
    expect(pool.sizesOf("findUsers")).toHaveLength(looks);
  });

  test("does not name users who are gone by then, and they count as gone", async () => {
    const pool = new CallPool(50);
    pool.removes(1, 2, 3);
    pool.directory.refusesUnknown = "changes";
    expect(await pool.delete()).toEqual({ gone: numbers(50) });
    expect(pool.sizesOf("deleteUsers")).toEqual([47]);
  });

  test("does not believe a success while look-ups show the users", async () => {
    const pool = new CallPool(2).answers("deleteUsers", always({ lie: true }));
    const stays = "GenAuth answered success, but the user is still in the pool.";
    expect(await pool.delete()).toEqual({ survived: { 1: stays, 2: stays } });
    expect(pool.pauses).toEqual([250, 500, 250]);
  });

  test("waits for look-ups that still show deleted users", async () => {
    const pool = new CallPool(60);
    pool.directory.showsDeletedFor = 2;
    expect(await pool.delete()).toEqual({ gone: numbers(60) });
  });

  test("sends nothing after an interrupt", async () => {
    const pool = new CallPool(60);
    pool.stop.abort();
    expect(await pool.delete()).toEqual({ survived: each(numbers(60), "Not attempted: interrupted.") });
    expect(pool.directory.calls).toEqual([]);
  });
});

describe("one of 50 users", () => {
  test.each([1, 2, 17, 50, 51, 100])("whom GenAuth refuses survives alone among %i", async (size) => {
    const pool = new CallPool(size);
    const bad = Math.ceil(size / 3);
    pool.directory.poisoned.add(systemId(bad));
    const others = numbers(size).filter((number) => number !== bad);
    const ended = await pool.delete();
    expect(ended).toEqual({ ...(size > 1 && { gone: others }), survived: { [bad]: REFUSED.message } });
    // At most six times halved; each half takes a look-up, a call, and if it succeeds no further read-back than its chunk.
    expect(pool.directory.calls.length - 3 * Math.ceil(size / 50)).toBeLessThanOrEqual(30);
  });

  test("for whom GenAuth answers without success survives alone", async () => {
    const pool = new CallPool(50).answers("deleteUsers", ({ ids }) =>
      ids.includes(emailOf(7)) ? { failure: UNSUCCESSFUL } : undefined,
    );
    const others = numbers(50).filter((number) => number !== 7);
    expect(await pool.delete()).toEqual({ gone: others, survived: { 7: UNSUCCESSFUL.message } });
  });

  test("is refused like all others: each has the reason", async () => {
    const pool = new CallPool(60).answers("deleteUsers", always({ failure: REFUSED }));
    expect(await pool.delete()).toEqual({ survived: each(numbers(60), REFUSED.message) });
  });
});

describe("after a lost answer", () => {
  test("users who are gone are not sent again", async () => {
    const pool = new CallPool(50).answers("deleteUsers", first(1, { failure: LOST, after: true }));
    expect(await pool.delete()).toEqual({ gone: numbers(50) });
    expect(pool.sizesOf("deleteUsers")).toEqual([50]);
  });

  test("users who are still there are sent again, after a pause", async () => {
    const pool = new CallPool(50).answers("deleteUsers", first(2, { failure: LOST }));
    expect(await pool.delete()).toEqual({ gone: numbers(50) });
    expect(pool.sizesOf("deleteUsers")).toEqual([50, 50, 50]);
    expect(pool.pauses).toEqual([250, 500]);
  });

  test("users are sent as often as the settings say", async () => {
    const pool = new CallPool(3).with({ maxAttempts: 3 }).answers("deleteUsers", always({ failure: LOST }));
    expect(await pool.delete()).toEqual({ survived: each(numbers(3), LOST.message) });
    expect(pool.sizesOf("deleteUsers")).toEqual([3, 3, 3]);
  });

  test("a user whose id has passed on meanwhile is not sent again", async () => {
    const pool = new CallPool(2).answers("deleteUsers", first(1, { failure: LOST }));
    pool.at("deleteUsers", 1, () => pool.passesOn(2));
    expect(await pool.delete()).toEqual({ gone: [1], survived: { 2: LOST.message } });
    expect(pool.sizesOf("deleteUsers")).toEqual([2, 1]);
  });

  test("users whom no look-up decides survive", async () => {
    const pool = new CallPool(2)
      .answers("deleteUsers", first(1, { failure: LOST }))
      .answers("findUsers", (call, nth) => (nth > 1 && byDeclaredId(call) ? { failure: OUTAGE } : undefined));
    expect(await pool.delete()).toEqual({ survived: each([1, 2], LOST.message) });
    expect(pool.sizesOf("deleteUsers")).toEqual([2]);
  });

  test("an interrupt keeps users from being sent again", async () => {
    const pool = new CallPool(2).answers("deleteUsers", always({ failure: LOST }));
    pool.at("deleteUsers", 1, () => pool.stop.abort());
    expect(await pool.delete()).toEqual({ survived: each([1, 2], LOST.message) });
    expect(pool.sizesOf("deleteUsers")).toEqual([2]);
  });
});

describe("a user whom one look-up omits", () => {
  test.each([
    { after: "a refused call", fault: { failure: REFUSED }, why: REFUSED.message },
    { after: "a lost answer", fault: { failure: LOST }, why: LOST.message },
  ])("is not gone after $after, because the second look-up shows the user", async ({ fault, why }) => {
    const pool = new CallPool(1).with({ maxAttempts: 1 }).answers("deleteUsers", always(fault));
    let omits = true;
    pool.answers("findUsers", (call) => {
      if (byDeclaredId(call) || !omits) return undefined;
      omits = false;
      return { omit: true };
    });
    expect(await pool.delete()).toEqual({ survived: { 1: why } });
    expect(pool.pauses[0]).toBe(200);
  });

  test("is not gone if the run is interrupted before the second", async () => {
    const pool = new CallPool(2).with({ maxAttempts: 1 }).answers("deleteUsers", always({ failure: LOST }));
    pool.answers("findUsers", (call) => (byDeclaredId(call) ? undefined : { omit: true }));
    pool.onPause = () => pool.stop.abort();
    expect(await pool.delete()).toEqual({
      survived: each([1, 2], "the run was interrupted before a second look-up"),
    });
  });

  test("is not gone if the second look-up fails", async () => {
    const pool = new CallPool(1).with({ maxAttempts: 1 }).answers("deleteUsers", always({ failure: LOST }));
    let looks = 0;
    pool.answers("findUsers", (call) => {
      if (byDeclaredId(call)) return undefined;
      looks += 1;
      return looks === 1 ? { omit: true } : { failure: WRONG_KEY };
    });
    expect(await pool.delete()).toEqual({
      survived: each([1], `could not be confirmed: ${WRONG_KEY.message}`),
    });
  });

  test("right before the call is not named, and stays as long as the next look-ups show the user", async () => {
    const pool = new CallPool(1).answers("findUsers", first(1, { omit: true }));
    expect(await pool.delete()).toEqual({
      survived: each([1], "right before the call GenAuth found no user with the id"),
    });
    expect(pool.sizesOf("deleteUsers")).toEqual([]);
  });
});

describe("a read-back that fails", () => {
  test("for good leaves survivors", async () => {
    const pool = new CallPool(2).answers("findUsers", (call) =>
      byDeclaredId(call) ? undefined : { failure: OUTAGE },
    );
    expect(await pool.delete()).toEqual({
      survived: each([1, 2], `GenAuth answered success, but that could not be confirmed: ${OUTAGE.message}`),
    });
  });

  test("once is tried again", async () => {
    const pool = new CallPool(2).answers("findUsers", (_, nth) =>
      nth === 2 ? { failure: OUTAGE } : undefined,
    );
    expect(await pool.delete()).toEqual({ gone: [1, 2] });
  });

  test("is not made in an outage, in which no call was carried out", async () => {
    const pool = new CallPool(3).answers("deleteUsers", always({ failure: OUTAGE }));
    expect(await pool.delete()).toEqual({ survived: each([1, 2, 3], OUTAGE.message) });
    expect(pool.sizesOf("findUsers")).toEqual([3]);
  });
});

describe("right before the call", () => {
  test.each<[why: string, happens: (pool: CallPool) => void]>([
    ["rebound", (pool) => pool.passesOn(2)],
    ["several", (pool) => pool.passesOn(2, true)],
    ["moved", (pool) => pool.changes(2, { email: "new@example.com" })],
    ["protected", (pool) => pool.changes(2, { username: "admin" })],
    ["retained", (pool) => pool.changes(2, { phone: "1" })],
  ])("a user is left alone: %s", async (why, happens) => {
    const pool = new CallPool(3).with({
      findProtectedId: ({ username }) =>
        username === "admin" ? { type: UserIdType.USERNAME, id: "admin" } : undefined,
      isRetained: ({ phone }) => phone === "1",
    });
    happens(pool);
    expect(await pool.delete()).toEqual({ gone: [1, 3], leftAlone: { 2: why } });
  });

  test("a look-up that fails leaves everybody alone, and the run fails", async () => {
    const pool = new CallPool(2).answers("findUsers", (call) =>
      byDeclaredId(call) ? { failure: OUTAGE } : undefined,
    );
    expect(await pool.delete()).toEqual({
      survived: each([1, 2], "Not deleted, because the look-up right before the call failed"),
    });
    expect(pool.sizesOf("deleteUsers")).toEqual([]);
  });

  test("each of many calls has its own look-up", async () => {
    const pool = new CallPool(1_000);
    pool.at("deleteUsers", 1, () => pool.passesOn(1_000));
    expect(await pool.delete()).toEqual({ gone: numbers(999), leftAlone: { 1000: "rebound" } });
    const { calls } = pool.directory;
    for (const [index, { method, ids }] of calls.entries()) {
      if (method !== "deleteUsers") continue;
      const looked = calls.findLastIndex((call, at) => at < index && call.ids.includes(ids[0] ?? ""));
      expect(index - looked).toBeLessThanOrEqual(2 * pool.directory.parallelism);
    }
  });
});

describe("a deletion record", () => {
  test("that cannot be written deletes nobody", async () => {
    const keep = () => Promise.resolve({ ok: false as const, failure: OUTAGE });
    const pool = new CallPool(2).with({ record: { ...SILENT_RECORD, keep } });
    expect(await pool.delete()).toEqual({ survived: each([1, 2], OUTAGE.message) });
    expect(pool.directory.calls).toEqual([]);
  });

  test("that GenAuth gives no data for deletes nobody, and a lagging read-back is no proof", async () => {
    const keep = () => Promise.resolve({ ok: true as const, value: new Map() });
    const pool = new CallPool(2).with({ record: { ...SILENT_RECORD, keep } });
    pool.answers("findUsers", first(1, { omit: true }));
    expect(await pool.delete()).toEqual({
      survived: each([1, 2], "could not be saved in the deletion record"),
    });
    expect(pool.sizesOf("deleteUsers")).toEqual([]);
  });

  test("is no look-up right before the call: an id that passes on meanwhile deletes nobody", async () => {
    const pool = new CallPool(2);
    const record = recordOf(pool.directory);
    pool.with({
      record: {
        ...record,
        keep: async (...call) => {
          const kept = await record.keep(...call);
          pool.passesOn(2);
          return kept;
        },
      },
    });
    expect(await pool.delete()).toEqual({ gone: [1], leftAlone: { 2: "rebound" } });
  });
});

describe("a user who waited until the day", () => {
  const due = (deleteBy: DeleteBy) => new CallPool(3).with({ deleteBy }).waited(1, 2, 3);

  describe.each(Object.values(DeleteBy))("by %s", (deleteBy) => {
    test("is looked up and deleted, also under the guard", async () => {
      const pool = due(deleteBy);
      Object.assign(pool.directory, { looksBeforeDeletion: true });
      expect(await pool.delete()).toEqual({ gone: [1, 2, 3] });
      expect(pool.sizesOf("findUsers")).toEqual([3, 3]);
    });

    test.each<[how: string, happens: (pool: CallPool) => void, why: string]>([
      ["has another status", (pool) => pool.setsStatus(2, "Activated"), "status_changed"],
      ["was suspended anew", (pool) => pool.setsStatus(2, "Suspended"), "status_changed"],
      ["shows no time any more", (pool) => pool.changes(2, { statusChangedAt: undefined }), "status_changed"],
    ])("is left alone if the user %s", async (_, happens, why) => {
      const pool = due(deleteBy);
      happens(pool);
      expect(await pool.delete()).toEqual({ gone: [1, 3], leftAlone: { 2: why } });
    });

    test("is left alone if the day has not come by GenAuth's clock", async () => {
      const pool = due(deleteBy);
      pool.directory.letPass(-1);
      expect(await pool.delete()).toEqual({
        leftAlone: { 1: "day_not_come", 2: "day_not_come", 3: "day_not_come" },
      });
    });

    test("is not sent again after a lost answer, once somebody has reactivated the user", async () => {
      const pool = due(deleteBy).answers("deleteUsers", first(1, { failure: LOST }));
      pool.at("deleteUsers", 1, () => pool.setsStatus(2, "Activated"));
      expect(await pool.delete()).toEqual({ gone: [1, 3], survived: { 2: LOST.message } });
    });

    test("is not sent again after a refusal, once somebody has reactivated the user", async () => {
      const pool = due(deleteBy).answers("deleteUsers", first(1, { failure: REFUSED }));
      pool.at("deleteUsers", 1, () => pool.setsStatus(2, "Activated"));
      expect(await pool.delete()).toEqual({ gone: [1, 3], leftAlone: { 2: "status_changed" } });
    });
  });

  test("is left alone by user_id, too, if the user has another id now", async () => {
    const pool = due(DeleteBy.USER_ID);
    pool.changes(2, { email: "new@example.com" });
    expect(await pool.delete()).toEqual({ gone: [1, 3], leftAlone: { 2: "moved" } });
  });
});

test("by user_id, an id that passes on right before the call deletes nobody else", async () => {
  const pool = new CallPool(2).with({ deleteBy: DeleteBy.USER_ID });
  pool.at("deleteUsers", 1, () => pool.passesOn(2));
  expect(await pool.delete()).toEqual({ gone: [1, 2] });
  expect(new Set(pool.directory.calls.map(({ type }) => type))).toEqual(new Set([UserIdType.USER_ID]));
  expect(pool.directory.get(person(5_000).userId)).toBeDefined();
});

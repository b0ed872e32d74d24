import { describe, expect, test } from "@jest/globals";
import { UserIdType } from "../../../../src/users";
import type { DeletionRequest } from "../../../../src/users/calls/delete-users";
import { setUpDeletion, SILENT_RECORD } from "../support/deletion";
import { LOST, OUTAGE, REFUSED, WRONG_KEY } from "../../../support/users/failures";

/** A deletion record for which GenAuth returns no users. */
const NOBODY_IS_RECORDED: DeletionRequest["record"] = {
  ...SILENT_RECORD,
  keep: () => Promise.resolve({ ok: true, value: new Map() }),
};

describe("the read-back", () => {
  test("waits until look-ups no longer return deleted users", async () => {
    const { directory, ids, run, pauses } = setUpDeletion(60);
    directory.showsDeletedFor = 2;
    expect(await run()).toEqual({ gone: ids, survivors: [], kept: [] });
    expect(pauses).toEqual([250, 250, 500, 500]);
  });

  test("ends when time is up, and reports the false success", async () => {
    const { directory, ids, run, pauses } = setUpDeletion(2);
    directory.fault = ({ method }) => (method === "deleteUsers" ? { lie: true } : undefined);
    const { gone, survivors } = await run({ confirmWithinMs: 1_000 });
    expect(gone).toEqual([]);
    expect(survivors).toEqual(
      ids.map((id, index) => ({
        id,
        label: `Person ${index + 1}`,
        reason: "GenAuth answered success, but the user is still in the pool.",
        mayBeDeleted: true,
      })),
    );
    expect(pauses).toEqual([250, 500, 250]);
  });

  test("does not take a refused user for gone after one look-up without the user", async () => {
    const { directory, ids, run } = setUpDeletion(3);
    directory.fault = ({ method }, nth) =>
      method === "deleteUsers" ? { failure: REFUSED } : nth === 2 ? { omit: true } : undefined;
    const { gone, survivors } = await run();
    expect(directory.callsOf("findUsers")[1]?.type).toBe(UserIdType.USER_ID);
    expect(gone).toEqual([]);
    expect(survivors.map(({ id }) => id)).toEqual(ids);
  });

  test.each([
    ["GenAuth refused to delete them", { failure: REFUSED }, {}],
    ["the read for the deletion record omitted them", undefined, { record: NOBODY_IS_RECORDED }],
    ["the answer was lost", { failure: LOST }, { maxAttempts: 1 }],
  ])(
    "look-ups that omit users for some time do not make them gone if %s",
    async (_reason, fault, changes: Partial<DeletionRequest>) => {
      const { directory, ids, run } = setUpDeletion(3);
      let now = 0;
      const sleep = (milliseconds: number): Promise<void> => {
        now += milliseconds;
        return Promise.resolve();
      };
      directory.fault = ({ method, type: of }) => {
        if (method === "deleteUsers") return fault;
        return of === UserIdType.USER_ID && now < 200 ? { omit: true } : undefined;
      };
      const { gone, survivors } = await run({ confirmWithinMs: 1_000, sleep, ...changes });
      expect(gone).toEqual([]);
      expect(survivors.map(({ id }) => id)).toEqual(ids);
    },
  );

  test.each([
    ["an interrupt", { failure: LOST }, "interrupted"],
    ["a failure of every call", { failure: LOST }, WRONG_KEY.message],
  ])("%s between the two look-ups leaves absent users unconfirmed", async (what, fault, reason) => {
    const { directory, ids, run } = setUpDeletion(2);
    const stop = new AbortController();
    directory.fault = ({ method }, nth) => {
      if (method === "deleteUsers") return fault;
      return nth === 1 ? { omit: true } : { failure: WRONG_KEY };
    };
    const sleep = (): Promise<void> => {
      if (what === "an interrupt") stop.abort();
      return Promise.resolve();
    };
    const { gone, survivors } = await run({ stop: stop.signal, sleep, maxAttempts: 1 });
    expect(gone).toEqual([]);
    expect(survivors.map(({ id }) => id)).toEqual(ids);
    expect(survivors[0]?.reason).toContain(reason);
    expect(directory.callsOf("findUsers")).toHaveLength(what === "an interrupt" ? 1 : 2);
  });

  test("never takes an outage for a deletion", async () => {
    const { directory, run } = setUpDeletion(2);
    directory.fault = ({ method }) => (method === "findUsers" ? { failure: OUTAGE } : undefined);
    const { gone, survivors } = await run();
    expect(gone).toEqual([]);
    expect(survivors.map(({ failure }) => failure)).toEqual([OUTAGE, OUTAGE]);
    expect(survivors[0]?.reason).toContain("could not be confirmed");
  });

  test("continues after a temporary outage", async () => {
    const { directory, ids, run } = setUpDeletion(2);
    directory.fault = ({ method }, nth) =>
      method === "findUsers" && nth === 1 ? { failure: OUTAGE } : undefined;
    expect(await run()).toEqual({ gone: ids, survivors: [], kept: [] });
  });
});

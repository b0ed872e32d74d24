import { describe, expect, test } from "@jest/globals";
import { type Checkpoint, type KnownSet, selectIdsToRefresh, type UserArchive } from "../../../src/users";
import { OUTAGE } from "../support/failures";
import { systemId } from "../support/people";

const NOW = 1_800_000_000;
const HOUR = 3600;
const last: Checkpoint = { full: NOW - 10 * HOUR, since: NOW - 2 * HOUR, pool: "pool" };
const fromNow: Checkpoint = { full: NOW, since: NOW, pool: "pool" };

/** A set of which everybody was there. */
function setOf(size: number, unsettled: readonly string[] = []): KnownSet {
  const ids = Array.from({ length: size }, (_, index) => `u${index}`);
  return {
    ids,
    bindings: new Map(ids.map((id, index) => [id, systemId(index)])),
    unsettled: new Set(unsettled),
  };
}

/** Plans with a record that answers so, and says what it was asked. */
async function plan(set: KnownSet, answer: Awaited<ReturnType<UserArchive["archivedSince"]>>, from = last) {
  const asked: (readonly [number, number])[] = [];
  const archive: UserArchive = {
    archivedSince: (since, mostPages) => {
      asked.push([since, mostPages]);
      return Promise.resolve(answer);
    },
  };
  const check = { now: NOW, pool: "pool", fullLasts: 24 * HOUR, archive };
  return { asked, ...(await selectIdsToRefresh(set, from, check)) };
}

const nobody = { ok: true, value: [] } as const;

describe("an incremental refresh", () => {
  test("reads the record from 15 minutes before the last check, and looks nobody up whom it does not name", async () => {
    expect(await plan(setOf(10_000), nobody)).toEqual({
      asked: [[last.since - 900, 100]],
      ids: [],
      checkpoint: last,
    });
  });

  test("looks up whom the record names, in whatever case, who is not bound, and who is unsettled", async () => {
    const set = setOf(200, ["u7"]);
    const bindings = new Map(set.bindings);
    bindings.delete("u5");
    const value = [systemId(10).toUpperCase(), systemId(999)];
    expect((await plan({ ...set, bindings }, { ok: true, value })).ids).toEqual(["u5", "u7", "u10"]);
  });

  test("moves the checkpoint on once a page does not hold the record any more", async () => {
    const value = Array.from({ length: 51 }, (_, index) => systemId(1000 + index));
    expect((await plan(setOf(200), { ok: true, value: value.slice(1) })).checkpoint).toEqual(last);
    expect((await plan(setOf(200), { ok: true, value })).checkpoint).toEqual({ ...last, since: NOW });
  });

  test.each([
    ["cannot be read", { ok: false, failure: OUTAGE } as const, true],
    ["is too long", { ok: true, value: undefined } as const, false],
  ])("looks everybody up where the record %s", async (_what, answer, archiveFailed) => {
    const { ids, checkpoint, fallback } = await plan(setOf(200), answer);
    expect({ ids, checkpoint }).toEqual({ ids: setOf(200).ids, checkpoint: fromNow });
    expect(fallback).toMatchObject({ archiveFailed });
  });

  test.each([
    ["of another pool", { ...last, pool: "other" }],
    ["from a later time than now", { ...last, since: NOW + 1 }],
    ["from a full look-up yet to come", { ...last, full: NOW + 1 }],
    ["too old", { ...last, full: NOW - 24 * HOUR }],
  ])("does not even ask where the checkpoint is %s", async (_what, from) => {
    const { asked, ids, checkpoint } = await plan(setOf(200), nobody, from);
    expect({ asked, ids, checkpoint }).toEqual({ asked: [], ids: setOf(200).ids, checkpoint: fromNow });
  });

  test("does not ask where that saves nothing: for one call, or where nearly everybody is unsettled", async () => {
    expect((await plan(setOf(50), nobody)).asked).toEqual([]);
    expect((await plan(setOf(51), nobody)).asked).toHaveLength(1);
    expect((await plan(setOf(150, setOf(60).ids), nobody)).asked).toEqual([]);
  });
});

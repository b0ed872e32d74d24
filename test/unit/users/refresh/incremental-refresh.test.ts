import { describe, expect, test } from "@jest/globals";
import { UserLookUps } from "../../../../src/users";
import { type UserArchive } from "../../../../src/users/refresh/archive";
import { selectIdsToRefresh } from "../../../../src/users/refresh/incremental-refresh";
import { type Checkpoint, type KnownSet } from "../../../../src/users/refresh/incremental-refresh";
import { OUTAGE } from "../../../support/users/failures";
import { ModelDirectory } from "../../../support/users/model-directory";
import { systemId } from "../../../support/users/people";

const NOW = 1_800_000_000;
const HOUR = 3600;
const last: Checkpoint = { full: NOW - 10 * HOUR, since: NOW - 2 * HOUR, pool: "pool", key: "key" };
const fromNow: Checkpoint = { full: NOW, since: NOW, pool: "pool", key: "key" };

/** A set whose users were all found. */
function setOf(size: number, unsettled: readonly string[] = []): KnownSet {
  const ids = Array.from({ length: size }, (_, index) => `u${index}`);
  return {
    ids,
    bindings: new Map(ids.map((id, index) => [id, systemId(index)])),
    unsettled: new Set(unsettled),
  };
}

/**
 * Selects ids with an archive that gives this answer. Also returns the requests to the archive.
 *
 * @param pool the system user ids that look-ups find
 */
async function plan(
  set: KnownSet,
  answer: Awaited<ReturnType<UserArchive["archivedSince"]>>,
  from = last,
  pool: readonly string[] = [],
) {
  const asked: (readonly [number, number])[] = [];
  const archive: UserArchive = {
    archivedSince: (since, mostPages) => {
      asked.push([since, mostPages]);
      return Promise.resolve(answer);
    },
  };
  const lookUps = new UserLookUps(new ModelDirectory(pool.map((userId) => ({ userId, identities: [] }))));
  const check = { now: NOW, pool: "pool", key: "key", fullLasts: 24 * HOUR, archive, lookUps };
  return { asked, ...(await selectIdsToRefresh(set, from, check)) };
}

const nobody = { ok: true, value: [] } as const;

describe("an incremental refresh", () => {
  test("reads the archive from 15 minutes before the last check, and looks up only users that it names", async () => {
    expect(await plan(setOf(10_000), nobody)).toEqual({
      asked: [[last.since - 900, 100]],
      ids: [],
      checkpoint: last,
    });
  });

  test("looks up users that the archive names in any case, unbound ids and unsettled ids", async () => {
    const set = setOf(200, ["u7"]);
    const bindings = new Map(set.bindings);
    bindings.delete("u5");
    const value = [systemId(10).toUpperCase(), systemId(999)];
    expect((await plan({ ...set, bindings }, { ok: true, value })).ids).toEqual(["u5", "u7", "u10"]);
  });

  test("trusts the check of another key only if this one finds a user of the set", async () => {
    const others = { ...last, key: "read key" };
    const set = setOf(200, ["u0"]);
    expect(await plan(set, nobody, others, [systemId(7)])).toMatchObject({ ids: ["u0"], checkpoint: others });
    // The second user is of another pool, the first one is not settled.
    const elsewhere = await plan(set, nobody, others, [systemId(999), systemId(0)]);
    expect(elsewhere).toMatchObject({
      asked: [],
      ids: set.ids,
      checkpoint: fromNow,
      fallback: { why: "the last check used another key, and this one finds none of its users" },
    });
  });

  test("advances the checkpoint when the archive no longer fits in one page", async () => {
    const value = Array.from({ length: 51 }, (_, index) => systemId(1000 + index));
    expect((await plan(setOf(200), { ok: true, value: value.slice(1) })).checkpoint).toEqual(last);
    expect((await plan(setOf(200), { ok: true, value })).checkpoint).toEqual({ ...last, since: NOW });
  });

  test.each([
    ["cannot be read", { ok: false, failure: OUTAGE } as const, true],
    ["is too long", { ok: true, value: undefined } as const, false],
  ])("looks up all users if the archive %s", async (_what, answer, archiveFailed) => {
    const { ids, checkpoint, fallback } = await plan(setOf(200), answer);
    expect({ ids, checkpoint }).toEqual({ ids: setOf(200).ids, checkpoint: fromNow });
    expect(fallback).toMatchObject({ archiveFailed });
  });

  test.each([
    ["of another pool", { ...last, pool: "other" }],
    ["from a later time than now", { ...last, since: NOW + 1 }],
    ["from a full look-up yet to come", { ...last, full: NOW + 1 }],
    ["too old", { ...last, full: NOW - 24 * HOUR }],
  ])("does not read the archive if the checkpoint is %s", async (_what, from) => {
    const { asked, ids, checkpoint } = await plan(setOf(200), nobody, from);
    expect({ asked, ids, checkpoint }).toEqual({ asked: [], ids: setOf(200).ids, checkpoint: fromNow });
  });

  test("does not read the archive if that saves no call: for one call, or if nearly all ids are unsettled", async () => {
    expect((await plan(setOf(50), nobody)).asked).toEqual([]);
    expect((await plan(setOf(51), nobody)).asked).toHaveLength(1);
    expect((await plan(setOf(150, setOf(60).ids), nobody)).asked).toEqual([]);
  });
});

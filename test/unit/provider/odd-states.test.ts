import { beforeEach, describe, expect, test } from "@jest/globals";
import { UNKNOWN } from "../../../src/plugin";
import { applyUserSet } from "../../../src/provider/user-set/apply";
import { moveUserSet } from "../../../src/provider/user-set/move";
import { planUserSet } from "../../../src/provider/user-set/plan";
import { readUserSet } from "../../../src/provider/user-set/read";
import type { UserSetModel } from "../../../src/provider/user-set/schema";
import { UserIdType } from "../../../src/users";
import { contextOver, create, type PresentSet, refresh } from "../../support/provider/refreshed-set";
import { OUTAGE } from "../../support/users/failures";
import { ModelDirectory } from "../../support/users/model-directory";
import { emailOf, people, unlabelled } from "../../support/users/people";
import {
  detailOf,
  endings,
  error,
  errorsOf,
  headlinesOf,
  planNew,
  planWith,
  saying,
  warning,
} from "./support/planned";

const type = UserIdType.EMAIL;
const everybody = people(1, 3);
const ids = everybody.map(emailOf);
const [ADA = "", BOB = "", EVE = ""] = ids;
const usersOf = (...its: string[]) => unlabelled(its);
const NO_DATA = new Uint8Array();

let directory: ModelDirectory;
let set: PresentSet;
beforeEach(async () => {
  directory = new ModelDirectory(everybody);
  set = await create(type, ids, contextOver(directory));
  directory.forget();
});

describe("a set whose private data is damaged", () => {
  const damaged = (): PresentSet => ({ ...set, privateData: Buffer.from("damaged") });

  test("is not refreshed, which is told", async () => {
    const context = contextOver(directory);
    const read = await readUserSet({ ...damaged(), context });
    expect(read).toMatchObject(damaged());
    expect(headlinesOf(read)).toEqual([warning("The set cannot be read, and was not refreshed")]);
    expect(directory.calls).toEqual([]);
  });

  test.each<[what: string, changes: Partial<UserSetModel>]>([
    ["nothing changes", {}],
    ["only a limit changes", { max_deletions: 1 }],
  ])("can be planned if %s, as a destroy does", async (_what, changes) => {
    const planned = await planWith(damaged(), changes, contextOver(directory));
    expect(planned).toEqual({
      planned: { ...set.state, ...changes },
      privateData: Buffer.from("damaged"),
      diagnostics: [],
    });
    expect(directory.calls).toEqual([]);
  });

  test.each<[what: string, users: ReadonlyMap<string, string>]>([
    ["leaves", usersOf(ADA, BOB)],
    ["joins", usersOf(...ids, "new@example.com")],
    ["leaves while somebody joins", usersOf(ADA, BOB, "new@example.com")],
  ])("is refused if somebody %s", async (_what, users) => {
    const planned = planWith(damaged(), { users }, contextOver(directory));
    await expect(planned).rejects.toThrow("The state of the set cannot be read");
  });

  test("is planned while its users are not known, if it accepts that", async () => {
    const changes: Partial<UserSetModel> = { users: UNKNOWN, allow_unknown_users: true };
    const planned = await planWith(damaged(), changes, contextOver(directory));
    expect(headlinesOf(planned)).toEqual([warning("The removed users are not known yet")]);
  });

  test("is released all the same", async () => {
    const request = {
      prior: set.state,
      privateData: Buffer.from("damaged"),
      context: contextOver(directory),
    };
    const planned = await planUserSet({ ...request, proposed: null, config: null });
    expect(headlinesOf(planned)).toEqual([warning(`3 users are released, not deleted: ${ADA}, …`)]);
    const applied = await applyUserSet({ ...request, planned: null, config: null });
    expect(applied).toMatchObject({ state: null });
    expect(headlinesOf(applied)).toEqual([warning(`3 users were released, not deleted: ${ADA}, …`)]);
    expect(directory.calls).toEqual([]);
  });
});

describe("a set that has lost its private data", () => {
  const lost = (): PresentSet => ({ ...set, privateData: NO_DATA });
  const LOST = warning("The set no longer knows which users its ids named before");

  test("says so at its refresh", async () => {
    const { seen } = await refresh(lost(), contextOver(directory));
    expect(headlinesOf(seen)).toEqual([LOST]);
  });

  test("but not if it has not lost it, was never checked, or its ids name their users by themselves", async () => {
    const byUserId = await create(
      UserIdType.USER_ID,
      everybody.map(({ userId }) => userId),
      contextOver(directory),
    );
    const imported = { state: { ...set.state, drift: null, removals: null }, privateData: NO_DATA };
    for (const each of [set, imported, { ...byUserId, privateData: NO_DATA }])
      expect(headlinesOf((await refresh(each, contextOver(directory))).seen)).toEqual([]);
  });
});

test("a refresh drops the endings of the apply before it, and an imported set still has none", async () => {
  const ENDED = new Map([[ADA, "deleted"]]);
  const REBOUND = new Map([[ADA, { former_user_id: "1", user_id: "2" }]]);
  const reactivations = new Map([[ADA, { user_id: "1", outcome: "reactivated" }]]);
  const applied = {
    ...set.state,
    removals: ENDED,
    suspensions: ENDED,
    reactivations,
    leaver_user_ids: ENDED,
    rebindings: REBOUND,
  };
  const { kept } = await refresh({ ...set, state: applied }, contextOver(directory));
  expect(kept.state).toMatchObject(endings(new Map()));
  const imported = { state: { ...set.state, drift: null, ...endings(null) }, privateData: NO_DATA };
  expect((await refresh(imported, contextOver(directory))).kept.state).toMatchObject(endings(null));
});

test("a refresh that is refused, as in an outage, leaves the set as it was", async () => {
  directory.fault = () => ({ failure: OUTAGE });
  const { kept, seen } = await refresh(set, contextOver(directory));
  expect(kept).toEqual(set);
  expect(seen.diagnostics).toMatchObject([
    { severity: "error", detail: expect.stringContaining(OUTAGE.message) },
  ]);
});

describe("a change that names another user pool", () => {
  const elsewhere = () => contextOver(directory, {}, { userPoolName: "other" });

  test.each([
    { name: "staff", shown: '"staff"' },
    { name: null, shown: "without a name" },
  ])("from $name deletes nobody", async ({ name, shown }) => {
    const users = new Map([...usersOf(...ids), [ADA, "Ada Lovelace"]]);
    const named = { ...set, state: { ...set.state, user_pool_name: name, users } };
    const refused = await planWith(named, { users: usersOf(BOB, EVE) }, elsewhere());
    expect(headlinesOf(refused)).toEqual([error("The user pool changes, and 1 user would leave")]);
    const detail = detailOf(refused);
    for (const part of [shown, '"other"', ADA, "Ada Lovelace"]) expect(detail).toContain(part);
    expect(detail).not.toContain(BOB);
  });

  test("deletes nobody either while the users are not known", async () => {
    const changes: Partial<UserSetModel> = { users: UNKNOWN, allow_unknown_users: true };
    expect(headlinesOf(await planWith(set, changes, elsewhere()))).toEqual([
      warning("The removed users are not known yet"),
      error("The user pool changes, and 3 users would leave"),
    ]);
  });

  test("is accepted alone, and in the same pool somebody may leave", async () => {
    const alone = await planWith(set, {}, elsewhere());
    expect(headlinesOf(alone)).toEqual([]);
    expect(alone.planned?.user_pool_name).toBe("other");
    const named = { ...set, state: { ...set.state, user_pool_name: "other" } };
    const smaller = await planWith(named, { users: usersOf(BOB, EVE) }, elsewhere());
    expect(errorsOf(smaller)).toEqual([]);
    expect(smaller.planned?.removals).toEqual(new Map([[ADA, UNKNOWN]]));
  });
});

describe("a set moved from a null_resource", () => {
  const triggers = (its: readonly string[], idType: UserIdType = type) => ({
    user_id_type: idType,
    ...Object.fromEntries(its.map((id) => [`user:${id}`, ""])),
  });

  /** A set that a moved block made, as the engine hands it to the first refresh. */
  function moved(its: readonly string[] = ids, idType: UserIdType = type): PresentSet {
    const { state } = moveUserSet({
      provider: "registry.terraform.io/hashicorp/null",
      type: "null_resource",
      state: { id: its.join(), triggers: triggers(its, idType) },
    });
    if (!state) throw new Error("These are the triggers of a set.");
    return { state, privateData: NO_DATA };
  }

  const creation = (changes: Partial<UserSetModel>, context = contextOver(directory)) =>
    planNew({ ...set.state, ...changes }, context);

  test("is in the pool of its provider from its refresh on, and is bound", async () => {
    const context = contextOver(directory, {}, { userPoolName: "staff" });
    const { kept, seen } = await refresh(moved(), context);
    expect(kept.state.user_pool_name).toBe("staff");
    expect([...seen.bindings.keys()]).toEqual(ids);
    // No other refresh changes the name: the plan has to show that.
    const { kept: other } = await refresh(set, context);
    expect(other.state.user_pool_name).toBeNull();
  });

  test("that the engine replaces, because it was tainted, is refused if somebody would be lost with that", async () => {
    const context = contextOver(directory);
    await refresh(moved(), context);
    const refused = await creation({ users: usersOf(BOB) }, context);
    expect(headlinesOf(refused)).toEqual([error("The moved set is replaced, which would lose 2 removals")]);
    const detail = detailOf(refused);
    for (const id of [ADA, EVE]) expect(detail).toContain(id);
    expect(detail).not.toContain(BOB);
    expect(refused.planned).toMatchObject({ id: UNKNOWN, removals: new Map(), drift: UNKNOWN });
  });

  test.each<[what: string, changes: Partial<UserSetModel>]>([
    ["declares everybody of it", { users: usersOf(...ids) }],
    ["retains who leaves", { users: usersOf(BOB), retained_ids: [ADA, EVE] }],
    ["has nobody of it", { users: usersOf("new@example.com"), allow_missing_users: true }],
    [
      "has another type",
      { user_id_type: UserIdType.USERNAME, users: usersOf(BOB), allow_missing_users: true },
    ],
    ["has a type that is not known", { user_id_type: UNKNOWN, users: usersOf(BOB) }],
    ["has users that are not known", { users: UNKNOWN }],
  ])("is no matter of a new set that %s", async (_what, changes) => {
    const context = contextOver(directory);
    await refresh(moved(), context);
    expect(headlinesOf(await creation(changes, context))).not.toContainEqual(saying("moved set"));
  });

  test("by system user id is no matter of a new set whose type is not known", async () => {
    const context = contextOver(directory);
    const userIds = everybody.map(({ userId }) => userId);
    await refresh(moved(userIds, UserIdType.USER_ID), context);
    const [first = ""] = userIds;
    const unknown: Partial<UserSetModel> = { user_id_type: UNKNOWN, users: usersOf(first) };
    expect(headlinesOf(await creation(unknown, context))).not.toContainEqual(saying("moved set"));
    const known = { user_id_type: UserIdType.USER_ID, users: usersOf(first) };
    expect(headlinesOf(await creation(known, context))).toContainEqual(saying("would lose 2 removals"));
  });

  test("is found among several, and is no matter once it is planned", async () => {
    const context = contextOver(directory);
    const others = moved(["other@example.com"]);
    for (const each of [others, moved()]) await refresh(each, context);
    expect(headlinesOf(await creation({ users: usersOf(BOB) }, context))).toContainEqual(
      saying("would lose 2 removals"),
    );
    await planWith(moved(), {}, context);
    expect(headlinesOf(await creation({ users: usersOf(BOB) }, context))).not.toContainEqual(
      saying("moved set"),
    );
  });

  test.each<[what: string, kept: (moved: PresentSet) => PresentSet]>([
    ["was imported", ({ state }) => ({ state: { ...state, removals: null }, privateData: NO_DATA })],
    ["was applied", () => set],
    ["has private data", ({ state }) => ({ state, privateData: set.privateData })],
    ["was checked", ({ state }) => ({ state: { ...state, drift: set.state.drift }, privateData: NO_DATA })],
  ])("is no set that %s", async (_what, kept) => {
    const context = contextOver(directory, {}, { userPoolName: "staff" });
    const { kept: refreshed } = await refresh(kept(moved()), context);
    expect(refreshed.state.user_pool_name).toBeNull();
    expect(headlinesOf(await creation({ users: usersOf(BOB) }, context))).not.toContainEqual(
      saying("moved set"),
    );
  });
});

import { describe, expect, test } from "@jest/globals";
import { type PoolUser, seedUsers } from "../../support/emulator";
import type { UserSetBlock } from "../../support/configuration";
import { reportOnPlan } from "../../../src/reports";
import { parsePlan } from "../../../src/terraform-json";
import { engines } from "../../support/engine/engines";
import { type Scenario, useScenarios } from "../../support/scenario";
import { applySet, check, deletionsReceived } from "../../support/acceptance/removal-case";

const pool = seedUsers(6);
const [ada = "", bob = "", eve = "", dan = ""] = pool.map(({ email }) => email ?? "");
const [adaId = "", bobId = ""] = pool.map(({ userId }) => userId);
const STRANGER: PoolUser = { userId: "ffffffffffffffffffffffff", name: "Somebody Else" };
const email = { user_id_type: "email" };

/** A user with this name in the e-mail address. */
function userCalled(name: string): PoolUser & { readonly email: string } {
  const [user = STRANGER] = seedUsers(1, { prefix: name });
  return { ...user, email: `${name}@example.com` };
}

describe.each(engines())("a plan names the account that each leaver's id means, on $name", (engine) => {
  const open = useScenarios(engine);

  /** After the apply of this set, with everybody in the pool. */
  async function applied(set: UserSetBlock): Promise<Scenario> {
    const scenario = await open({ emulator: { users: pool } });
    await applySet(scenario.workspace, set);
    return scenario;
  }

  /** The leavers that the saved plan names, with their system user ids. No part of it is unknown. */
  async function leaversInPlan({ workspace }: Scenario): Promise<unknown> {
    const { resource_changes } = (await workspace.planJson("plan")) as unknown as {
      readonly resource_changes: readonly {
        readonly change: {
          readonly after: { readonly leaver_user_ids?: unknown };
          readonly after_unknown: { readonly leaver_user_ids?: unknown };
        };
      }[];
    };
    const [{ change } = { change: undefined }] = resource_changes;
    expect(change?.after_unknown.leaver_user_ids ?? {}).toEqual({});
    return change?.after.leaver_user_ids;
  }

  test.each([
    { how: "with a refresh", options: [] },
    { how: "without a refresh", options: ["-refresh=false"] },
  ])(
    "a plan saved $how names all leavers, and its apply goes through, whatever happened to them since",
    async ({ options }) => {
      const unchanged = userCalled("unchanged");
      const renamed = userCalled("renamed");
      const moved = userCalled("moved");
      const replaced = userCalled("replaced");
      const removed = userCalled("removed");
      const resigned = userCalled("resigned");
      const leavers = [unchanged, renamed, moved, replaced, removed, resigned];
      const set = { ...email, max_deletions_percent: 100 };
      const scenario = await open({ emulator: { users: [...leavers, ...pool] } });
      const { workspace, emulator } = scenario;
      await applySet(workspace, { ...set, users: [...leavers.map((user) => user.email), ada] });

      workspace.write({ ...set, users: [ada] });
      const userIds = leavers.map(({ userId }) => userId);
      check(await workspace.plan("-out=plan", ...options), { code: 2, says: userIds });
      const named = Object.fromEntries(leavers.map((user) => [user.email, user.userId]));
      expect(await leaversInPlan(scenario)).toEqual(named);

      emulator.pool.update(renamed.userId, { name: "Ada Lovelace", username: "lovelace" });
      emulator.pool.update(moved.userId, { email: "new-address@example.com" });
      emulator.pool.update(replaced.userId, { email: "former@example.com" });
      emulator.pool.add({ ...STRANGER, email: replaced.email });
      emulator.pool.remove(removed.userId);
      emulator.pool.update(resigned.userId, { status: "Resigned" });
      check(await workspace.apply("plan"), {
        code: 0,
        says: [moved.email, replaced.email, removed.email],
        neverSays: ["inconsistent"],
      });
      const deleted = [unchanged.email, renamed.email, resigned.email];
      expect(deletionsReceived(scenario).flat().sort()).toEqual(deleted.sort());
      expect(workspace.userSet()?.leaver_user_ids).toEqual(named);
      check(await workspace.plan("-refresh=false"), { code: 0 });
      check(await workspace.plan(), { code: 0 });
    },
  );

  test("a plan names who is suspended, and once the day has come, who is deleted", async () => {
    const waiting = { ...email, suspend_days: 14 };
    const scenario = await applied({ ...waiting, users: [ada, bob, eve, dan] });
    const { workspace, emulator } = scenario;
    workspace.write({ ...waiting, users: [eve, dan] });
    check(await workspace.plan("-out=plan"), { code: 2 });
    expect(await leaversInPlan(scenario)).toEqual({ [ada]: adaId, [bob]: bobId });
    check(await workspace.apply("plan"), { code: 0 });
    check(await workspace.plan("-out=plan"), { code: 0 });
    emulator.letDaysPass(20);
    check(await workspace.plan("-out=plan"), { code: 2, says: [adaId] });
    expect(await leaversInPlan(scenario)).toEqual({ [ada]: adaId, [bob]: bobId });
    // The plan names both. Then somebody sets another status for Ada: she waits no more, and is not deleted.
    emulator.pool.update(adaId, { status: "Resigned" });
    check(await workspace.apply("plan"), { code: 0, neverSays: ["inconsistent"] });
    expect(deletionsReceived(scenario).flat()).toEqual([bob]);
    check(await workspace.plan(), { code: 0 });
  });

  test("a plan that reactivates a user who is declared again names the account, and no leaver", async () => {
    const waiting = { ...email, suspend_days: 14 };
    const scenario = await applied({ ...waiting, users: [ada, bob, eve, dan] });
    const { workspace, emulator } = scenario;
    await applySet(workspace, { ...waiting, users: [bob, eve, dan] });
    workspace.write({ ...waiting, users: [ada.toUpperCase(), bob, eve, dan] });
    check(await workspace.plan("-refresh=false", "-out=plan"), {
      code: 2,
      says: ["reactivations", `+ user_id = "${adaId}"`],
    });
    expect(await leaversInPlan(scenario)).toEqual({});
    // The report reads the account from the plan alone, without the messages of the engine.
    const report = reportOnPlan(parsePlan(JSON.stringify(await workspace.planJson("plan"))));
    expect(report).toMatchObject({
      totals: { reactivated: 1, deleted: 0, suspended: 0 },
      reactivated: [{ id: ada, user_id: adaId }],
    });
    check(await workspace.apply("plan"), { code: 0 });
    expect(emulator.pool.find(adaId)?.status).toBe("Activated");
    expect(workspace.userSet()).toMatchObject({
      leaver_user_ids: {},
      suspended: {},
      reactivations: { [ada]: { user_id: adaId, outcome: "reactivated" } },
    });
    emulator.letDaysPass(20);
    check(await workspace.plan(), { code: 0 });
  });

  test("a plan names no account for an id that was never found, and none for a set of system user ids", async () => {
    const nobody = "nobody@example.com";
    const scenario = await applied({ ...email, users: [nobody, bob, eve, dan] });
    const { workspace } = scenario;
    workspace.write({ ...email, users: [eve, dan] });
    check(await workspace.plan("-out=plan"), { code: 2 });
    expect(await leaversInPlan(scenario)).toEqual({ [bob]: bobId });
    check(await workspace.apply("plan"), { code: 0 });

    const byUserId = await applied({ users: pool.map(({ userId }) => userId) });
    byUserId.workspace.write({ users: pool.slice(1).map(({ userId }) => userId) });
    check(await byUserId.workspace.plan("-out=plan"), { code: 2 });
    expect(await leaversInPlan(byUserId)).toEqual({});
    check(await byUserId.workspace.apply("plan"), { code: 0 });
  });

  test("a created, replaced or tainted set has no leavers to name", async () => {
    const scenario = await applied({ ...email, users: [ada, bob] });
    const { workspace } = scenario;
    expect(workspace.userSet()?.leaver_user_ids).toEqual({});
    check(await workspace.plan("-replace=genauth_user_set.staff", "-out=plan"), { code: 2 });
    expect(await leaversInPlan(scenario)).toEqual({});
    check(await workspace.apply("plan"), { code: 0 });
    check(await workspace.run("taint", "genauth_user_set.staff"), { code: 0 });
    workspace.write({ ...email, users: [bob] });
    check(await workspace.plan("-out=plan"), { code: 2 });
    expect(await leaversInPlan(scenario)).toEqual({});
    check(await workspace.apply("plan"), { code: 0 });
    expect(deletionsReceived(scenario)).toEqual([]);
  });
});

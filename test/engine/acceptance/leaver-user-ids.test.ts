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
const BOTH = { [ada]: adaId, [bob]: bobId };

describe.each(engines())("a plan names the person whom each leaver's id means, on $name", (engine) => {
  const open = useScenarios(engine);

  async function applied(set: UserSetBlock): Promise<Scenario> {
    const scenario = await open({ emulator: { users: pool } });
    await applySet(scenario.workspace, set);
    return scenario;
  }

  /** What a saved plan says: the known ids, and whether more of them are open. */
  async function namedIn({ workspace }: Scenario): Promise<unknown> {
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

  test.each<[what: string, options: readonly string[]]>([
    ["with a refresh", []],
    ["without one", ["-refresh=false"]],
  ])("the apply of a plan saved %s accepts it, whatever happened to each of them", async (_what, options) => {
    const users = seedUsers(8);
    const emulator = { users };
    const emails = users.map(({ email: id }) => id ?? "");
    const [same = "", named = "", moved = "", passed = "", gone = "", resigned = "", ...staying] = emails;
    const [, namedId = "", movedId = "", passedId = "", goneId = "", resignedId = ""] = users.map(
      ({ userId }) => userId,
    );
    const people = Object.fromEntries(users.slice(0, 6).map(({ email: id = "", userId }) => [id, userId]));
    const set = { ...email, max_deletions_percent: 100 };
    const scenario = await open({ emulator });
    const { workspace } = scenario;
    await applySet(workspace, { ...set, users: emails });
    workspace.write({ ...set, users: staying });
    check(await workspace.plan("-out=plan", ...options), { code: 2, says: Object.values(people) });
    expect(await namedIn(scenario)).toEqual(people);
    const { pool: its } = scenario.emulator;
    its.update(namedId, { name: "Ada Lovelace", username: "lovelace" });
    its.update(movedId, { email: "moved@example.com" });
    its.update(passedId, { email: "former@example.com" });
    its.add({ ...STRANGER, email: passed });
    its.remove(goneId);
    its.update(resignedId, { status: "Resigned" });
    check(await workspace.apply("plan"), {
      code: 0,
      says: [moved, passed, gone],
      neverSays: ["inconsistent"],
    });
    expect(deletionsReceived(scenario).flat().sort()).toEqual([same, named, resigned].sort());
    expect(workspace.userSet()?.leaver_user_ids).toEqual(people);
    check(await workspace.plan("-refresh=false"), { code: 0 });
    check(await workspace.plan(), { code: 0 });
  });

  test("those who are due, after the day has come", async () => {
    const waiting = { ...email, suspend_days: 14 };
    const scenario = await applied({ ...waiting, users: [ada, bob, eve, dan] });
    const { workspace, emulator } = scenario;
    workspace.write({ ...waiting, users: [eve, dan] });
    check(await workspace.plan("-out=plan"), { code: 2 });
    expect(await namedIn(scenario)).toEqual(BOTH);
    check(await workspace.apply("plan"), { code: 0 });
    check(await workspace.plan("-out=plan"), { code: 0 });
    emulator.letDaysPass(20);
    check(await workspace.plan("-out=plan"), { code: 2, says: [adaId] });
    expect(await namedIn(scenario)).toEqual(BOTH);
    // Somebody acts on one of them, and both are in the plan already.
    emulator.pool.update(adaId, { status: "Resigned" });
    check(await workspace.apply("plan"), { code: 0, neverSays: ["inconsistent"] });
    expect(deletionsReceived(scenario).flat()).toEqual([bob]);
    check(await workspace.plan(), { code: 0 });
  });

  test("nobody who is declared again before the day, and whom the plan reactivates by the user it names there", async () => {
    const waiting = { ...email, suspend_days: 14 };
    const scenario = await applied({ ...waiting, users: [ada, bob, eve, dan] });
    const { workspace, emulator } = scenario;
    await applySet(workspace, { ...waiting, users: [bob, eve, dan] });
    workspace.write({ ...waiting, users: [ada.toUpperCase(), bob, eve, dan] });
    check(await workspace.plan("-refresh=false", "-out=plan"), {
      code: 2,
      says: ["reactivations", `+ user_id = "${adaId}"`],
    });
    expect(await namedIn(scenario)).toEqual({});
    // Without the messages of the engine.
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

  test("an id that was never found, and a set of system user ids, say nobody", async () => {
    const nobody = "nobody@example.com";
    const scenario = await applied({ ...email, users: [nobody, bob, eve, dan] });
    const { workspace } = scenario;
    workspace.write({ ...email, users: [eve, dan] });
    check(await workspace.plan("-out=plan"), { code: 2 });
    expect(await namedIn(scenario)).toEqual({ [bob]: bobId });
    check(await workspace.apply("plan"), { code: 0 });

    const byUserId = await applied({ users: pool.map(({ userId }) => userId) });
    byUserId.workspace.write({ users: pool.slice(1).map(({ userId }) => userId) });
    check(await byUserId.workspace.plan("-out=plan"), { code: 2 });
    expect(await namedIn(byUserId)).toEqual({});
    check(await byUserId.workspace.apply("plan"), { code: 0 });
  });

  test("a created, replaced or tainted set names nobody", async () => {
    const scenario = await applied({ ...email, users: [ada, bob] });
    const { workspace } = scenario;
    expect(workspace.userSet()?.leaver_user_ids).toEqual({});
    check(await workspace.plan("-replace=genauth_user_set.staff", "-out=plan"), { code: 2 });
    expect(await namedIn(scenario)).toEqual({});
    check(await workspace.apply("plan"), { code: 0 });
    check(await workspace.run("taint", "genauth_user_set.staff"), { code: 0 });
    workspace.write({ ...email, users: [bob] });
    check(await workspace.plan("-out=plan"), { code: 2 });
    expect(await namedIn(scenario)).toEqual({});
    check(await workspace.apply("plan"), { code: 0 });
    expect(deletionsReceived(scenario)).toEqual([]);
  });
});

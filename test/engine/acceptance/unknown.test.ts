import { describe, expect, test } from "@jest/globals";
import { reportOnPlan } from "../../../src/reports";
import { parsePlan } from "../../../src/terraform-json";
import { seedUsers } from "../../support/emulator";
import { engines } from "../../support/engine/engines";
import { useScenarios, type Scenario } from "../../support/scenario";
import { check, deletionsReceived } from "../../support/acceptance/removal-case";

const pool = seedUsers(3);
const [ada = "", bob = "", eve = ""] = pool.map(({ userId }) => userId);

describe.each(engines())("unknown values at plan on $name", (engine) => {
  const open = useScenarios(engine);

  /** Declares users from another resource, which are unknown before it is applied. */
  function declare(
    { workspace }: Scenario,
    ids: readonly string[],
    more: Record<string, unknown> = {},
  ): void {
    workspace.writeConfiguration({
      sets: { staff: { users: "${terraform_data.staff.output}", ...more } },
      blocks: {
        resource: { terraform_data: { staff: { input: Object.fromEntries(ids.map((id) => [id, ""])) } } },
      },
    });
  }

  async function applied(): Promise<Scenario> {
    const scenario = await open({ emulator: { users: pool } });
    declare(scenario, [ada, bob, eve]);
    check(await scenario.workspace.apply(), { code: 0 });
    expect(Object.keys(scenario.workspace.userSet()?.users ?? {}).sort()).toEqual([ada, bob, eve].sort());
    return scenario;
  }

  test("users are accepted for a new set, refused for one with users, and told if that one allows them", async () => {
    const scenario = await applied();
    declare(scenario, [bob, eve]);
    check(await scenario.workspace.plan(), {
      code: 1,
      says: ["Users are not known at plan", "3 users", "allow_unknown_users", "-target"],
    });
    declare(scenario, [bob, eve], { allow_unknown_users: true });
    check(await scenario.workspace.apply(), {
      code: 0,
      says: ["Warning: The removed users are not known yet"],
    });
    expect(deletionsReceived(scenario)).toEqual([[ada]]);
  });

  test("a limit is named in the plan, and holds at apply", async () => {
    const scenario = await open({ emulator: { users: pool } });
    const { workspace } = scenario;
    workspace.write({ users: [ada, bob, eve] });
    check(await workspace.apply(), { code: 0 });
    const limits: Record<string, unknown> = { max_deletions: "${terraform_data.most.output}" };
    workspace.writeConfiguration({
      sets: { staff: { users: [bob], ...limits } },
      blocks: { resource: { terraform_data: { most: { input: 1 } } } },
    });
    check(await workspace.plan("-out=tfplan"), {
      code: 2,
      says: ["2 users will be permanently deleted", "Warning: max_deletions is not known at plan"],
    });
    check(await workspace.apply("tfplan"), {
      code: 1,
      says: ["2 users would be deleted, more than max_deletions (1)"],
    });
    expect(deletionsReceived(scenario)).toEqual([]);
  });

  test("a protected user who waits is reactivated, although the plan did not know the user", async () => {
    const scenario = await open({ emulator: { users: pool } });
    const { workspace, emulator } = scenario;
    const declareTwo = (staff: readonly string[], others: readonly string[]): void =>
      workspace.writeConfiguration({
        sets: { staff: { users: staff, suspend_days: 14 }, others: { users: others, suspend_days: 14 } },
        provider: { protected_users: { user_id: "${terraform_data.all.output}" } },
        blocks: { resource: { terraform_data: { all: { input: [...staff, ...others] } } } },
      });
    declareTwo([ada, bob], [eve]);
    check(await workspace.apply(), { code: 0 });
    declareTwo([bob], [eve]);
    check(await workspace.apply(), { code: 0, says: ["1 user suspended", ada] });
    declareTwo([bob], [eve, ada]);
    check(await workspace.plan("-out=plan"), {
      code: 2,
      says: ["Not all protected users are known yet", "not deleted, but reactivated", ada],
    });
    const report = reportOnPlan(parsePlan(JSON.stringify(await workspace.planJson("plan"))));
    expect(report).toMatchObject({ verdict: "not_known", whole: false });
    check(await workspace.apply("plan"), { code: 0, says: ["1 user reactivated", ada] });
    expect(emulator.pool.find(ada)?.status).toBe("Activated");
  });

  test("who waits may be reactivated, although the plan does not know the host", async () => {
    const scenario = await open({ emulator: { users: pool }, environment: { GENAUTH_HOST: "" } });
    const { workspace, emulator } = scenario;
    const declareSet = (users: readonly string[], host: string): void =>
      workspace.writeConfiguration({
        sets: { staff: { users, suspend_days: 14 } },
        provider: { host },
        blocks: { resource: { terraform_data: { host: { input: emulator.url } } } },
      });
    declareSet([ada, bob, eve], emulator.url);
    check(await workspace.apply(), { code: 0 });
    declareSet([eve], emulator.url);
    check(await workspace.apply(), { code: 0, says: ["2 users suspended"] });
    // Nothing changes, but for what the state still says of the last apply.
    const late = "${terraform_data.host.output}";
    declareSet([eve], late);
    check(await workspace.apply("-replace=terraform_data.host", "-refresh=false"), { code: 0 });
    declareSet([ada, eve], late);
    check(await workspace.plan("-out=plan", "-replace=terraform_data.host"), {
      code: 2,
      says: [
        "1 suspended user may be reactivated",
        "wait on: The provider's configuration is not known before apply",
        "The user pool is not known yet",
        "turns out to be declared or protected, that user is not deleted, but reactivated",
        bob,
      ],
      neverSays: ["cannot be reactivated"],
    });
    check(await workspace.apply("plan"), { code: 0, says: ["1 user reactivated", ada] });
    expect([ada, bob].map((id) => emulator.pool.find(id)?.status)).toEqual(["Activated", "Suspended"]);
  });

  test("an id type replaces the set, which releases also those who leave in the same change", async () => {
    const scenario = await open({ emulator: { users: pool } });
    const { workspace } = scenario;
    const declareTyped = (ids: readonly string[]): void => {
      workspace.writeConfiguration({
        sets: { staff: { users: ids, user_id_type: "${terraform_data.type.output}" } },
        blocks: {
          resource: { terraform_data: { type: { input: "user_id", triggers_replace: [ids.length] } } },
        },
      });
    };
    declareTyped([ada, bob, eve]);
    check(await workspace.apply(), { code: 0 });
    declareTyped([bob, eve]);
    check(await workspace.plan("-out=plan"), {
      code: 2,
      says: ["must be replaced", "3 users are released, not deleted", ada],
    });
    check(await workspace.apply("plan"), { code: 0 });
    expect(Object.keys(workspace.userSet()?.users ?? {}).sort()).toEqual([bob, eve].sort());
    expect(deletionsReceived(scenario)).toEqual([]);
  });
});

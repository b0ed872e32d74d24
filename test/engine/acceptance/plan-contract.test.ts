import { describe, expect, test } from "@jest/globals";
import { seedUsers, type PoolUser } from "../../support/emulator";
import { engines } from "../../support/engine/engines";
import { useScenarios, type Scenario } from "../../support/scenario";
import type { UserSetBlock } from "../../support/configuration";
import { applySet, check, deletionsReceived, type ExpectedRun } from "../../support/acceptance/removal-case";

const pool = seedUsers(8);
const emails = pool.map(({ email }) => email ?? "");
const [ada = "", bob = "", eve = ""] = emails;
const STRANGER: PoolUser = { userId: "ffffffffffffffffffffffff", name: "Somebody Else" };
const email = { user_id_type: "email" };
const both = { ...email, users: { [ada]: "Ada", [bob]: "Bob" } };
const onlyBob = { ...email, users: { [bob]: "Bob" } };

/** How the engine refuses an apply that would delete a user whom the plan does not delete. */
const REFUSED: ExpectedRun = {
  code: 1,
  says: ["inconsistent final plan", "removals", "was known, but now unknown"],
};

describe.each(engines())("a saved plan binds its apply for each removed user on $name", (engine) => {
  const open = useScenarios(engine);

  async function applied(set: UserSetBlock): Promise<Scenario> {
    const scenario = await open({ emulator: { users: pool } });
    await applySet(scenario.workspace, set);
    return scenario;
  }

  async function plannedRemovals({ workspace }: Scenario): Promise<unknown> {
    const json = (await workspace.planJson("plan")) as {
      readonly resource_changes: readonly {
        readonly name: string;
        readonly change: {
          readonly after: { readonly removals?: unknown };
          readonly after_unknown: { readonly removals?: unknown };
        };
      }[];
    };
    const { change } = json.resource_changes.find((each) => each.name === "staff") ?? {};
    return { known: change?.after.removals, unknown: change?.after_unknown.removals };
  }

  function expectNobodyDeleted(scenario: Scenario): void {
    expect(deletionsReceived(scenario)).toEqual([]);
  }

  test("a deletion is unknown, a kept user is known, and apply returns how each removal ended", async () => {
    const scenario = await applied({ ...email, users: [ada, bob, eve] });
    const { workspace } = scenario;
    expect(workspace.userSet()?.removals).toEqual({});
    workspace.write({ ...email, users: [eve], retained_ids: [bob] });
    check(await workspace.plan("-out=plan"), {
      code: 2,
      says: [
        "1 user will be permanently deleted",
        'If apply ends with "Provider produced inconsistent final plan"',
      ],
    });
    expect(await plannedRemovals(scenario)).toEqual({
      known: { [bob]: "not deleted" },
      unknown: { [ada]: true },
    });
    check(await workspace.apply("plan"), { code: 0 });
    expect(workspace.userSet()?.removals).toEqual({ [ada]: "deleted", [bob]: "not deleted" });
    expect(deletionsReceived(scenario)).toEqual([[ada]]);
    check(await workspace.plan(), { code: 0, says: ["No changes"] });
    check(await workspace.apply("-refresh-only"), { code: 0 });
    expect(workspace.userSet()?.removals).toEqual({});
    check(await workspace.plan("-refresh-only"), { code: 0 });
    expect(scenario.emulator.pool.size).toBe(pool.length - 1);
  });

  test("a likely rename is kept, although the new account appears before the apply", async () => {
    const scenario = await applied(both);
    const { workspace, emulator } = scenario;
    workspace.write({ ...email, users: { "ada.new@example.com": "Ada", [bob]: "Bob" } });
    check(await workspace.plan("-out=plan"), {
      code: 2,
      says: ["rename", "will leave the set but not GenAuth"],
    });
    emulator.pool.add({ ...STRANGER, email: "ada.new@example.com" });
    check(await workspace.apply("plan"), REFUSED);
    expectNobodyDeleted(scenario);
    expect(Object.keys(workspace.userSet()?.users ?? {})).toEqual([ada, bob]);
  });

  test("an id that was never found does not delete a user who gets it later, stays in the set, and fails the run", async () => {
    const scenario = await applied({ ...email, users: { "new@example.com": "New", [bob]: "Bob" } });
    const { workspace, emulator } = scenario;
    workspace.write(onlyBob);
    check(await workspace.plan("-out=plan"), {
      code: 2,
      says: ["Never found", "not found in GenAuth"],
      neverSays: ["already gone"],
    });
    emulator.pool.add({ ...STRANGER, email: "new@example.com" });
    check(await workspace.apply("plan"), {
      code: 1,
      says: ["never seen while it was declared", "new@example.com"],
    });
    expectNobodyDeleted(scenario);
    expect(Object.keys(workspace.userSet()?.users ?? {}).sort()).toEqual([bob, "new@example.com"].sort());
    expect(workspace.userSet()?.drift).toEqual({
      missing: [],
      survivors: ["new@example.com"],
      locked_out: [],
    });
    check(await workspace.plan("-out=plan"), { code: 2, says: ["1 user will be permanently deleted"] });
    check(await workspace.apply("plan"), { code: 0 });
    expect(emulator.pool.find(STRANGER.userId)).toBeUndefined();
  });
});

import { describe, expect, test } from "@jest/globals";
import { seedUsers, type PoolUser } from "../../support/emulator";
import { applySet, check } from "../../support/acceptance/removal-case";
import type { UserSetBlock } from "../../support/configuration";
import { engines } from "../../support/engine/engines";
import { useScenarios, type Scenario } from "../../support/scenario";

const pool = seedUsers(3);
const [ada = "", bob = "", eve = ""] = pool.map(({ email }) => email ?? "");
const eveId = pool[2]?.userId ?? "";
const STRANGER: PoolUser = { userId: "ffffffffffffffffffffffff", name: "New", email: "new@example.com" };
type Pool = Scenario["emulator"]["pool"];
const email = { user_id_type: "email", max_deletions_percent: 100 };

describe.each(engines())("a change that only adds users on $name", (engine) => {
  const open = useScenarios(engine);

  async function applied(set: UserSetBlock, environment = {}): Promise<Scenario> {
    const scenario = await open({
      emulator: { users: pool },
      environment: { ...environment },
    });
    await applySet(scenario.workspace, set);
    return scenario;
  }

  /** Adds users, and returns which part of `drift` the plan leaves open. */
  async function planToAdd({ workspace }: Scenario, set: UserSetBlock): Promise<unknown> {
    workspace.write(set);
    check(await workspace.plan("-out=plan"), { code: 2 });
    const json = (await workspace.planJson("plan")) as {
      readonly resource_changes: readonly { readonly change: { readonly after_unknown: object } }[];
    };
    const [unknown] = json.resource_changes.map(({ change }) => change.after_unknown);
    return unknown;
  }

  test.each<[string, readonly string[], (pool: Pool) => void, readonly string[]]>([
    ["they are in GenAuth", [ada, bob, eve], () => undefined, []],
    ["one is not in GenAuth", [ada, bob, "new@example.com"], () => undefined, ["new@example.com"]],
    ["one leaves GenAuth before the apply", [ada, bob, eve], (users) => users.remove(eveId), [eve]],
    ["one comes there before", [ada, bob, "new@example.com"], (users) => users.add(STRANGER), []],
  ])(
    "leaves open only who is missing, for nobody else's state can change: %s",
    async (_, users, beforeApply, missing) => {
      const scenario = await applied({ ...email, users: [ada, bob] });
      expect(await planToAdd(scenario, { ...email, users })).toMatchObject({ drift: { missing: true } });
      beforeApply(scenario.emulator.pool);
      check(await scenario.workspace.apply("plan"), { code: 0 });
      expect(scenario.workspace.userSet()?.drift).toEqual({ missing, survivors: [], locked_out: [] });
    },
  );
});

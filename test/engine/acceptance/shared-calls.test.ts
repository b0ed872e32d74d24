import { describe, expect, test } from "@jest/globals";
import { seedUsers } from "../../support/emulator";
import { engines } from "../../support/engine/engines";
import { type Scenario, useScenarios } from "../../support/scenario";
import { check, deletionsReceived, type ExpectedRun } from "../../support/acceptance/removal-case";

const PER_SECOND = 8;
/** Less than a second, in milliseconds, because the network latency varies. Two separate paces would still exceed the limit. */
const ALMOST_A_SECOND = 800;

const users = seedUsers(150);
const ids = users.map(({ email }) => email ?? "");

/** Runs the engine, and returns its calls. */
async function callsOf(
  { emulator, workspace }: Scenario,
  expected: ExpectedRun,
  ...args: [string, ...string[]]
) {
  const before = emulator.calls.length;
  check(await workspace.run(...args), expected);
  return emulator.calls.slice(before).map(({ path, at }) => ({ name: path.split("/").pop(), at }));
}

describe.each(engines())("two sets with the same users on $name", (engine) => {
  const open = useScenarios(engine);

  test("share look-ups", async () => {
    const scenario = await open({ emulator: { users } });
    const set = { users: ids, user_id_type: "email" };
    scenario.workspace.writeConfiguration({ sets: { one: set, two: set } });
    const names = async (...args: [string, ...string[]]) =>
      (await callsOf(scenario, { code: 0 }, ...args)).map(({ name }) => name);
    const lookUps = Array<string>(3).fill("get-user-batch");

    // Plan and apply are two processes, and each looks up all users once for both sets.
    expect(await names("apply", "-auto-approve")).toEqual([...lookUps, ...lookUps]);
    expect(await names("plan")).toEqual(lookUps);
  });

  test("share one pace when both delete", async () => {
    const scenario = await open({ emulator: { users } });
    const declare = (one: readonly string[], two: readonly string[]): void => {
      const set = { user_id_type: "email", max_deletions_percent: 100 };
      scenario.workspace.writeConfiguration({
        sets: { one: { ...set, users: one }, two: { ...set, users: two } },
      });
    };
    declare(ids.slice(75), ids.slice(0, 75));
    check(await scenario.workspace.apply(), { code: 0 });
    declare([], []);
    check(await scenario.workspace.plan("-out=plan"), { code: 2 });
    scenario.workspace.setVariables({ GENAUTH_REQUESTS_PER_SECOND: String(PER_SECOND) });
    const applied = await callsOf(scenario, { code: 0 }, "apply", "plan");
    expect(deletionsReceived(scenario).flat().sort()).toEqual([...ids].sort());
    // For each set: two look-ups to decide, and for each chunk a look-up, a deletion and a read-back.
    expect(applied).toHaveLength(16);
    const busiest = applied.map(
      ({ at: begun }) => applied.filter(({ at }) => at >= begun && at < begun + ALMOST_A_SECOND).length,
    );
    expect(Math.max(...busiest)).toBeLessThanOrEqual(PER_SECOND);
  });
});

import { describe, expect, test } from "@jest/globals";
import { seedUsers } from "../../support/emulator";
import { engines } from "../../support/engine/engines";
import { useScenarios, type Scenario } from "../../support/scenario";
import { check, deletionsReceived } from "../../support/acceptance/removal-case";

const pool = seedUsers(12);
const emails = pool.map(({ email }) => email ?? "");
const WRONG = {
  code: 1,
  says: ["Almost no user is the same in this pool", "GENAUTH_ACCEPT_EMPTY_POOL=1"],
};

describe.each(engines())("a copy of the pool on $name", (engine) => {
  const open = useScenarios(engine);

  /** A set of all users whose pool is replaced by a copy with other system user ids, without some users. */
  async function inCopy(missing: number): Promise<Scenario> {
    const scenario = await open({ emulator: { users: pool }, environment: { GENAUTH_CONFIRM_SECONDS: "1" } });
    const { emulator, workspace } = scenario;
    workspace.write({ user_id_type: "email", users: emails });
    check(await scenario.workspace.apply(), { code: 0 });
    for (const { userId } of pool) emulator.pool.remove(userId);
    for (const [index, user] of pool.slice(missing).entries())
      emulator.pool.add({ ...user, userId: `c${String(index).padStart(23, "0")}` });
    return scenario;
  }

  test("with half of the users is refused at refresh and at removal, and no binding changes", async () => {
    const missing = 6;
    const scenario = await inCopy(missing);
    const { workspace, emulator } = scenario;
    const before = workspace.state();
    check(await workspace.plan(), WRONG);
    check(await workspace.apply("-refresh-only"), WRONG);
    workspace.write({ user_id_type: "email", users: emails.slice(2) });
    check(await workspace.plan("-refresh=false"), WRONG);
    check(await workspace.apply("-refresh=false"), WRONG);
    expect(workspace.state()).toEqual(before);
    expect(deletionsReceived(scenario)).toEqual([]);
    expect(emulator.pool.size).toBe(pool.length - missing);
  });
});

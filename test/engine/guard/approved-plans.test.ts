import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { engines } from "../../support/engine/engines";
import { type Scenario, useScenarios } from "../../support/scenario";
import { seedUsers } from "../../support/emulator";
import { applySet, check } from "../../support/acceptance/removal-case";
import {
  idOf,
  pool,
  remaining,
  testApprovedPlans,
  userIds,
  usersFrom,
} from "../../support/guard/approved-plans";
import { savePlan, startApply } from "../../support/guard/guarded";

describe.each(engines())("an apply under the guard on $name", (engine) => {
  describe("with a genauth_user_set", () => testApprovedPlans(engine, "genauth_user_set"));
  describe("with a null_resource", () => testApprovedPlans(engine, "null_resource"));

  const open = useScenarios(engine);

  async function withPlan(
    before: Readonly<Record<string, unknown>>,
    after: Readonly<Record<string, unknown>>,
  ): Promise<Scenario> {
    const scenario = await open({ emulator: { users: pool } });
    await applySet(scenario.workspace, { ...usersFrom(0), ...before });
    scenario.workspace.write({ ...usersFrom(0), ...after });
    await savePlan(scenario.workspace);
    return scenario;
  }

  test("goes through lost answers and refusals, and names the person alone with delete_by user_id", async () => {
    const set = { delete_by: "user_id" };
    const scenario = await withPlan(set, { ...usersFrom(5), ...set });
    const { workspace, emulator } = scenario;
    emulator.faults.add({ on: "delete-users-batch", nth: 1, then: { kind: "reset", carriedOut: true } });
    emulator.faults.add({ on: "get-user-batch", nth: 2, then: { kind: "answer", statusCode: 500 } });
    check(await startApply(workspace).finished, { code: 0 });
    expect(remaining(scenario)).toEqual(userIds.slice(5));
  });

  test("looks nobody up twice before a call, and keeps whose id has passed on meanwhile", async () => {
    const users = seedUsers(62);
    const emails = users.map(({ email }) => email ?? "");
    const set = (ids: readonly string[]) => ({
      ...usersFrom(0),
      users: Object.fromEntries(ids.map((id) => [id, "x"])),
    });
    const scenario = await open({ emulator: { users } });
    const { workspace, emulator } = scenario;
    await applySet(workspace, set(emails.slice(0, 61)));
    workspace.write(set(emails.slice(60, 61)), { parallelism: 1 });
    await savePlan(workspace);
    const [leaver = "", other = ""] = [59, 61].map((index) => users[index]?.userId);
    emulator.steps.add({
      on: "delete-users-batch",
      nth: 1,
      run: (pool) => {
        pool.update(leaver, { email: "moved@example.com" });
        pool.update(other, { email: emails[59] });
      },
    });
    // Two look-ups, a deletion, one that is refused, its two halves with a look-up each, and two read-backs.
    check(await startApply(workspace).finished, {
      code: 0,
      says: [
        "Kept because the id is bound to somebody else",
        "guard: 10 calls. Sent: deletion of 59 of 60 approved. refused 1 time: ",
      ],
    });
    expect(remaining(scenario)).toEqual([59, 60, 61].map((index) => users[index]?.userId));
  });

  test("suspends, reactivates, and deletes whose day has come", async () => {
    const days = { suspend_days: 14 };
    const scenario = await withPlan(days, { ...usersFrom(2), ...days });
    const { workspace, emulator } = scenario;
    check(await startApply(workspace).finished, { code: 0, says: ["suspension of 2 of 2 approved"] });
    expect(remaining(scenario)).toEqual(userIds);
    expect(emulator.pool.find(idOf(0))?.status).toBe("Suspended");

    workspace.write({ ...usersFrom(1), ...days });
    await savePlan(workspace);
    check(await startApply(workspace).finished, { code: 0, says: ["reactivation of 1 of 1 approved"] });
    expect(emulator.pool.find(idOf(1))?.status).toBe("Activated");

    emulator.letDaysPass(15);
    await savePlan(workspace);
    check(await startApply(workspace).finished, { code: 0, says: ["deletion of 1 of 1 approved"] });
    expect(remaining(scenario)).toEqual(userIds.slice(1));
  });

  test("refuses another plan than the approved one, a secret in the provider block, and to run without a guard", async () => {
    const scenario = await withPlan({}, usersFrom(1));
    const { workspace } = scenario;
    const another = ["--plan-sha256", "0".repeat(64)];
    check(await startApply(workspace, ["approved.tfplan"], another).finished, {
      code: 1,
      says: ["is not the plan that was approved"],
    });
    workspace.write(usersFrom(1), { access_key_secret: "left in the configuration" });
    check(await startApply(workspace, []).finished, { code: 1, says: ["A secret beside the guard"] });
    workspace.setVariables({
      GENAUTH_GUARD: join(workspace.folder, "no.sock"),
      GENAUTH_ACCESS_KEY_SECRET: "",
    });
    check(await workspace.apply("approved.tfplan"), { code: 1, says: ["the user of the engine"] });
    expect(remaining(scenario)).toEqual(userIds);
  });
});

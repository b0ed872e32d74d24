import { describe, expect, test } from "@jest/globals";
import { seedUsers } from "../../support/emulator";
import { engines } from "../../support/engine/engines";
import { useScenarios, type Scenario } from "../../support/scenario";
import { applySet, check, deletionsReceived } from "../../support/acceptance/removal-case";

const pool = seedUsers(4);
const emails = pool.map(({ email }) => email ?? "");
const [ada = "", bob = "", eve = ""] = emails;
const email = { user_id_type: "email" };
const three = { ...email, users: [ada, bob, eve] };
const two = { ...email, users: [bob, eve] };

describe.each(engines())("a released or replaced set deletes nobody on $name", (engine) => {
  const open = useScenarios(engine);

  const openPool = () => open({ emulator: { users: pool }, environment: { GENAUTH_MAX_ATTEMPTS: "1" } });

  async function applied(set = three): Promise<Scenario> {
    const scenario = await openPool();
    await applySet(scenario.workspace, set);
    return scenario;
  }

  let stateWithSurvivor: string | undefined;

  /** Ada was removed from the set, and GenAuth did not delete her. The engine writes this state once. */
  async function withSurvivor(): Promise<Scenario> {
    const scenario = await openPool();
    const { emulator, workspace } = scenario;
    if (stateWithSurvivor === undefined) {
      await applySet(workspace, three);
      workspace.write(two);
      emulator.faults.add({ on: "delete-users-batch", then: { kind: "lie" } });
      check(await workspace.apply(), { code: 1 });
      emulator.faults.clear();
      stateWithSurvivor = JSON.stringify(workspace.state());
    }
    workspace.write(two);
    workspace.writeFiles({ "terraform.tfstate": stateWithSurvivor });
    expect(workspace.userSet()?.drift).toEqual({ missing: [], survivors: [ada], locked_out: [] });
    return scenario;
  }

  function expectEverybodyThere(scenario: Scenario): void {
    expect(deletionsReceived(scenario)).toEqual([]);
    expect(scenario.emulator.pool.size).toBe(pool.length);
  }

  test("destroy, and its plan lists the released users", async () => {
    const scenario = await applied();
    check(await scenario.workspace.plan("-destroy", "-out=plan"), {
      code: 2,
      says: ["3 users are released, not deleted", "users = {}"],
    });
    check(await scenario.workspace.apply("plan"), { code: 0, says: ["1 destroyed"] });
    expect(scenario.workspace.userSet()).toBeUndefined();
    expectEverybodyThere(scenario);
  });

  test("a renamed block", async () => {
    const scenario = await applied();
    scenario.workspace.writeConfiguration({ sets: { people: two } });
    check(await scenario.workspace.apply(), { code: 0, says: ["3 users are released, not deleted"] });
    expect(Object.keys(scenario.workspace.userSet("people")?.users ?? {})).toEqual([bob, eve]);
    expectEverybodyThere(scenario);
  });

  test("a changed id type, also a user who leaves with the same change", async () => {
    const scenario = await applied();
    scenario.workspace.write({ user_id_type: "username", users: ["user002", "user003"] });
    check(await scenario.workspace.plan("-out=plan"), {
      code: 2,
      says: [
        "must be replaced",
        "forces replacement",
        "3 users are released, not deleted",
        "Users who leave in the same change keep their accounts, too",
      ],
      neverSays: ["will be permanently deleted"],
    });
    check(await scenario.workspace.apply("plan"), { code: 0 });
    expect(scenario.workspace.userSet()).toMatchObject({
      user_id_type: "username",
      users: { user002: "", user003: "" },
    });
    expectEverybodyThere(scenario);
  });

  test.each([{}, { lifecycle: { create_before_destroy: true } }])(
    "-replace, with %j, is refused if somebody leaves with it, and tells that nobody is deleted if all stay",
    async (more) => {
      const replace = "-replace=genauth_user_set.staff";
      const scenario = await applied({ ...three, ...more });
      const { workspace } = scenario;
      workspace.write({ ...two, ...more });
      check(await workspace.plan(replace), {
        code: 1,
        says: ["The set is replaced, which would lose 1 removal", "keep their accounts", ada],
      });

      workspace.write({ ...three, ...more });
      check(await workspace.plan(replace, "-out=plan"), {
        code: 2,
        says: ["will be replaced, as requested"],
      });
      check(await workspace.apply("plan"), { code: 0, says: ["3 users were released, not deleted"] });
      expect(Object.keys(workspace.userSet()?.users ?? {})).toEqual([ada, bob, eve]);
      expectEverybodyThere(scenario);
    },
  );

  test("a taint cannot be refused, and its apply names the removals that it loses", async () => {
    const scenario = await withSurvivor();
    const { workspace } = scenario;
    check(await workspace.run("taint", "genauth_user_set.staff"), { code: 0 });
    check(await workspace.apply(), {
      code: 0,
      says: ["3 users were released, not deleted", "removal of these is not confirmed yet", ada],
    });
    expect(Object.keys(workspace.userSet()?.users ?? {})).toEqual([bob, eve]);
    expect(scenario.emulator.pool.size).toBe(pool.length);
  });

  test("a survivor that ignore_changes keeps is reported", async () => {
    const scenario = await withSurvivor();
    const { workspace } = scenario;
    workspace.write({ ...two, lifecycle: { ignore_changes: ["users"] } });
    check(await workspace.plan(), {
      code: 2,
      says: ["The set includes 1 removed user again", "ignore_changes", ada],
    });
    workspace.write(two);
    check(await workspace.apply(), { code: 0, says: ["1 user will be permanently deleted"] });
  });

  test("a saved plan whose users Terraform reads from a file is refused if the file has changed", async () => {
    const scenario = await applied();
    const { workspace } = scenario;
    const file = (ids: readonly string[]): void =>
      workspace.writeFiles({ "users.json": JSON.stringify(Object.fromEntries(ids.map((id) => [id, ""]))) });
    workspace.write({ ...email, users: '${jsondecode(file("users.json"))}' });
    file([bob, eve]);
    check(await workspace.plan("-out=plan"), { code: 2, says: ["1 user will be permanently deleted"] });
    file([eve]);
    check(await workspace.apply("plan"), { code: 1, says: ["inconsistent final plan"] });
    expectEverybodyThere(scenario);
    expect(Object.keys(workspace.userSet()?.users ?? {})).toEqual([ada, bob, eve]);
  });
});

import { describe, expect, test } from "@jest/globals";
import { seedUsers } from "../../support/emulator";
import { engines } from "../../support/engine/engines";
import { useScenarios, type Scenario } from "../../support/scenario";
import { applySet, check, deletionsReceived, CHANGE_STARTED } from "../../support/acceptance/removal-case";

const pool = seedUsers(3);
const ids = pool.map(({ userId }) => userId);
const [, bob = "", eve = ""] = ids;
const NO_USERS = { code: 1, says: ["users is null", "users = {}", "max_deletions_percent = 100"] };

describe.each(engines())("null on $name", (engine) => {
  const open = useScenarios(engine);

  /** Declares a set with this expression as its users, and a variable `users` that has no value. */
  function declare({ workspace }: Pick<Scenario, "workspace">, users: string): void {
    workspace.writeConfiguration({
      sets: { staff: { users } },
      blocks: { variable: { users: { default: null } } },
    });
  }

  /** After the apply of a set of everybody. */
  async function applied(): Promise<Scenario> {
    const scenario = await open({ emulator: { users: pool } });
    await applySet(scenario.workspace, { users: ids });
    return scenario;
  }

  function expectNothingChanged(scenario: Scenario): void {
    expect(deletionsReceived(scenario)).toEqual([]);
    expect(Object.keys(scenario.workspace.userSet()?.users ?? {}).sort()).toEqual([...ids].sort());
  }

  test("a literal null is refused without any call", async () => {
    const { emulator, workspace } = await open();
    declare({ workspace }, "${null}");
    check(await workspace.run("validate"), NO_USERS);
    expect(emulator.calls).toEqual([]);
  });

  test("a variable without a value, a truncated file and a fallback are not an empty set", async () => {
    const scenario = await applied();
    const { workspace } = scenario;
    workspace.writeFiles({ "staff.yaml": "users:\n" });
    const staff = 'yamldecode(file("staff.yaml"))';
    for (const users of ["${var.users}", `\${${staff}.users}`, `\${try(${staff}.staff, null)}`]) {
      declare(scenario, users);
      check(await workspace.apply(), { ...NO_USERS, neverSays: [CHANGE_STARTED] });
    }
    expectNothingChanged(scenario);
  });

  test("users that are unknown at plan and null at apply are refused at apply", async () => {
    const scenario = await applied();
    const { workspace } = scenario;
    workspace.writeConfiguration({
      sets: {
        staff: { users: "${jsondecode(terraform_data.staff.output).users}", allow_unknown_users: true },
      },
      blocks: { resource: { terraform_data: { staff: { input: JSON.stringify({ users: null }) } } } },
    });
    check(await workspace.plan("-out=plan"), { code: 2 });
    check(await workspace.apply("plan"), NO_USERS);
    expectNothingChanged(scenario);
  });

  test("null labels, retained ids and protected users are refused", async () => {
    const scenario = await applied();
    const { workspace } = scenario;
    const cases = [
      { set: { users: '${{ "ada" = var.nothing }}' }, says: "The label is null" },
      { set: { retained_ids: ["${var.nothing}"] }, says: "The id is null" },
      { provider: { protected_users: { email: "${var.nothing}" } }, says: "The set is null" },
      { provider: { protected_users: { email: ["${var.nothing}"] } }, says: "The id is null" },
    ];
    for (const { set, provider = {}, says } of cases) {
      workspace.writeConfiguration({
        sets: { staff: { users: [bob, eve], ...set } },
        provider,
        blocks: { variable: { nothing: { default: null } } },
      });
      check(await workspace.plan(), { code: 1, says: [says] });
    }
    expectNothingChanged(scenario);
  });

  test("a list of protected users that is unknown at plan and null at apply is refused at apply", async () => {
    const scenario = await applied();
    const { workspace } = scenario;
    workspace.writeConfiguration({
      sets: { staff: { users: [bob, eve] } },
      provider: { protected_users: { email: "${jsondecode(terraform_data.staff.output).users}" } },
      blocks: { resource: { terraform_data: { staff: { input: JSON.stringify({ users: null }) } } } },
    });
    check(await workspace.plan("-out=plan"), { code: 2 });
    check(await workspace.apply("plan"), { code: 1, says: ["The set is null"] });
    expectNothingChanged(scenario);
  });
});

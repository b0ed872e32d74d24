import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { loadPolicy } from "@open-policy-agent/opa-wasm";
import { parse } from "yaml";
import { onPath } from "../../support/engine/engine";
import { seedUsers } from "../../support/emulator";
import { engines } from "../../support/engine/engines";
import { type Scenario, useScenarios } from "../../support/scenario";
import { EXAMPLE, readCompiledPolicy } from "./support/compiled-policy";

type LoadedPolicy = Awaited<ReturnType<typeof loadPolicy>>;

const pool = seedUsers(6);
const emails = pool.map(({ email }) => email ?? "");
const [ada = "", bo = "", chidi = "", dana = ""] = emails;

/** The contents of `limits.yaml`, with changes. */
function limits(changed: object): { genauth: object } {
  const { genauth } = parse(readFileSync(join(EXAMPLE, "limits.yaml"), "utf8")) as { genauth: object };
  return { genauth: { ...genauth, ...changed } };
}

let policy: LoadedPolicy;
beforeAll(async () => {
  policy = await loadPolicy(readCompiledPolicy());
});

/** Why the policy denies the saved plan of the workspace. If conftest is installed, it must report the same. */
async function denials({ workspace }: Scenario, changed: object = {}): Promise<string[]> {
  const { stdout } = await workspace.run("show", "-json", "plan");
  policy.setData(limits(changed));
  const [{ result }] = policy.evaluate(JSON.parse(stdout)) as [{ result: string[] }];
  const conftest = onPath("conftest");
  if (conftest !== undefined) {
    workspace.writeFiles({ "plan.json": stdout, "limits.json": JSON.stringify(limits(changed)) });
    const files = ["plan.json", "limits.json"].map((name) => join(workspace.folder, name));
    const args = ["test", files[0] ?? "", "--policy", join(EXAMPLE, "policy"), "--data", files[1] ?? ""];
    const { stdout: output } = spawnSync(conftest, [...args, "--output", "json"], { encoding: "utf8" });
    const [{ failures = [] }] = JSON.parse(output) as [{ failures?: { msg: string }[] }];
    expect(failures.map(({ msg }) => msg).sort()).toEqual([...result].sort());
  }
  return result;
}

describe.each(engines())("the example of a policy, on plans by $name", (engine) => {
  const open = useScenarios(engine);

  test("counts only users that apply deletes", async () => {
    const scenario = await open({ emulator: { users: pool } });
    const { workspace } = scenario;
    workspace.write({ user_id_type: "email", users: emails });
    expect(await scenario.workspace.apply()).toMatchObject({ code: 0 });
    workspace.write(
      { user_id_type: "email", users: emails.slice(4), retained_user_ids: [chidi] },
      { protected_users: { email: [dana] } },
    );
    expect(await workspace.run("plan", "-out=plan")).toMatchObject({ code: 0 });

    expect(await denials(scenario)).toEqual([]);
    expect(await denials(scenario, { max_deletions: 2 })).toEqual([]);
    expect(await denials(scenario, { max_deletions: 1 })).toEqual([
      "too many deletions: the plan may delete 2, the limit is 1",
    ]);
    expect(
      await denials(scenario, { never_delete: { email: [ada.toUpperCase(), dana], username: [bo] } }),
    ).toEqual([`genauth_user_set.staff may delete ${ada}, who is in never_delete`]);
    expect(await denials(scenario, { max_deletions: null })).toEqual([
      "limits.yaml is missing: give it with --data",
    ]);
  }, 120_000);

  test("denies a plan that runs a command or does not show who is deleted, and permits a released set", async () => {
    const scenario = await open({ emulator: { users: pool } });
    const { workspace } = scenario;
    workspace.write({ user_id_type: "email", users: emails });
    expect(await scenario.workspace.apply()).toMatchObject({ code: 0 });
    workspace.writeConfiguration({
      sets: { staff: { user_id_type: "email", users: emails } },
      blocks: {
        resource: { terraform_data: { x: { provisioner: [{ "local-exec": { command: "env" } }] } } },
      },
    });
    expect(await workspace.run("plan", "-out=plan")).toMatchObject({ code: 0 });
    expect(await denials(scenario)).toEqual(["terraform_data.x has a provisioner (local-exec)"]);

    workspace.writeConfiguration({
      sets: {
        staff: { user_id_type: "email", users: "${terraform_data.staff.output}", allow_unknown_users: true },
      },
      blocks: { resource: { terraform_data: { staff: { input: { [ada]: "" } } } } },
    });
    expect(await workspace.run("plan", "-out=plan")).toMatchObject({ code: 0 });
    expect(await denials(scenario)).toEqual(["genauth_user_set.staff: who leaves is not known before apply"]);

    expect(await workspace.run("plan", "-destroy", "-out=plan")).toMatchObject({ code: 0 });
    expect(await denials(scenario, { max_deletions: 0 })).toEqual([]);
  }, 120_000);
});

describe("the example of a policy, on a null_resource", () => {
  const [engine] = engines();
  const open = useScenarios(engine, "null_resource");

  test("counts all removed users", async () => {
    const scenario = await open({ emulator: { users: pool } });
    const { workspace } = scenario;
    workspace.write({ user_id_type: "email", users: emails });
    expect(await scenario.workspace.apply()).toMatchObject({ code: 0 });
    workspace.write({ user_id_type: "email", users: [...emails.slice(2), "new@example.com"] });
    expect(await workspace.run("plan", "-out=plan")).toMatchObject({ code: 0 });
    expect(await denials(scenario, { max_deletions: 1 })).toEqual([
      "too many deletions: the plan may delete 2, the limit is 1",
    ]);
    expect(await denials(scenario)).toEqual([]);
  }, 120_000);
});

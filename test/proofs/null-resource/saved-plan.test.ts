import { mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { seedUsers } from "../../support/emulator";
import { applySet, check, deletionsReceived } from "../../support/acceptance/removal-case";
import { engines } from "../../support/engine/engines";
import { useScenarios, type Scenario } from "../../support/scenario";
import { declareWithCommandBefore } from "./support/command-before";

const pool = seedUsers(4);
const emails = pool.map(({ email }) => email ?? "");
const [ada = ""] = emails;

/** The next declaration, without the first user. */
const next = { users: emails.slice(1), user_id_type: "email" };

describe.each(engines())("a saved plan of the null resource on $name", (engine) => {
  const open = useScenarios(engine, "null_resource");

  /** A set of four, of which the first is about to be removed. */
  async function leaving(environment: Readonly<Record<string, string>> = {}): Promise<Scenario> {
    const scenario = await open({ emulator: { users: pool }, environment });
    await applySet(scenario.workspace, { ...next, users: emails });
    scenario.workspace.write(next);
    return scenario;
  }

  test("that destroys deletes nobody, not even users with a pending removal, and needs no key", async () => {
    const scenario = await leaving();
    const { emulator, workspace } = scenario;
    check(await workspace.plan("-destroy", "-out=plan"), { code: 2 });
    check(await workspace.apply("plan"), {
      code: 0,
      says: ["The set is destroyed, so nobody is deleted: its 4 users are released", "not deleted", ada],
    });
    expect(emulator.calls).toEqual([]);
    expect(workspace.userSet()).toBeUndefined();
  });

  test("that removes users works from another folder, with any options before it, and does what was reviewed if the stack has changed since", async () => {
    const scenario = await leaving({ TF_CLI_ARGS_apply: "-parallelism 3", TF_LOG: "error" });
    const { workspace } = scenario;
    mkdirSync(join(workspace.folder, "plans of today"));
    check(await workspace.plan("-out=plans of today/plan"), { code: 2 });
    workspace.write({ ...next, users: emails.slice(2) });
    check(await workspace.run("apply", "-lock-timeout", "5s", "plans of today/plan"), {
      code: 0,
      says: ["1 of 1 chunk done: 1 of 1 user gone"],
    });
    expect(deletionsReceived(scenario)).toEqual([[ada]]);
    expect(Object.keys(workspace.userSet()?.users ?? {})).toEqual(next.users);
  });

  test("whose file disappears during the apply is refused: nobody is deleted, and the set stays", async () => {
    const scenario = await open({ emulator: { users: pool } });
    const { emulator, workspace } = scenario;
    const declare = (users: readonly string[]): void =>
      declareWithCommandBefore(workspace, { staff: { ...next, users } }, "rm -f plan");
    declare(emails);
    check(await workspace.apply(), { code: 0 });
    declare(next.users);
    check(await workspace.plan("-out=plan"), { code: 2 });
    check(await workspace.apply("plan"), {
      code: 1,
      says: ["Nobody was deleted: the saved plan plan does not show", "no such file", "Plan again"],
    });
    expect(emulator.calls).toEqual([]);
    expect(Object.keys(workspace.userSet()?.users ?? {})).toEqual(emails);
  });

  test("that removes an instance of a module deletes nobody, and only a saved one is applied in a module", async () => {
    const scenario = await open({ emulator: { users: pool } });
    const { emulator, workspace } = scenario;
    declareInModule(workspace, 1, emails);
    check(await workspace.run("get"), { code: 0 });
    check(await workspace.apply(), { code: 0, says: ["1 added"] });
    declareInModule(workspace, 0, next.users);
    check(await workspace.apply(), {
      code: 1,
      says: ["Nobody was deleted", "part of a module", "-out=tfplan"],
    });
    check(await workspace.plan("-out=plan"), { code: 2 });
    check(await workspace.apply("plan"), {
      code: 0,
      says: ["The set is destroyed", "4 users are released", ada],
    });
    expect(emulator.calls).toEqual([]);
  });
});

/** Makes the stack a module with a number of instances. */
function declareInModule(workspace: Scenario["workspace"], count: number, users: readonly string[]): void {
  workspace.write({ ...next, users });
  const inFolder = (name: string): string => join(workspace.folder, name);
  rmSync(inFolder("staff"), { recursive: true, force: true });
  mkdirSync(inFolder("staff"));
  const { resource, terraform } = JSON.parse(readFileSync(inFolder("main.tf.json"), "utf8")) as Readonly<
    Record<string, unknown>
  >;
  const files = {
    "staff/main.tf.json": JSON.stringify({ resource, terraform }),
    "main.tf.json": JSON.stringify({ module: { staff: { source: "./staff", count } } }),
  };
  workspace.writeFiles(files);
  renameSync(inFolder("genauth"), inFolder("staff/genauth"));
}

import { describe, expect, test } from "@jest/globals";
import { seedUsers } from "../../support/emulator";
import { applySet, check, deletionsReceived } from "../../support/acceptance/removal-case";
import { engines } from "../../support/engine/engines";
import { useScenarios } from "../../support/scenario";

const pool = seedUsers(4);
const [ada = "", bob = "", eve = ""] = pool.map(({ email }) => email ?? "");
const three = { users: { [ada]: "Ada", [bob]: "Bob", [eve]: "Eve" }, user_id_type: "email" };
const two = { users: { [bob]: "Bob", [eve]: "Eve" }, user_id_type: "email" };

/**
 * The scenarios of test/engine/acceptance/replacement that apply here. Not those that depend on refresh (a survivor that somebody else
 * deletes), on import (which loses the triggers of a null_resource), or on create_before_destroy (refused at synth).
 */
describe.each(engines())("a released or replaced set of the null resource on $name", (engine) => {
  const open = useScenarios(engine, "null_resource");

  test("-replace, a taint, another id type, another name and destroy delete nobody", async () => {
    const scenario = await open({ emulator: { users: pool }, environment: { GENAUTH_CONFIRM_SECONDS: "1" } });
    const { workspace } = scenario;
    await applySet(workspace, three);
    check(await workspace.apply("-replace=null_resource.staff"), {
      code: 0,
      says: ["Nobody leaves the set, so nobody is deleted"],
    });

    // The removals of that change are lost, as documented.
    check(await workspace.run("taint", "null_resource.staff"), { code: 0 });
    workspace.write(two);
    check(await workspace.apply(), { code: 0, neverSays: ["will be permanently deleted"] });

    const byName = { users: ["user002", "user003"], user_id_type: "username" };
    workspace.write(byName);
    check(await workspace.apply(), {
      code: 0,
      says: ["The id type changes from email to username, so nobody is deleted", "2 users"],
    });

    workspace.writeConfiguration({ sets: { people: byName } });
    check(await workspace.apply(), { code: 0, neverSays: ["will be permanently deleted"] });
    expect(workspace.userSet()).toBeUndefined();

    // Not even users with a pending removal, which it names.
    workspace.writeConfiguration({ sets: { people: { ...byName, users: ["user003"] } } });
    check(await workspace.destroy(), {
      code: 0,
      says: [
        "The set is destroyed, so nobody is deleted: its 2 users are released",
        "not deleted",
        "user002",
      ],
    });
    expect(workspace.userSet("people")).toBeUndefined();
    expect(deletionsReceived(scenario)).toEqual([]);
    expect(scenario.emulator.pool.size).toBe(pool.length);
  });
});

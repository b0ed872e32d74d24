import { describe, expect, test } from "@jest/globals";
import { seedUsers } from "../../support/emulator";
import { readDocument } from "../../support/docs/documents";
import { literal } from "../../support/configuration";
import { engines } from "../../support/engine/engines";
import { useScenarios, type Scenario } from "../../support/scenario";
import { applySet, check, deletionsReceived } from "../../support/acceptance/removal-case";

const pool = seedUsers(2);
const [leaver = "", stayer = ""] = pool.map(({ email }) => email ?? "");

describe.each(engines())("import on $name", (engine) => {
  const open = useScenarios(engine);

  function runImport({ workspace }: Scenario, id: string) {
    return workspace.run("import", "genauth_user_set.staff", id);
  }

  test("once a lost state is imported again, the next apply deletes the user who has left since", async () => {
    const scenario = await open({ emulator: { users: pool } });
    const { workspace } = scenario;
    const before = { user_id_type: "email", users: { [leaver]: "Lea", [stayer]: "Stan" } };
    await applySet(workspace, before);
    check(await workspace.run("state", "rm", "genauth_user_set.staff"), { code: 0 });

    workspace.write({ user_id_type: "email", users: { [stayer]: "Stan" } });
    check(await runImport(scenario, JSON.stringify(before)), { code: 0 });
    check(await workspace.apply(), { code: 0, says: ["1 user will be permanently deleted"] });
    expect(deletionsReceived(scenario)).toEqual([[leaver]]);
  });

  test("the command that the provider's page shows imports the users that it lists", async () => {
    const id = '{"user_id_type":"email","users":{"bob@example.com":"Bob Ross"}}';
    for (const document of ["docs/resources/user_set.md", "examples/resources/genauth_user_set/import.sh"])
      expect(readDocument(document)).toContain(`terraform import genauth_user_set.staff '${id}'`);

    const users = { "bob@example.com": "Bob Ross" };
    const scenario = await open({ emulator: { users: [{ userId: "bob", email: "bob@example.com" }] } });
    scenario.workspace.write({ user_id_type: "email", users });
    check(await runImport(scenario, id), { code: 0 });
    expect(scenario.workspace.userSet()).toMatchObject({ user_id_type: "email", users });
  });

  test("an import block with a file of users imports all of them, and the id that it prints names nobody", async () => {
    const stayers = seedUsers(600, { prefix: "stayer" });
    // The file is relative to the folder in which the provider's process runs.
    const scenario = await open({ emulator: { users: [...pool, ...stayers] }, provider: "process" });
    const { workspace } = scenario;
    const label = "A long label".repeat(20);
    const users = Object.fromEntries(stayers.map(({ email = "" }) => [email, label]));
    const rows = [leaver, ...Object.keys(users)].map((id) => `${id},${label}`);
    const file = ["email,name", ...rows, ""].join("\n");
    // More than one argument may hold on Linux, so `terraform import` could not list these users.
    expect(file.length).toBeGreaterThan(128 * 1024);
    workspace.writeFiles({ "before.csv": file });
    const id = '{"user_id_type":"email","users_file":"before.csv","id_column":"email","label_column":"name"}';
    workspace.writeConfiguration({
      sets: { staff: { user_id_type: "email", users } },
      blocks: { import: [{ to: "genauth_user_set.staff", id: literal(id) }] },
    });

    const planned = await workspace.plan("-out=plan");
    const leaversAccount = `+ "${leaver}" = "${pool[0]?.userId ?? ""}"`;
    check(planned, {
      code: 2,
      says: [
        `Preparing import... [id=${id}]`,
        leaversAccount,
        "1 to import",
        "1 user will be permanently deleted",
      ],
    });
    // The diff of \`users\` has a line for each of them.
    expect(planned.text.match(/stayer\d+@/g)).toHaveLength(stayers.length);

    const applied = await workspace.apply("plan");
    check(applied, { code: 0, says: [`Import complete [id=${id}]`, "1 imported"], neverSays: ["stayer"] });
    expect(deletionsReceived(scenario)).toEqual([[leaver]]);
  });

  test("an import id that is not JSON is refused, and the error shows an id that would do", async () => {
    const scenario = await open();
    scenario.workspace.write({ user_id_type: "email", users: [stayer] });
    const says = ["Invalid import id", '{"user_id_type":"email","users":{"ada@example.com":"Ada"}}'];
    check(await runImport(scenario, "staff"), { code: 1, says });
    expect(scenario.workspace.state().resources).toEqual([]);
  });
});

import { describe, expect, test } from "@jest/globals";
import { seedUsers } from "../../support/emulator";
import { readDocument } from "../../support/docs/documents";
import { literal } from "../../support/configuration";
import { engines } from "../../support/engine/engines";
import { useScenarios, type Scenario } from "../../support/scenario";
import { check, deletionsReceived } from "../../support/acceptance/removal-case";

const pool = seedUsers(3);
const [ada = "", bob = ""] = pool.map(({ email }) => email ?? "");
/** The command that people copy. The provider's page quotes it. */
const COMMAND = readDocument("examples/resources/genauth_user_set/import.sh");
const held = { user_id_type: "email", users: { [ada]: "Ada", [bob]: "Bob" } };

describe.each(engines())("import on $name", (engine) => {
  const open = useScenarios(engine);

  function runImport({ workspace }: Scenario, id: unknown) {
    const text = typeof id === "string" ? id : JSON.stringify(id);
    return workspace.run("import", "genauth_user_set.staff", text);
  }

  test("a set whose state was lost is imported, and its removed users are detected", async () => {
    const scenario = await open({ emulator: { users: pool } });
    scenario.workspace.write({ user_id_type: "email", users: [bob] });
    check(await runImport(scenario, held), { code: 0 });
    check(await scenario.workspace.apply(), { code: 0, says: ["1 user will be permanently deleted"] });
    expect(deletionsReceived(scenario)).toEqual([[ada]]);
  });

  test("the command of the example, which the provider's page quotes, imports who is declared", async () => {
    expect(readDocument("docs/resources/user_set.md")).toContain(COMMAND.trim());
    const [, id = ""] = /^terraform import genauth_user_set\.staff '(.*)'$/m.exec(COMMAND) ?? [];
    const users = { "bob@example.com": "Bob Ross" };
    const scenario = await open({ emulator: { users: [{ userId: "bob", email: "bob@example.com" }] } });
    scenario.workspace.write({ user_id_type: "email", users });
    check(await runImport(scenario, id), { code: 0 });
    expect(scenario.workspace.userSet()).toMatchObject({ user_id_type: "email", users });
  });

  test("an import block with a file of users logs nobody, however many they are", async () => {
    const others = seedUsers(600, { prefix: "many" });
    const many = others.map(({ email = "" }) => email);
    const scenario = await open({
      emulator: { users: [...pool, ...others] },
      provider: "process",
    });
    const { workspace } = scenario;
    const rows = [ada, ...many].map((id) => `${id},${"A long label".repeat(20)}`);
    const file = ["email,name", ...rows, ""].join("\n");
    // Longer than an argument may be on Linux.
    expect(file.length).toBeGreaterThan(128 * 1024);
    workspace.writeFiles({ "before.csv": file });
    const id = { user_id_type: "email", users_file: "before.csv", id_column: "email", label_column: "name" };
    workspace.writeConfiguration({
      sets: { staff: { user_id_type: "email", users: many } },
      blocks: { import: [{ to: "genauth_user_set.staff", id: literal(JSON.stringify(id)) }] },
    });
    const planned = await workspace.plan("-out=plan");
    const leaver = `+ "${ada}" = "${pool[0]?.userId ?? ""}"`;
    check(planned, { code: 2, says: ["1 to import", "1 user will be permanently deleted", leaver] });
    const applied = await workspace.apply("plan");
    check(applied, { code: 0, says: ["1 imported"] });
    const lines = `${planned.text}\n${applied.text}`.split("\n").filter((line) => /import/i.test(line));
    expect(lines.length).toBeGreaterThan(2);
    expect(lines.filter((line) => line.includes("@"))).toEqual([]);
    expect(deletionsReceived(scenario)).toEqual([[ada]]);
  });

  test("what is no id is refused, and the error shows one", async () => {
    const scenario = await open();
    scenario.workspace.write({ user_id_type: "email", users: [bob] });
    const says = ["Invalid import id", '{"user_id_type":"email","users":{"ada@example.com":"Ada"}}'];
    check(await runImport(scenario, "staff"), { code: 1, says });
    expect(scenario.workspace.state().resources).toEqual([]);
  });
});

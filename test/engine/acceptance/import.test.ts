import { describe, expect, test } from "@jest/globals";
import { seedUsers } from "../../support/emulator";
import { consoleBlocks, readDocument } from "../../support/docs/documents";
import { literal } from "../../support/configuration";
import { engines } from "../../support/engine/engines";
import { useScenarios, type Scenario } from "../../support/scenario";
import { check, deletionsReceived } from "../../support/acceptance/removal-case";

const pool = seedUsers(3);
const [ada = "", bob = ""] = pool.map(({ email }) => email ?? "");
/** The commands that people copy, by the file that shows them. */
const COMMANDS = [
  ...consoleBlocks("docs/resources/user_set.md").map(({ document, commands: [script] }) => ({
    file: document,
    script: script?.text ?? "",
  })),
  ...["examples/resources/genauth_user_set/import.sh"].map((file) => ({ file, script: readDocument(file) })),
];
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

  test.each(COMMANDS)("the command of $file imports who is declared", async ({ script }) => {
    const [, id = ""] = /^terraform import genauth_user_set\.staff '(.*)'$/m.exec(script) ?? [];
    const users = { "bob@example.com": "Bob Ross" };
    const scenario = await open({ emulator: { users: [{ userId: "bob", email: "bob@example.com" }] } });
    scenario.workspace.write({ user_id_type: "email", users });
    check(await runImport(scenario, id), { code: 0 });
    expect(scenario.workspace.userSet()).toMatchObject({ user_id_type: "email", users });
  });

  test("an import block with a file of users logs nobody, however many they are", async () => {
    const many = seedUsers(2000, { prefix: "many" }).map(({ email = "" }) => email);
    const scenario = await open({
      emulator: { users: [...pool, ...seedUsers(2000, { prefix: "many" })] },
      provider: "process",
    });
    const { workspace } = scenario;
    const rows = [ada, ...many].map(
      (id) => `${id},"A label that makes the file longer than an argument may be"`,
    );
    workspace.writeFiles({ "before.csv": ["email,name", ...rows, ""].join("\n") });
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

  test.each([
    {
      what: "a file that is not there",
      id: JSON.stringify({ users_file: "nowhere.csv" }),
      says: "nowhere.csv",
    },
    {
      what: "what is no id",
      id: "staff",
      says: '{"user_id_type":"email","users":{"ada@example.com":"Ada"}}',
    },
  ])("refuses $what", async ({ id, says }) => {
    const scenario = await open();
    scenario.workspace.write({ user_id_type: "email", users: [bob] });
    check(await runImport(scenario, id), { code: 1, says: ["Invalid import id", says] });
    expect(scenario.workspace.state().resources).toEqual([]);
  });
});

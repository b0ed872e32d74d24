import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { functions } from "../../../src/provider/functions/functions";
import { engines } from "../../support/engine/engines";
import { useScenarios } from "../../support/scenario";
import { check } from "../../support/acceptance/removal-case";
import { readDocument } from "../../support/docs/documents";
import { childrenOf } from "../../support/faults/processes";

const EXAMPLES = join(__dirname, "../../../examples/functions");

/** The file of each example, and the users that the plan shows. */
const FILES: Readonly<Record<string, { readonly file: string; readonly text: string; readonly id: string }>> =
  {
    users_from_csv: {
      file: "staff.csv",
      text: "\ufeffemail,name\nada@example.com,Ada\n",
      id: "ada@example.com",
    },
    users_from_json: { file: "staff.json", text: '[{ "employee": "E-1042", "name": "Ada" }]', id: "E-1042" },
    users_from_yaml: { file: "staff.yaml", text: "ada@example.com: Ada\n", id: "ada@example.com" },
    users_from_text: {
      file: "staff.txt",
      text: "# the office\nada@example.com  Ada\n",
      id: "ada@example.com",
    },
  };

const ada = {
  userId: "6319a1504f3ab6c0f214dd5b",
  email: "ada@example.com",
  externalId: "E-1042",
  name: "Ada",
};
const onLinux = process.platform === "linux" ? test : test.skip;
const bo = { userId: "6319a1504f3ab6c0f214dd5c", email: "bo@example.com", name: "Bo" };

describe.each(engines())("the functions on $name", (engine) => {
  const open = useScenarios(engine);

  const example = (name: string) => readFileSync(join(EXAMPLES, name, "function.tf"), "utf8");

  test.each(Object.keys(FILES))("the example of %s declares its users", async (name) => {
    const { workspace } = await open({ emulator: { users: [ada] } });
    const { file = "", text = "", id = "" } = FILES[name] ?? {};
    workspace.writeConfiguration({ sets: {} });
    workspace.writeFiles({ "function.tf": example(name), [file]: text });
    check(await workspace.plan(), { code: 2, says: [`+ "${id}" = "Ada"`, "1 to add"] });
  });

  test("the example of normalize_id finds two spellings of one user", async () => {
    const { workspace } = await open();
    workspace.writeConfiguration({ sets: {} });
    workspace.writeFiles({ "function.tf": example("normalize_id") });
    check(await workspace.plan(), { code: 2, says: ["same_user = true"] });
  });

  test("the page's expression for engines without functions reads a file alike, also blanks around ids", async () => {
    const [expression = ""] =
      /\{ for row in csvdecode.*? \}(?=`)/.exec(readDocument("docs/guides/troubleshooting.md")) ?? [];
    const { workspace } = await open();
    workspace.writeConfiguration({ sets: {} });
    workspace.writeFiles({
      "staff.csv": "\ufeffid,label\n ada@example.com,Ada\nbo@example.com ,Bo\n",
      "read.tf": `output "read" {\n  value = {\n    by_expression = ${expression}\n    by_function   = provider::genauth::users_from_csv(file("staff.csv"), "email", "id", "label")\n  }\n}\n`,
    });
    check(await workspace.apply(), { code: 0 });
    const { stdout } = await workspace.run("output", "-json", "read");
    const users = { "ada@example.com": "Ada", "bo@example.com": "Bo" };
    expect(JSON.parse(stdout)).toEqual({ by_expression: users, by_function: users });
  });

  test.each(Object.keys(FILES))("the example of %s calls it in a local value", (name) => {
    expect(example(name)).toMatch(/^locals \{\n {2}staff = provider::genauth::/m);
  });

  test("every function has an example", () => {
    expect([...Object.keys(FILES), "normalize_id"]).toEqual(Object.keys(functions));
  });

  test("who leaves the file is deleted; a file that lost its rows deletes nobody", async () => {
    const { emulator, workspace } = await open({ emulator: { users: [ada, bo] } });
    workspace.writeConfiguration({ sets: {} });
    const both = "email,name\nada@example.com,Ada\nbo@example.com,Bo\n";
    workspace.writeFiles({ "function.tf": example("users_from_csv"), "staff.csv": both });
    check(await workspace.apply(), { code: 0 });

    workspace.writeFiles({ "staff.csv": "email,name\n" });
    check(await workspace.plan(), {
      code: 1,
      says: [
        "the CSV text: it declares no user, which would remove everyone.",
        "write {} in place of the call",
      ],
    });
    workspace.writeFiles({ "staff.csv": "email,name\nada@example.com,Ada\n" });
    check(await workspace.apply(), { code: 0, says: ['- "bo@example.com"'] });
    expect(emulator.pool.list().map(({ name }) => name)).toEqual(["Ada"]);
  });

  // Terraform 1.11 drops a set from the state if an apply can no longer evaluate its arguments.
  onLinux("a killed process of the function loses nobody, if its result is a local value", async () => {
    const { emulator, workspace } = await open({ emulator: { users: [ada, bo] } });
    workspace.writeConfiguration({ sets: {} });
    const both = "email,name\nada@example.com,Ada\nbo@example.com,Bo\n";
    workspace.writeFiles({ "function.tf": example("users_from_csv"), "staff.csv": both });
    check(await workspace.apply(), { code: 0 });
    workspace.writeFiles({ "staff.csv": "email,name\nada@example.com,Ada\n" });
    check(await workspace.plan("-out=plan"), { code: 2 });

    const apply = workspace.startInstalled("apply", "-input=false", "plan");
    // Terraform starts the process of the function last. OpenTofu has one process for both.
    const kill = (): void => void process.kill(Math.max(...childrenOf(apply.pid)), "SIGKILL");
    emulator.steps.add({ on: "get-user-batch", run: kill, times: 1 });
    await apply.finished;
    expect(workspace.userSet()?.users).toHaveProperty(["ada@example.com"]);
    check(await workspace.apply(), { code: 0 });
    expect(emulator.pool.list().map(({ name }) => name)).toEqual(["Ada"]);
  });
});

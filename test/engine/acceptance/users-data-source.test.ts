import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { readRestOfPlan } from "../../../src/reports/plan-rest";
import { parsePlan } from "../../../src/terraform-json";
import { engines } from "../../support/engine/engines";
import { useScenarios } from "../../support/scenario";
import { check } from "../../support/acceptance/removal-case";

const EXAMPLES = join(__dirname, "../../../examples/data-sources/genauth_users");
const example = (name: string) => readFileSync(join(EXAMPLES, name), "utf8");

const DAY = 24 * 60 * 60 * 1000;
const daysAgo = (days: number): string => new Date(Date.now() - days * DAY).toISOString();

const user = (name: string, number: number) => ({
  userId: `6319a1504f3ab6c0f214dd${number}`,
  name,
  email: `${name.toLowerCase()}@example.com`,
  createdAt: daysAgo(400),
});
const ada = { ...user("Ada", 51), lastLogin: daysAgo(1) };
const bo = { ...user("Bo", 52), lastLogin: daysAgo(181) };
const cy = user("Cy", 53);
const di = { ...user("Di", 54), createdAt: daysAgo(1) };
const el = { ...user("El", 55), lastLogin: daysAgo(300), email: "el@example.com.cn" };

describe.each(engines())("the data source genauth_users on $name", (engine) => {
  const open = useScenarios(engine);

  test("the example lists everybody, and a for expression finds who has not logged in for 180 days", async () => {
    const { workspace, emulator } = await open({
      emulator: { users: [ada, bo, cy, di, el] },
      provider: "process",
    });
    workspace.writeConfiguration({ sets: {} });
    workspace.writeFiles({ "data-source.tf": example("data-source.tf") });
    const planned = await workspace.plan("-out=plan");
    check(planned, { code: 2, says: ['+ "bo@example.com"', '+ "cy@example.com"'] });
    for (const other of ["ada@", "di@", "el@"]) expect(planned.text).not.toContain(other);
    expect(new Set(emulator.calls.map(({ path }) => path))).toEqual(new Set(["/api/v3/list-users"]));

    const plan = parsePlan(JSON.stringify(await workspace.planJson("plan")));
    expect(readRestOfPlan(plan)).toEqual([{ kind: "output", address: "output.inactive", action: "create" }]);
  });

  test("the example warns of accounts that no set declares", async () => {
    const { workspace } = await open({ emulator: { users: [ada, { ...bo, email: "BO@example.com" }] } });
    workspace.writeConfiguration({ sets: {} });
    workspace.writeFiles({ "undeclared.tf": example("undeclared.tf") });
    check(await workspace.plan(), {
      code: 2,
      says: ["1 to add", "Warning: Check block assertion failed", "Not declared: bo@example.com"],
    });
  });

  test("an argument that is known only at apply defers the read to the apply; without a result, it fails", async () => {
    const { workspace, emulator } = await open({ emulator: { users: [ada, el] } });
    workspace.writeConfiguration({
      sets: {},
      blocks: {
        resource: { terraform_data: { ids: { input: [ada.userId] } } },
        data: { genauth_users: { x: { ids: "${terraform_data.ids.output}" } } },
        output: { users: { value: "${data.genauth_users.x.users}" } },
      },
    });
    check(await workspace.apply(), { code: 0, says: [`"${ada.userId}" = "Ada"`] });

    workspace.writeConfiguration({ sets: {}, blocks: { data: { genauth_users: { x: {} } } } });
    emulator.faults.add({ on: "list-users", then: { kind: "answer", statusCode: 403 } });
    check(await workspace.plan(), {
      code: 1,
      says: ["The users cannot be listed", "A list that is not complete is never used."],
    });
  });

  test("a block that could not list everybody by its type is refused at its line", async () => {
    const { workspace, emulator } = await open();
    workspace.writeConfiguration({ sets: {} });
    workspace.writeFiles({
      "main.tf": 'data "genauth_users" "x" {\n  with_details = true\n  user_id_type = "identity"\n}\n',
    });
    check(await workspace.run("validate"), {
      code: 1,
      says: ["Everybody cannot be listed by identity", "on main.tf line 3, in data"],
    });
    expect(emulator.calls).toEqual([]);
  });
});

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

/** Somebody whose account is older than the 180 days of the example. */
const user = (name: string, number: number) => ({
  userId: `6319a1504f3ab6c0f214dd${number}`,
  name,
  email: `${name.toLowerCase()}@example.com`,
  createdAt: daysAgo(400),
});
const active = { ...user("Ada", 51), lastLogin: daysAgo(1) };
const inactive = { ...user("Bo", 52), lastLogin: daysAgo(181) };
const neverLoggedIn = user("Cy", 53);
const newcomer = { ...user("Di", 54), createdAt: daysAgo(1) };
const atAnotherDomain = { ...user("El", 55), lastLogin: daysAgo(300), email: "el@example.com.cn" };

describe.each(engines())("the data source genauth_users on $name", (engine) => {
  const open = useScenarios(engine);

  test("the example data-source.tf finds those of example.com who have not logged in for 180 days, or never", async () => {
    const { workspace, emulator } = await open({
      emulator: { users: [active, inactive, neverLoggedIn, newcomer, atAnotherDomain] },
      provider: "process",
    });
    workspace.writeConfiguration({ sets: {} });
    workspace.writeFiles({ "data-source.tf": example("data-source.tf") });
    const planned = await workspace.plan("-out=plan");
    check(planned, {
      code: 2,
      says: [`+ "${inactive.email}"`, `+ "${neverLoggedIn.email}"`],
      neverSays: [active.email, newcomer.email, atAnotherDomain.email],
    });
    expect(new Set(emulator.calls.map(({ path }) => path))).toEqual(new Set(["/api/v3/list-users"]));

    // So the report of such a plan names the output, and no read.
    const plan = parsePlan(JSON.stringify(await workspace.planJson("plan")));
    expect(readRestOfPlan(plan)).toEqual([{ kind: "output", address: "output.inactive", action: "create" }]);
  });

  test("the example undeclared.tf warns of accounts that its set does not declare, in any case of their letters", async () => {
    const users = [
      { ...active, email: "Ada@example.com" },
      { ...inactive, email: "Bo@example.com" },
    ];
    const { workspace } = await open({ emulator: { users } });
    workspace.writeConfiguration({ sets: {} });
    workspace.writeFiles({ "undeclared.tf": example("undeclared.tf") });
    check(await workspace.plan(), {
      code: 2,
      says: ["1 to add", "Warning: Check block assertion failed", "Not declared: bo@example.com"],
    });
  });

  test("ids that are known only at apply are looked up then", async () => {
    const { workspace } = await open({ emulator: { users: [active, inactive] } });
    workspace.writeConfiguration({
      sets: {},
      blocks: {
        resource: { terraform_data: { ids: { input: [active.userId] } } },
        data: { genauth_users: { named: { ids: "${terraform_data.ids.output}" } } },
        output: { users: { value: "${data.genauth_users.named.users}" } },
      },
    });
    const applied = await workspace.apply();
    check(applied, { code: 0, says: [`"${active.userId}" = "Ada"`], neverSays: [inactive.userId] });
  });

  test("a plan fails if the users cannot be listed", async () => {
    const { workspace, emulator } = await open();
    workspace.writeConfiguration({ sets: {}, blocks: { data: { genauth_users: { all: {} } } } });
    emulator.faults.add({ on: "list-users", then: { kind: "answer", statusCode: 403 } });
    check(await workspace.plan(), {
      code: 1,
      says: ["The users cannot be listed", "A list that is not complete is never used."],
    });
  });

  test("validate refuses to list everybody by identity, at the line that says so, without a call", async () => {
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

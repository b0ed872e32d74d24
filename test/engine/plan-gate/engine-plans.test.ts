import { describe, expect, test } from "@jest/globals";
import { AllowList, findPlanFault } from "../../../src/plan-gate";
import { parsePlan } from "../../../src/terraform-json";
import { seedUsers } from "../../support/emulator";
import { check } from "../../support/acceptance/removal-case";
import { engines } from "../../support/engine/engines";
import { type Scenario, useScenarios } from "../../support/scenario";

/** The gate reads what engines really write. */

const pool = seedUsers(4);
const emails = pool.map(({ email }) => email ?? "");
const set = (ids: readonly string[]) =>
  `{\n  provider = genauth.staff\n  user_id_type = "email"\n  max_deletions_percent = 100\n  users = ${JSON.stringify(Object.fromEntries(ids.map((id) => [id, "x"])))}\n}`;

const MAIN = `
terraform {
  required_providers {
    genauth = { source = "terraform.local/genauth/genauth" }
  }
}
provider "genauth" {}
provider "genauth" {
  alias               = "staff"
  requests_per_second = 50
}
variable "text" {
  default = "x"
}
module "teams" {
  source    = "./teams"
  for_each  = toset(["a"])
  text      = var.text
  providers = { genauth.staff = genauth.staff }
}
data "genauth_users" "all" {
  user_id_type = "email"
  ids          = [${JSON.stringify(emails[3])}]
}
resource "terraform_data" "x" {
  count = 2
  input = var.text
}
check "found" {
  assert {
    condition     = length(data.genauth_users.all.users) == 1
    error_message = "gone"
  }
}
output "x" {
  value = terraform_data.x[0].output
}
`;

const teams = (ids: readonly string[]) => `
terraform {
  required_providers {
    genauth = {
      source                = "terraform.local/genauth/genauth"
      configuration_aliases = [genauth.staff]
    }
  }
}
variable "text" {}
resource "genauth_user_set" "staff" ${set(ids)}
output "text" {
  value = var.text
}
`;

describe.each(engines())("a plan of $name", (engine) => {
  const open = useScenarios(engine);

  async function applied(): Promise<Scenario> {
    const scenario = await open({ emulator: { users: pool } });
    const { workspace } = scenario;
    workspace.writeFiles({ "main.tf": MAIN });
    workspace.writeModule("teams", teams(emails.slice(0, 3)));
    check(await workspace.run("get"), { code: 0 });
    check(await workspace.apply(), { code: 0 });
    return scenario;
  }

  async function planned({ workspace }: Scenario, ...args: readonly string[]): Promise<string> {
    check(await workspace.plan("-out=x.tfplan", ...args), { code: 2 });
    return JSON.stringify(await workspace.planJson("x.tfplan"));
  }

  test("with modules, aliases, checks, drift, data and moved resources passes", async () => {
    const scenario = await applied();
    const { workspace } = scenario;
    workspace.writeModule("teams", teams(emails.slice(1, 3)));
    workspace.writeFiles({
      "main.tf": MAIN.replace("count = 2", "count = 1"),
      "moved.tf": "moved {\n  from = terraform_data.x[1]\n  to   = terraform_data.y\n}\n",
      "y.tf": 'resource "terraform_data" "y" {\n  input = timestamp()\n}\n',
    });
    scenario.emulator.pool.remove(pool[2]?.userId ?? "");
    const json = await planned(scenario, "-replace=terraform_data.x[0]");
    expect(findPlanFault(parsePlan(json), new AllowList())).toBeUndefined();
    expect(json).toContain("previous_address");
    expect(findPlanFault(parsePlan(await planned(scenario, "-destroy")), new AllowList())).toBeUndefined();
  });

  test("of a part of the configuration, or with other code, is refused, and says what and where", async () => {
    const scenario = await applied();
    const { workspace } = scenario;
    // Others may still declare who leaves.
    workspace.writeModule("teams", teams(emails.slice(1, 3)));
    expect(
      findPlanFault(parsePlan(await planned(scenario, "-target=module.teams")), new AllowList()),
    ).toMatchObject({
      summary: "The plan leaves a part to a later plan",
    });
    const provisioner = 'provisioner "local-exec" {\n    command = "true"\n  }';
    workspace.writeModule(
      "teams",
      `${teams(emails.slice(0, 3))}\nresource "terraform_data" "z" {\n  ${provisioner}\n}\n`,
    );
    workspace.writeFiles({
      "state.tf":
        'check "other" {\n  data "terraform_remote_state" "s" {\n    backend = "local"\n    config  = { path = "terraform.tfstate" }\n  }\n  assert {\n    condition     = data.terraform_remote_state.s.backend == "local"\n    error_message = "x"\n  }\n}\n',
      "override.tf": `resource "terraform_data" "x" {\n  ${provisioner}\n}\n`,
    });
    const json = await planned(scenario);
    expect(findPlanFault(parsePlan(json), new AllowList())).toMatchObject({
      summary:
        "The plan holds what is not allowed: the data source terraform_remote_state (data.terraform_remote_state.s); " +
        "the provisioner local-exec (terraform_data.x, module.teams.terraform_data.z)",
    });
    const allowed = [
      "data=terraform_remote_state",
      "provisioner=terraform_data.x",
      "provisioner=module.teams.terraform_data.z",
    ];
    expect(findPlanFault(parsePlan(json), new AllowList(allowed))).toBeUndefined();
  });
});

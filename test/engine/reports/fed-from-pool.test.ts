import { describe, expect, test } from "@jest/globals";
import { AllowList, findPlanFault } from "../../../src/plan-gate";
import { parsePlan } from "../../../src/terraform-json";
import { seedUsers } from "../../support/emulator";
import { check } from "../../support/acceptance/removal-case";
import { engines } from "../../support/engine/engines";
import { useScenarios } from "../../support/scenario";
import { planAndReport } from "./support/golden";

const team = seedUsers(10).map((user, index) => ({
  ...user,
  email: index < 8 ? `guest${index}@agency.example` : `staff${index}@example.com`,
}));

const BASE = `
terraform {
  required_providers {
    genauth = { source = "terraform.local/genauth/genauth" }
  }
}
provider "genauth" {}
data "genauth_users" "all" {
  user_id_type = "email"
  ids          = ${JSON.stringify(team.map(({ email }) => email))}
}
`;

const set = (users: string) => `
resource "genauth_user_set" "staff" {
  user_id_type          = "email"
  max_deletions_percent = 100
  users                 = ${users}
}
`;

const everybody = "data.genauth_users.all.users";
const staffOnly = `{ for id, name in ${everybody} : id => name if endswith(id, "@example.com") }`;

/** A module with the set, which gets its users from the caller. */
const MODULE = `
terraform {
  required_providers {
    genauth = { source = "terraform.local/genauth/genauth" }
  }
}
variable "people" {}
${set("var.people")}`;

const SAYS = /takes its users from data\.genauth_users\.all, which reads the pool itself$/;

describe.each(engines())("a set that is fed from the pool itself, by $name", (engine) => {
  const open = useScenarios(engine);

  test("would lose whoever a filter leaves out, so report and gate refuse it", async () => {
    const { workspace } = await open({ emulator: { users: team } });
    workspace.writeFiles({ "main.tf": BASE + set(everybody) });
    check(await workspace.apply(), { code: 0 });

    workspace.writeFiles({ "main.tf": BASE + set(staffOnly) });
    const { failed, report } = await planAndReport({ workspace });
    expect({ failed, deleted: report.totals.deleted }).toEqual({ failed: false, deleted: 8 });
    const plan = parsePlan(JSON.stringify(await workspace.planJson("plan")));
    expect(findPlanFault(plan, new AllowList())?.summary).toMatch(SAYS);
    expect(report.refusals).toMatchObject([{ why: "fed_from_pool", summary: expect.stringMatching(SAYS) }]);
    expect(report.refusals[0]?.detail).toContain("cdktf-genauth export");

    // A plan shows no expression of a local value.
    workspace.writeFiles({ "main.tf": `${BASE}locals {\n  staff = ${staffOnly}\n}\n${set("local.staff")}` });
    const hidden = await planAndReport({ workspace });
    expect(hidden.report.refusals).toMatchObject([{ why: "fed_from_pool" }]);

    const call = `module "staff" {\n  source   = "./staff"\n  for_each = { all = ${staffOnly} }\n  people   = each.value\n}\n`;
    workspace.writeFiles({ "main.tf": BASE + call });
    workspace.writeModule("staff", MODULE);
    check(await workspace.run("get"), { code: 0 });
    const inModule = await planAndReport({ workspace });
    expect(inModule.report.refusals).toMatchObject([{ why: "fed_from_pool" }]);
  }, 120_000);

  test("is none if only a check and an output read the pool", async () => {
    const { workspace } = await open({ emulator: { users: team } });
    const watching = `
locals {
  staff = { "${team[9]?.email}" = "Ada" }
}
output "found" {
  value = ${everybody}
}
check "declared" {
  assert {
    condition     = length(${everybody}) == length(genauth_user_set.staff.users)
    error_message = "Somebody is not declared."
  }
}
`;
    workspace.writeFiles({ "main.tf": BASE + watching + set("local.staff") });
    check(await workspace.apply(), { code: 0 });
    workspace.writeFiles({ "main.tf": BASE + watching.replace("Ada", "Ada A.") + set("local.staff") });
    const { report } = await planAndReport({ workspace });
    expect(report).toMatchObject({ refusals: [], totals: { relabelled: 1 } });
  }, 120_000);
});

import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { type Emulator, startEmulator } from "../../src/emulator";
import { engines } from "../support/engine/engines";
import { lockOf } from "./support/lock-file";
import { POOL } from "./support/setting";
import { without } from "./support/staff";
import { Team } from "./support/team";

let emulator: Emulator;
let team: Team;
beforeEach(async () => {
  emulator = await startEmulator({ users: POOL });
  const [engine] = engines();
  if (!engine) throw new Error("There is no engine.");
  team = new Team(engine, emulator);
  await team.open();
});
afterEach(async () => {
  await team.stop();
  await emulator.close();
});

/** A configuration in plain HCL, with a user file beside it and a state of its own. */
function configuration(name: string): string {
  return `terraform {
  required_providers {
    genauth = { source = "terraform.local/genauth/genauth" }
  }
  backend "local" {
    path = "${join(team.folder, `${name}.tfstate`)}"
  }
}
provider "genauth" {}
resource "genauth_user_set" "${name}" {
  users        = { for row in csvdecode(file("\${path.module}/../lists/${name}.csv")) : row.email => row.name }
  user_id_type = "email"
}
`;
}

test("two stacks in plain HCL are planned, approved and applied by one run, with a report of each", async () => {
  // As an owner edits settings.sh; the lock files are where Terraform writes them, and elsewhere.
  Object.assign(team.extra, {
    STACKS: "people people people/.terraform.lock.hcl lists\n\nguests guests locks/guests.hcl",
    SYNTH: "sh install.sh",
    INIT_ARGS: "",
  });
  const users = (from: number, to: number) =>
    ["email,name", ...POOL.slice(from, to).map(({ email = "", name = "" }) => `${email},${name}`), ""].join(
      "\n",
    );
  await team.create("email,name\n");
  await team.propose("hcl", (text) => text, {
    programs: {
      "people/main.tf": configuration("people"),
      "people/.terraform.lock.hcl": lockOf("shipped"),
      "lists/people.csv": users(0, 6),
      "guests/main.tf": configuration("guests"),
      "locks/guests.hcl": lockOf("shipped"),
      "lists/guests.csv": users(6, 12),
      "install.sh":
        "for dir in people guests; do npx --no-install genauth-users install-provider --dir $dir; done\n",
    },
  });
  await team.mergeRequest("hcl", 7);
  const first = await team.push();
  expect(first.result("apply-without-deletions")).toBe("success");

  await team.propose("leavers", (text) => text, {
    programs: { "lists/people.csv": without(3)(users(0, 6)) },
  });
  await team.mergeRequest("leavers", 8);
  const run = await team.push();
  const summary = run.jobs.get("plan")?.summary ?? "";
  expect(summary.match(/<!-- genauth-users:plan stack=\w+ -->/g)).toEqual([
    "<!-- genauth-users:plan stack=people -->",
    "<!-- genauth-users:plan stack=guests -->",
  ]);
  expect(readdirSync(run.artifact("genauth-report-1")).sort()).toEqual(["guests", "people", "report.md"]);
  await run.approve("otto");
  expect(run.result("apply")).toBe("success");
  expect(run.text("apply").match(/Apply complete!/g)).toHaveLength(1);
  expect(emulator.pool.size).toBe(11);
}, 180_000);

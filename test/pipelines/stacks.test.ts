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
    path = "${join(team.folder, "states", `${name}.tfstate`)}"
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
  // As an owner edits the settings; the lock files are where Terraform writes them, and elsewhere.
  Object.assign(team.settings, {
    synth: undefined,
    paths: [],
    stacks: [
      { name: "people", folder: "people", lock_file: "people/.terraform.lock.hcl", reads: ["lists"] },
      { name: "guests", folder: "guests", lock_file: "locks/guests.hcl" },
    ],
    init_arguments: [],
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
    },
  });
  await team.mergeRequest("hcl", 7);
  const first = await team.push();
  expect(first.result("apply")).toBe("success");

  await team.propose("leavers", (text) => text, {
    programs: { "lists/people.csv": without(3)(users(0, 6)) },
  });
  await team.mergeRequest("leavers", 8);
  const run = await team.push();
  const summary = run.jobs.get("plan")?.summary ?? "";
  // One total, and the gravest first.
  expect(summary.match(/<!-- genauth-users:plan.*-->/g)).toEqual(["<!-- genauth-users:plan -->"]);
  expect(summary).toContain("1 user will be permanently deleted");
  expect(readdirSync(run.artifact("genauth-report-1")).sort()).toEqual([
    "guests",
    "people",
    "report.html",
    "report.json",
    "report.md",
    "report.txt",
  ]);
  await run.approve("otto");
  expect(run.result("apply")).toBe("success");
  expect(run.text("apply").match(/Apply complete!/g)).toHaveLength(1);
  expect(emulator.pool.size).toBe(11);
}, 600_000);

test("a limit is of the run, and a stack that cannot be planned holds up no other and says why", async () => {
  Object.assign(team.settings, {
    synth: undefined,
    paths: [],
    stacks: [
      { name: "people", folder: "people", lock_file: "people.hcl", reads: ["lists"] },
      { name: "guests", folder: "guests", lock_file: "guests.hcl", reads: ["lists"] },
    ],
    init_arguments: [],
    limits: { ...(team.settings["limits"] as object), max_deletions: 3 },
  });
  const users = (from: number, to: number) =>
    ["email,name", ...POOL.slice(from, to).map(({ email = "", name = "" }) => `${email},${name}`), ""].join(
      "\n",
    );
  const files = {
    "people/main.tf": configuration("people"),
    "people.hcl": lockOf("shipped"),
    "lists/people.csv": users(0, 6),
    "guests/main.tf": configuration("guests"),
    "guests.hcl": lockOf("shipped"),
    "lists/guests.csv": users(6, 12),
  };
  await team.create("email,name\n");
  await team.propose("hcl", (text) => text, { programs: files });
  await team.mergeRequest("hcl", 7);
  expect((await team.push()).result("apply")).toBe("success");

  // Two of each stack: more than three, over both.
  await team.propose("leavers", (text) => text, {
    programs: {
      "lists/people.csv": without(2, 3)(users(0, 6)),
      "lists/guests.csv": without(8, 9)(users(6, 12)),
    },
  });
  await team.mergeRequest("leavers", 8);
  const refused = await team.push();
  expect(refused.result("plan")).toBe("failure");
  expect(refused.jobs.get("plan")?.summary).toMatch(
    /^\*\*REFUSED: the run would delete 4 users, over all stacks, and allows 3/,
  );
  expect(refused.result("apply")).toBe("skipped");

  await team.propose("broken", (text) => text, {
    programs: {
      "people/more.tf": 'output "broken" {\n  value = genauth_user_set.nobody.id\n}\n',
      "lists/people.csv": users(0, 6),
    },
  });
  await team.mergeRequest("broken", 9);
  const run = await team.push();
  expect(run.result("plan")).toBe("failure");
  const { summary = "", log = "" } = run.jobs.get("plan") ?? {};
  expect(summary).toContain("## people could not be planned, so nothing of it can be applied");
  expect(log).toMatch(/Error: Reference to undeclared resource\n {2}in .*more\.tf line 2/);
  expect(log).not.toContain('"@level"');
  expect(summary).toContain("## 2 users will be permanently deleted");
  expect(emulator.pool.size).toBe(12);
}, 600_000);

test("a commit that changes none of the paths lets an approval stand, and another one voids it", async () => {
  await team.create(
    ["email,name", ...POOL.map(({ email = "", name = "" }) => `${email},${name}`), ""].join("\n"),
  );
  expect((await team.push()).result("apply")).toBe("success");
  await team.propose("leavers", without(3));
  await team.mergeRequest("leavers", 7);
  const [first, second] = [await team.push(), await team.push()];
  await team.propose("page", (text) => text, { programs: { "docs/page.md": "A page.\n" } });
  await team.mergeRequest("page", 8);
  await first.approve("otto");
  expect(first.result("apply")).toBe("success");
  expect(emulator.pool.size).toBe(11);

  await team.propose("joiner", (text) => `${text.trimEnd()}\nnew@example.com,Nia New\n`);
  await team.mergeRequest("joiner", 9);
  await second.approve("otto");
  expect(second.result("apply")).toBe("failure");
  expect(second.text("apply")).toContain("lacks commits of main");
}, 600_000);

import { join } from "node:path";
import { lockOf } from "./lock-file";
import type { Repository } from "./repository";
import { POOL } from "./setting";

/** A user file of some of the pool. */
export function usersFile(from: number, to: number): string {
  const rows = POOL.slice(from, to).map(({ email = "", name = "" }) => `${email},${name}`);
  return ["email,name", ...rows, ""].join("\n");
}

/**
 * A configuration in plain HCL, with a user file in the folder `lists` and a state of its own.
 *
 * @param more further attributes of its set
 */
export function plainConfiguration({ folder }: Repository, name: string, more = ""): string {
  return `terraform {
  required_providers {
    genauth = { source = "terraform.local/genauth/genauth" }
  }
  backend "local" {
    path = "${join(folder, "states", `${name}.tfstate`)}"
  }
}
provider "genauth" {}
resource "genauth_user_set" "${name}" {
  users        = { for row in csvdecode(file("\${path.module}/../lists/${name}.csv")) : row.email => row.name }
  user_id_type = "email"
${more}}
`;
}

/**
 * Creates a repository with a stack of CDKTF, `staff`, and one in plain HCL, `guests`, which suspends leavers for 14 days. Each declares
 * half of the pool.
 */
export async function createBothForms(team: Repository): Promise<void> {
  Object.assign(team.settings, {
    stacks: [
      {
        name: "staff",
        folder: "cdktf.out/stacks/staff",
        lock_file: "staff.lock.hcl",
        user_files: ["staff.csv"],
        init_arguments: team.settings["init_arguments"],
      },
      {
        name: "guests",
        folder: "guests",
        lock_file: "guests/.terraform.lock.hcl",
        user_files: ["lists/guests.csv"],
        reads: ["lists"],
      },
    ],
    init_arguments: [],
  });
  await team.create(usersFile(0, 6));
  await team.propose("guests", (staff) => staff, {
    programs: {
      "guests/main.tf": plainConfiguration(team, "guests", "  suspend_days = 14\n"),
      "guests/.terraform.lock.hcl": lockOf("shipped"),
      "lists/guests.csv": usersFile(6, 12),
    },
  });
  await team.merge("guests");
}

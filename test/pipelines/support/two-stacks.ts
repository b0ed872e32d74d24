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
 * Gives a team two stacks in plain HCL, `people` and `guests`, each of which declares half of the pool. Their lock files are where Terraform
 * writes them, and elsewhere.
 *
 * @param limits more of them
 * @param more further attributes of their sets
 * @returns their files; the configurations name the folder of the states
 */
export function plainStacks(
  team: Repository,
  limits: object,
  more: { readonly people?: string; readonly guests?: string } = {},
): { readonly configurations: Record<string, string>; readonly others: Record<string, string> } {
  Object.assign(team.settings, {
    synth: undefined,
    stacks: [
      { name: "people", folder: "people", lock_file: "people/.terraform.lock.hcl", reads: ["lists"] },
      // Its users come after its settings.
      { name: "guests", folder: "guests", lock_file: "locks/guests.hcl", user_files: ["lists/guests.csv"] },
    ],
    init_arguments: [],
    limits: { ...(team.settings["limits"] as object), ...limits },
  });
  return {
    configurations: {
      "people/main.tf": plainConfiguration(team, "people", more.people),
      "guests/main.tf": plainConfiguration(team, "guests", more.guests),
    },
    others: {
      "people/.terraform.lock.hcl": lockOf("shipped"),
      "lists/people.csv": usersFile(0, 6),
      "locks/guests.hcl": lockOf("shipped"),
      "lists/guests.csv": usersFile(6, 12),
    },
  };
}

/**
 * Creates a repository with a stack of CDKTF, `staff`, and one in plain HCL, `guests`, which suspends leavers for 14 days. Each declares
 * half of the pool.
 *
 * @param more further stacks
 */
export async function createBothForms(team: Repository, more: readonly object[] = []): Promise<void> {
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
      ...more,
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

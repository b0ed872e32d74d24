terraform {
  required_version = ">= 1.8" # for users_from_csv

  required_providers {
    genauth = {
      source = "terraform.local/genauth/genauth"
    }
  }

  # The state is a file of this folder: enough to try. A pipeline would lose it, and delete nobody, so name a backend:
  # backend "s3" {
  #   bucket       = "<bucket>"
  #   key          = "genauth/staff.tfstate"
  #   region       = "<region>"
  #   use_lockfile = true
  # }
}

locals {
  # One row per person. Remove a row, and the next plan shows the account that apply deletes. A file without rows is refused.
  staff = provider::genauth::users_from_csv(file("${path.module}/staff.csv"), "email", "id", "label")
}

# The credentials come from the environment: GENAUTH_ACCESS_KEY_ID and GENAUTH_ACCESS_KEY_SECRET.
provider "genauth" {
  # Accounts that no plan of this configuration may delete, such as those for an emergency:
  # protected_users = { email = ["…"] }
}

resource "genauth_user_set" "staff" {
  users         = local.staff
  user_id_type  = "email"
  max_deletions = 100
  # Without the number sign, people who leave are suspended first, and deleted by an apply two weeks later:
  # suspend_days = 14
}

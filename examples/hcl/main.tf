# The same as examples/staff, without CDKTF. Install the provider beside this file first:
#
#   npx genauth-users install-provider --dir .
#   terraform init && terraform plan        (or tofu)
#
# In a pipeline, from a committed .terraform.lock.hcl:
#
#   npx genauth-users install-provider --dir . --locked
#   terraform init -lockfile=readonly
#
# The credentials come from the environment: GENAUTH_ACCESS_KEY_ID and GENAUTH_ACCESS_KEY_SECRET.

terraform {
  required_providers {
    genauth = {
      source = "terraform.local/genauth/genauth"
    }
  }
}

locals {
  # One row per person. Remove a row, and the next plan shows whose account apply deletes. Terraform reads the file again at
  # apply. If a saved plan changes the set below, and the file has changed since, Terraform refuses to apply that change,
  # and nobody in the set is deleted.
  # Spreadsheets write a byte order mark at the start of a file. It would become part of the first column's name.
  staff = { for row in csvdecode(trimprefix(file("${path.module}/staff.csv"), "\ufeff")) : row.email => row.name }
}

provider "genauth" {
  # Everybody whom this configuration declares. Add your break-glass accounts.
  protected_users = {
    email = keys(local.staff)
  }
}

resource "genauth_user_set" "staff" {
  users         = local.staff
  user_id_type  = "email"
  max_deletions = 100
  # A file that lost its rows, for example one with a header only, fails the plan instead of deleting everybody.
  max_deletions_percent = 50
  # Without the number sign, whoever leaves is suspended first, and deleted by a plan two weeks later:
  # suspend_days = 14
}

output "drift" {
  value = genauth_user_set.staff.drift
}

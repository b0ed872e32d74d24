terraform {
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
  # One row per person. Remove a row, and the next plan shows whose account apply deletes. Spreadsheets write a byte order
  # mark at the start of a file, which would become part of the first column's name.
  staff = { for row in csvdecode(trimprefix(file("${path.module}/staff.csv"), "\ufeff")) : row.id => row.label }
}

# The credentials come from the environment: GENAUTH_ACCESS_KEY_ID and GENAUTH_ACCESS_KEY_SECRET.
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
  # Without the number sign, whoever leaves is suspended first, and deleted by an apply two weeks later:
  # suspend_days = 14

  lifecycle {
    precondition {
      condition     = length(local.staff) > 0
      error_message = "staff.csv has no users, which would remove everybody. Export the pool into it, or repeat an export that was cut short."
    }
  }
}

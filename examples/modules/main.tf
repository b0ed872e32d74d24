# Two teams, each with a file of its own. The credentials come from the environment: GENAUTH_ACCESS_KEY_ID and
# GENAUTH_ACCESS_KEY_SECRET.

terraform {
  required_version = ">= 1.8"
  required_providers {
    genauth = {
      source = "terraform.local/genauth/genauth"
    }
  }
}

locals {
  berlin = file("${path.module}/berlin.csv")
  lagos  = file("${path.module}/lagos.csv")
}

provider "genauth" {
  # A person who moves from one team to the other keeps the account. Add your break-glass accounts. The modules read the files with a
  # function of this provider. Its result must not be used here: OpenTofu refuses that as a cycle.
  protected_users = {
    email = [for row in concat(csvdecode(local.berlin), csvdecode(local.lagos)) : trimspace(row.email)]
  }
}

module "berlin" {
  source    = "./team"
  team      = "berlin"
  users_csv = local.berlin
}

module "lagos" {
  source        = "./team"
  team          = "lagos"
  users_csv     = local.lagos
  max_deletions = 2
}

# For a notification: terraform output -json teams
output "teams" {
  value = {
    berlin = module.berlin.notification
    lagos  = module.lagos.notification
  }
}

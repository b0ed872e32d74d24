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

provider "genauth" {
  # Whoever moves from one team to the other keeps the account. Add your break-glass accounts.
  protected_users = {
    email = concat(keys(module.berlin.users), keys(module.lagos.users))
  }
}

module "berlin" {
  source    = "./team"
  team      = "berlin"
  users_csv = file("${path.module}/berlin.csv")
}

module "lagos" {
  source        = "./team"
  team          = "lagos"
  users_csv     = file("${path.module}/lagos.csv")
  max_deletions = 2
}

# For a notification: terraform output -json teams
output "teams" {
  value = {
    berlin = module.berlin.notification
    lagos  = module.lagos.notification
  }
}

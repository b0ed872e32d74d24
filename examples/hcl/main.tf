# The same as examples/staff, without CDKTF. Lay the provider beside this file first:
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
  # One row a person. Take a row out, and the next plan shows whose account goes. Terraform reads the file again at apply:
  # a saved plan is refused where the file changed since, and nobody is deleted.
  staff = { for row in csvdecode(file("${path.module}/staff.csv")) : row.email => row.name }
}

provider "genauth" {
  # Whoever is declared anywhere in this configuration; add your break-glass accounts.
  protected_users = {
    email = keys(local.staff)
  }
}

resource "genauth_user_set" "staff" {
  users         = local.staff
  user_id_type  = "email"
  max_deletions = 100
}

output "drift" {
  value = genauth_user_set.staff.drift
}

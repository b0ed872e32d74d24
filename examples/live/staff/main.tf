terraform {
  required_providers {
    genauth = { source = "terraform.local/genauth/genauth" }
  }
  # On the disk of a job, to try. A pipeline needs a backend that all jobs share and that locks the state.
  backend "local" {
    path = "/tmp/genauth-live/staff.tfstate"
  }
}

# The host and the key come from the environment, as `cdktf-genauth emulator` gives them.
provider "genauth" {}

resource "genauth_user_set" "staff" {
  users        = { for row in csvdecode(file("${path.module}/../people/staff.csv")) : trimspace(row.email) => row.name }
  user_id_type = "email"
}

terraform {
  required_providers {
    genauth = {
      source = "terraform.local/genauth/genauth"
    }
  }
}

# Credentials come from GENAUTH_ACCESS_KEY_ID and GENAUTH_ACCESS_KEY_SECRET.
provider "genauth" {
  protected_users = {
    email = ["break-glass@example.com"]
  }
}

terraform {
  # Functions of a provider need Terraform 1.8 or OpenTofu 1.7.
  required_version = ">= 1.8"
  required_providers {
    genauth = {
      source  = "terraform.local/genauth/genauth"
      version = "~> 0.1"
    }
  }
}

locals {
  half_a_year_ago = timeadd(plantimestamp(), "-4320h")
}

# Who has not logged in for 180 days, or never, with an account that is older than that.
data "genauth_users" "inactive" {
  user_id_type            = "email"
  email_domain            = "example.com"
  status                  = "Activated"
  last_login_before       = local.half_a_year_ago
  include_never_logged_in = true
  created_before          = local.half_a_year_ago
}

# E-mail address to name.
output "inactive" {
  value = data.genauth_users.inactive.users
}

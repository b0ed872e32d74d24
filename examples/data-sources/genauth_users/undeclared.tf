locals {
  staff = {
    "ada@example.com" = "Ada"
  }
}

resource "genauth_user_set" "staff" {
  users        = local.staff
  user_id_type = "email"
}

# Warns at each plan of accounts that the set does not declare.
check "undeclared_accounts" {
  data "genauth_users" "office" {
    user_id_type = "email"
    email_domain = "example.com"
    status       = "Activated"
  }

  assert {
    condition = length(setsubtract(
      [for id in data.genauth_users.office.ids : lower(id)],
      [for id in keys(local.staff) : lower(id)],
    )) == 0
    error_message = "Not declared: ${join(", ", setsubtract(
      [for id in data.genauth_users.office.ids : lower(id)],
      [for id in keys(local.staff) : lower(id)],
    ))}"
  }
}

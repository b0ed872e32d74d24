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
  data "genauth_users" "all" {
    with_details = true
  }

  assert {
    condition = length(nonsensitive(setsubtract(
      [
        for user in values(data.genauth_users.all.details) : lower(user.email)
        if user.status == "Activated" && user.email != null
      ],
      [for id in keys(local.staff) : lower(id)],
    ))) == 0
    error_message = "Not declared: ${join(", ", nonsensitive(setsubtract(
      [
        for user in values(data.genauth_users.all.details) : lower(user.email)
        if user.status == "Activated" && user.email != null
      ],
      [for id in keys(local.staff) : lower(id)],
    )))}"
  }
}

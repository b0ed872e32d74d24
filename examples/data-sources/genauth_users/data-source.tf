# Everybody in the pool. The state then holds their details: ask for them only where a filter needs them.
data "genauth_users" "all" {
  with_details = true
}

locals {
  half_a_year_ago = timeadd(plantimestamp(), "-4320h")

  # E-mail addresses of active users who have not logged in for 180 days, or never. Their accounts are older than that.
  inactive = nonsensitive(sort([
    for user in values(data.genauth_users.all.details) : user.email
    if user.status == "Activated"
    && endswith(lower(coalesce(user.email, "none")), "@example.com")
    && timecmp(user.created_at, local.half_a_year_ago) < 0
    && timecmp(user.last_login == "never" ? user.created_at : user.last_login, local.half_a_year_ago) < 0
  ]))
}

output "inactive" {
  value = local.inactive
}

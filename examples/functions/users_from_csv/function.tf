# staff.csv begins with:
#   email,name
#   ada@example.com,Ada
locals {
  staff = provider::genauth::users_from_csv(file("${path.module}/staff.csv"), "email", "email", "name")
}

resource "genauth_user_set" "staff" {
  users        = local.staff
  user_id_type = "email"
}

# staff.yaml:
#   ada@example.com: Ada
locals {
  staff = provider::genauth::users_from_yaml(file("${path.module}/staff.yaml"), "email", null, null)
}

resource "genauth_user_set" "staff" {
  users        = local.staff
  user_id_type = "email"
}

# staff.txt:
#   # the office
#   ada@example.com  Ada
locals {
  staff = provider::genauth::users_from_text(file("${path.module}/staff.txt"), "email")
}

resource "genauth_user_set" "staff" {
  users        = local.staff
  user_id_type = "email"
}

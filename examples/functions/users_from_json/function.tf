# staff.json:
#   [{ "employee": "E-1042", "name": "Ada" }]
locals {
  staff = provider::genauth::users_from_json(file("${path.module}/staff.json"), "external_id", "employee", "name")
}

resource "genauth_user_set" "staff" {
  users        = local.staff
  user_id_type = "external_id"
}

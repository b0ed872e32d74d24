# staff.json:
#   [{ "employee": "E-1042", "name": "Ada" }]
resource "genauth_user_set" "staff" {
  users        = provider::genauth::users_from_json(file("${path.module}/staff.json"), "external_id", "employee", "name")
  user_id_type = "external_id"
}

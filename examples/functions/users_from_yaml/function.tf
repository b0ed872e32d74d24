# staff.yaml:
#   ada@example.com: Ada
resource "genauth_user_set" "staff" {
  users        = provider::genauth::users_from_yaml(file("${path.module}/staff.yaml"), "email", null, null)
  user_id_type = "email"
}

# staff.txt:
#   # the office
#   ada@example.com  Ada
resource "genauth_user_set" "staff" {
  users        = provider::genauth::users_from_text(file("${path.module}/staff.txt"), "email")
  user_id_type = "email"
}

# staff.csv begins with:
#   email,name
#   ada@example.com,Ada
resource "genauth_user_set" "staff" {
  users        = provider::genauth::users_from_csv(file("${path.module}/staff.csv"), "email", "email", "name")
  user_id_type = "email"
}

resource "genauth_user_set" "staff" {
  user_id_type = "email"
  users = {
    "ada@example.com" = "Ada Lovelace"
    "bob@example.com" = "Bob Ross"
  }
  max_deletions = 20
}

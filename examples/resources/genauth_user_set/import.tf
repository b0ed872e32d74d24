# The users that the last apply declared, for example from: git show HEAD:staff.csv > before.csv
import {
  to = genauth_user_set.staff
  id = jsonencode({ user_id_type = "email", users_file = "before.csv" })
}

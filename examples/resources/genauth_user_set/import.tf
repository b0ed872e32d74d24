# The users that the last apply declared, from the commit of that apply: git show COMMIT:staff.csv > before.csv
import {
  to = genauth_user_set.staff
  id = jsonencode({ user_id_type = "email", users_file = "before.csv" })
}

# Needs Terraform 1.7 or OpenTofu 1.8, and neither a key nor a user pool.
mock_provider "genauth" {}

run "declares_everybody_in_the_file" {
  command = plan

  assert {
    condition     = length(genauth_user_set.staff.users) == length(csvdecode(file("staff.csv")))
    error_message = "The set does not declare everybody of staff.csv."
  }

  assert {
    condition     = genauth_user_set.staff.max_deletions == 100
    error_message = "The set has another limit."
  }
}

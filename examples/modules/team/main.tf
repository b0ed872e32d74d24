locals {
  # Refuses invalid ids, one id twice, and a file without users, with the line.
  users = provider::genauth::users_from_csv(var.users_csv, var.user_id_type, var.id_column, var.label_column)

  # What differs from the pool. Drift is null if GenAuth could not be asked. An output of `removals` would plan a change after
  # each deletion, because the next refresh empties it.
  survivors = try(genauth_user_set.this.drift.survivors, [])
  missing   = try(genauth_user_set.this.drift.missing, [])
}

resource "genauth_user_set" "this" {
  users                 = local.users
  user_id_type          = var.user_id_type
  max_deletions         = var.max_deletions
  max_deletions_percent = var.max_deletions_percent
  retained_ids     = var.retained_ids
}

output "removed" {
  description = "Ids that the last apply removed and that are gone from GenAuth. The next refresh empties it."
  value       = local.removed
}

output "survivors" {
  description = "Ids that left the file and are still to be deleted in GenAuth. The next apply tries again."
  value       = local.survivors
}

output "missing" {
  description = "Ids in the file that are not in GenAuth."
  value       = local.missing
}

output "notification" {
  description = "The result of the last apply in one value, for a message to the team."
  value = {
    team      = var.team
    users     = length(local.users)
    removed   = local.removed
    survivors = local.survivors
    missing   = local.missing
  }
}

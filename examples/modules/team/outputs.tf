output "survivors" {
  description = "Ids that left the file and are still to be deleted in GenAuth. The next apply tries again."
  value       = local.survivors
}

output "missing" {
  description = "Ids in the file that are not in GenAuth."
  value       = local.missing
}

output "notification" {
  description = "What differs in one value, for a message to the team."
  value = {
    team      = var.team
    users     = length(local.users)
    survivors = local.survivors
    missing   = local.missing
  }
}

variable "team" {
  description = "Name of the team, for notifications."
  type        = string
  nullable    = false
}

variable "users_csv" {
  description = "Text of the team's CSV file, one row per person: file(\"…\"). Removing a row deletes the person at the next apply."
  type        = string
  nullable    = false
}

variable "user_id_type" {
  description = "What the ids are. Changing it replaces the set, which deletes nobody."
  type        = string
  default     = "email"
  nullable    = false
}

variable "id_column" {
  description = "Column of the file that holds the id."
  type        = string
  default     = "email"
  nullable    = false
}

variable "label_column" {
  description = "Column of the file that holds the name for reviewers."
  type        = string
  default     = "name"
  nullable    = false
}

variable "max_deletions" {
  description = "How many people one apply may delete at most. A plan that would delete more fails."
  type        = number
  default     = 10
  nullable    = false

  validation {
    condition     = var.max_deletions >= 0
    error_message = "max_deletions must not be negative."
  }
}

variable "max_deletions_percent" {
  description = "The same limit as a percentage of the team."
  type        = number
  default     = 50
  nullable    = false

  validation {
    condition     = var.max_deletions_percent >= 0 && var.max_deletions_percent <= 100
    error_message = "max_deletions_percent must be from 0 to 100."
  }
}

variable "retained_ids" {
  description = "Ids that may leave the file without being deleted, such as those that move to another repository."
  type        = set(string)
  default     = []
  nullable    = false
}

# Denies a plan that may delete too many GenAuth users, or users who must keep their accounts.
#
# It reads what `terraform show -json tfplan` prints. In such a plan, each user who leaves a genauth_user_set is an element
# of its `removals`: "not deleted" is final, and an unknown element is a user whom apply deletes, or whom nobody could look
# up. The limits come from limits.yaml (`--data`).
package main

import rego.v1

deny contains msg if {
	has_limit
	count(deletions) > data.genauth.max_deletions
	msg := sprintf("too many deletions: the plan may delete %d, the limit is %d", [count(deletions), data.genauth.max_deletions])
}

deny contains msg if {
	some deletion in deletions
	some id in object.get(data.genauth.never_delete, deletion.type, [])
	lower(id) == lower(deletion.id)
	msg := sprintf("%s may delete %s, who is in never_delete", [deletion.set, deletion.id])
}

# Nobody can count whom a plan does not name.
deny contains msg if {
	some set in updated_sets
	some attribute in ["users", "removals", "triggers"]
	set.change.after_unknown[attribute] == true
	msg := sprintf("%s: who leaves is not known before apply", [set.address])
}

deny contains "the plan failed, so it is incomplete" if input.errored

# A limit that is missing must not read as no limit.
deny contains "limits.yaml is missing: give it with --data" if not has_limit

has_limit if is_number(data.genauth.max_deletions)

deletions contains deletion if {
	some set in updated_sets
	some id, is_unknown in object.get(set.change.after_unknown, "removals", {})
	is_unknown == true
	deletion := {"set": set.address, "type": set.change.before.user_id_type, "id": id}
}

# Whoever leaves and is not stated counts as well: an older version of the provider plans no removals.
deletions contains deletion if {
	some set in updated_sets
	some id, _ in set.change.before.users
	not has_key(set.change.after.users, id)
	not set.change.after.removals[id] == "not deleted"
	deletion := {"set": set.address, "type": set.change.before.user_id_type, "id": id}
}

# A null_resource decides only at apply who is kept, so everyone who leaves counts.
deletions contains deletion if {
	some set in updated_sets
	some trigger, _ in set.change.before.triggers
	startswith(trigger, "user:")
	not has_key(set.change.after.triggers, trigger)
	deletion := {
		"set": set.address,
		"type": set.change.before.triggers.user_id_type,
		"id": substring(trigger, 5, -1),
	}
}

# The sets that an apply may delete from. Taking a set away deletes nobody.
updated_sets contains set if {
	some set in input.resource_changes
	set.type == "genauth_user_set"
	set.change.actions == ["update"]
}

updated_sets contains set if {
	some set in input.resource_changes
	set.type == "null_resource"
	set.change.before.triggers.user_id_type
	set.change.actions == ["delete", "create"]
}

has_key(object, key) if _ = object[key]

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

deny contains "a part of the plan is left to a later plan, or was left out with -target" if input.complete == false

# A provisioner can run any command with the keys of the apply. Only that of a null_resource's set is known.
deny contains msg if {
	some provisioner in provisioners
	not is_own(provisioner)
	msg := sprintf("%s has a provisioner (%s)", [provisioner.address, provisioner.type])
}

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

# All provisioners of the configuration, in every module, whether this plan runs them or not.
provisioners contains provisioner if {
	walk(input.configuration.root_module, [_, resource])
	some entry in resource.provisioners
	provisioner := {
		"address": resource.address,
		"resource_type": resource.type,
		"type": entry.type,
		"expressions": object.get(entry, "expressions", {}),
	}
}

# The command of a set, with nothing in its environment that could change what the command does.
is_own(provisioner) if {
	provisioner.resource_type == "null_resource"
	provisioner.type == "local-exec"
	expressions := provisioner.expressions
	object.keys(expressions) == {"command", "environment", "quiet"}
	expressions.command.constant_value == "exec sh \"$GENAUTH_SET_COMMAND\" apply-null-resource \"$PPID\""
	variables := expressions.environment.constant_value
	variables.GENAUTH_SET_COMMAND == "${path.module}/genauth/genauth-users"
	every name, _ in variables {
		regex.match(`^GENAUTH_SET_(COMMAND|OBJECT|(DECLARED|PRIOR)_[0-9])$`, name)
	}
}

has_key(object, key) if _ = object[key]

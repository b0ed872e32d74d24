package main

import rego.v1

limits := {"max_deletions": 1, "never_delete": {"email": ["Root@example.com"]}}

# A plan by which the given users leave a set, each with what `removals` says: "unknown", or a text.
plan(removals) := {"resource_changes": [{
	"address": "genauth_user_set.staff",
	"type": "genauth_user_set",
	"change": {
		"actions": ["update"],
		"before": {"user_id_type": "email", "users": {id: "" | some id, _ in removals}, "removals": null},
		"after": {
			"user_id_type": "email",
			"users": {},
			"removals": {id: text | some id, text in removals; text != "unknown"},
		},
		"after_unknown": {"removals": {id: true | some id, text in removals; text == "unknown"}},
	},
}]}

null_plan(before, after) := {"resource_changes": [{
	"address": "null_resource.staff",
	"type": "null_resource",
	"change": {
		"actions": ["delete", "create"],
		"before": {"triggers": before},
		"after": {"triggers": after},
		"after_unknown": {"id": true},
	},
}]}

test_as_many_as_are_allowed if {
	count(deny) == 0 with input as plan({"a@example.com": "unknown", "b@example.com": "not deleted"}) with data.genauth as limits
}

test_too_many if {
	deny == {"too many deletions: the plan may delete 2, the limit is 1"} with input as plan({"a@example.com": "unknown", "b@example.com": "unknown"})
		with data.genauth as limits
}

test_who_must_stay if {
	deny == {"genauth_user_set.staff may delete root@example.com, who is in never_delete"} with input as plan({"root@example.com": "unknown"})
		with data.genauth as limits
}

test_who_must_stay_and_does if {
	count(deny) == 0 with input as plan({"root@example.com": "not deleted"}) with data.genauth as limits
}

test_whom_the_plan_does_not_state_counts if {
	older := json.remove(plan({"a@example.com": "unknown", "b@example.com": "unknown"}), ["resource_changes/0/change/after/removals", "resource_changes/0/change/after_unknown/removals"])
	count(deny) == 1 with input as older with data.genauth as limits
}

test_users_that_are_not_known if {
	unknown := json.patch(plan({}), [{"op": "add", "path": "resource_changes/0/change/after_unknown", "value": {"users": true, "removals": true}}])
	deny == {"genauth_user_set.staff: who leaves is not known before apply"} with input as unknown with data.genauth as limits
}

test_a_null_resource if {
	before := {"user_id_type": "email", "user:a@example.com": "", "user:b@example.com": "", "user:c@example.com": ""}
	count(deny) == 1 with input as null_plan(before, {"user_id_type": "email", "user:a@example.com": ""}) with data.genauth as limits
	count(deny) == 0 with input as null_plan(before, json.remove(before, ["user:a@example.com"])) with data.genauth as limits
}

with_provisioner(type, expressions) := {
	"resource_changes": [],
	"configuration": {"root_module": {"module_calls": {"team": {"module": {"resources": [{
		"address": "null_resource.staff",
		"type": "null_resource",
		"provisioners": [{"type": type, "expressions": expressions}],
	}]}}}}},
}

own_expressions := {
	"command": {"constant_value": "exec sh \"$GENAUTH_SET_COMMAND\" apply-null-resource \"$PPID\""},
	"environment": {"constant_value": {
		"GENAUTH_SET_COMMAND": "${path.module}/genauth/genauth-users",
		"GENAUTH_SET_DECLARED_0": "H4sI",
	}},
	"quiet": {"constant_value": true},
}

test_the_provisioner_of_a_set if {
	count(deny) == 0 with input as with_provisioner("local-exec", own_expressions) with data.genauth as limits
}

test_any_other_provisioner if {
	others := [
		{"command": {"constant_value": "env"}},
		object.union(own_expressions, {"interpreter": {"constant_value": ["bash"]}}),
		object.union(own_expressions, {"environment": {"constant_value": {"NODE_OPTIONS": "-r /tmp/x"}}}),
		object.union(own_expressions, {"environment": {"constant_value": {"GENAUTH_SET_COMMAND": "/tmp/x"}}}),
		json.remove(own_expressions, ["environment/constant_value"]),
	]
	every other in others {
		deny == {"null_resource.staff has a provisioner (local-exec)"} with input as with_provisioner("local-exec", other)
			with data.genauth as limits
	}
}

test_a_part_is_left_to_a_later_plan if {
	count(deny) == 1 with input as object.union(plan({}), {"complete": false}) with data.genauth as limits
}

test_no_limits if {
	"limits.yaml is missing: give it with --data" in deny with input as plan({}) with data.genauth as {}
}

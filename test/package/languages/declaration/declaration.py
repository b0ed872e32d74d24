"""Declares what `declaration.ts` declares, on the CDK that the first argument names."""

import sys

if sys.argv[1] == "cdktf":
    from cdktf import App, Aspects, LocalBackend, TerraformIterator, TerraformOutput, TerraformResourceLifecycle
    from cdktf import TerraformStack, TerraformVariable
    from cdktf_genauth import DeleteBy, DeletionLimits, GenAuthProvider, ManagedUserSet, NullProvider
    from cdktf_genauth import NullResourceUserSet, UserIdType, Users
else:
    from cdktn import App, Aspects, LocalBackend, TerraformIterator, TerraformOutput, TerraformResourceLifecycle
    from cdktn import TerraformStack, TerraformVariable
    from cdktn_genauth import DeleteBy, DeletionLimits, GenAuthProvider, ManagedUserSet, NullProvider
    from cdktn_genauth import NullResourceUserSet, UserIdType, Users


def declare_staff(stack):
    LocalBackend(stack, path="terraform.tfstate")
    provider = GenAuthProvider(stack, "genauth", requests_per_second=20)
    contractors = TerraformVariable(stack, "contractors", type="list(string)")
    provider.protect(UserIdType.EMAIL, ["break-glass@example.com"])
    provider.protect(UserIdType.EMAIL, contractors.list_value)

    teams = TerraformIterator.from_map(
        {
            "red": {"users": Users.from_map({"ada@example.com": "${x} %{y}"}).to_map()},
            "blue": {"users": Users.from_ids(["bo@example.com"]).to_map()},
        }
    )
    team = ManagedUserSet(
        stack,
        "team",
        for_each=teams,
        users=Users.from_map(teams.get_string_map("users")),
        user_id_type=UserIdType.EMAIL,
    )
    listed = ManagedUserSet(
        stack,
        "listed",
        users=Users.from_ids(contractors.list_value),
        user_id_type=UserIdType.EMAIL,
        depends_on=[team],
        allow_unknown_users=True,
    )
    staff = ManagedUserSet(
        stack,
        "staff",
        users=Users.from_file("staff.csv", id="email", label="name", delimiter=";"),
        user_id_type=UserIdType.EMAIL,
        max_deletions=100,
        max_deletions_percent=12.5,
        suspend_days=14,
        retained_ids=["moved@example.com"],
        allow_missing_users=True,
        delete_by=DeleteBy.USER_ID,
        lifecycle=TerraformResourceLifecycle(prevent_destroy=True),
    )
    TerraformOutput(stack, "missing", value=team.missing)
    TerraformOutput(stack, "removals", value=staff.removals)
    TerraformOutput(stack, "drift", value=team.drift)
    TerraformOutput(stack, "ids", value=listed.ids)


def declare_audit(stack):
    Aspects.of(stack).add(DeletionLimits(max_deletions=4, max_deletions_percent=50))
    LocalBackend(stack, path="terraform.tfstate")
    NullProvider(stack, "null")
    NullResourceUserSet(
        stack,
        "audit",
        users=Users.from_map({"6319a1504f3ab6c0f214dd5b": "${Ada} <ada>", "6319a1504f3ab6c0f214dd5c": ""}),
        user_id_type=UserIdType.USER_ID,
        drift_report=True,
        max_deletions=5,
    )


app = App()
declare_staff(TerraformStack(app, "staff"))
declare_audit(TerraformStack(app, "audit"))
app.synth()

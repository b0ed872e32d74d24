from cdktf import TerraformStack
from cdktf_genauth import GenAuthProvider, ManagedUserSet, UserIdType, Users
from constructs import Construct


class StaffStack(TerraformStack):
    """The accounts of staff.csv. Remove a row, and the next plan shows the account that apply deletes."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)

        # The state is a file of this folder: enough to try. A pipeline would lose it, and delete nobody, so name a backend:
        # S3Backend(self, bucket="<bucket>", key="genauth/staff.tfstate", region="<region>", dynamodb_table="<table>")  # of cdktf

        GenAuthProvider(self, "genauth")  # credentials from the environment

        ManagedUserSet(
            self,
            "staff",
            users=Users.from_file("staff.csv"),  # columns id and label
            user_id_type=UserIdType.EMAIL,
            max_deletions=100,
        )

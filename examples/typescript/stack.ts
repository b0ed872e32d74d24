import { join } from "node:path";
import { TerraformStack } from "cdktf";
import { GenAuthProvider, ManagedUserSet, UserIdType, Users } from "cdktf-genauth";
import type { Construct } from "constructs";

/** The accounts of staff.csv. Remove a row, and the next plan shows the account that apply deletes. */
export class StaffStack extends TerraformStack {
  public constructor(scope: Construct, id: string) {
    super(scope, id);

    // The state is a file of this folder: enough to try. A pipeline would lose it, and delete nobody, so name a backend:
    // new S3Backend(this, { bucket: "<bucket>", key: "genauth/staff.tfstate", region: "<region>", dynamodbTable: "<table>" }); // of "cdktf"

    new GenAuthProvider(this, "genauth"); // credentials from the environment

    new ManagedUserSet(this, "staff", {
      users: Users.fromFile(join(__dirname, "staff.csv")), // columns id and label
      userIdType: UserIdType.EMAIL,
      maxDeletions: 100,
    });
  }
}

import { App, TerraformOutput, TerraformStack } from "cdktf";
import { GenAuthProvider, ManagedUserSet, UserIdType, Users } from "cdktf-genauth";
import type { Construct } from "constructs";

/** Who may have an account: one row per person. Remove a row, and the next plan shows the account that apply deletes. */
const STAFF_FILE = process.env.STAFF_FILE ?? "staff.csv";

/** For how many days a person who left is suspended before the deletion; 0 deletes at once. */
const SUSPEND_DAYS = Number(process.env.SUSPEND_DAYS ?? 0);

class StaffStack extends TerraformStack {
  public constructor(scope: Construct, id: string) {
    super(scope, id);

    new GenAuthProvider(this, "genauth"); // credentials from the environment

    const staff = new ManagedUserSet(this, "staff", {
      users: Users.fromFile(STAFF_FILE, { id: "email", label: "name" }),
      userIdType: UserIdType.EMAIL,
      maxDeletions: 100,
      suspendDays: SUSPEND_DAYS,
    });

    new TerraformOutput(this, "drift", { value: staff.drift });
  }
}

const app = new App();
new StaffStack(app, "staff");
app.synth();

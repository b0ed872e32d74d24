import { NullProvider } from "@cdktf/provider-null/lib/provider";
import { App, TerraformStack } from "cdktf";
import { NullResourceUserSet, UserIdType, Users } from "cdktf-genauth";
import type { Construct } from "constructs";

/** Who may have an account: one row per person. */
const STAFF_FILE = process.env.STAFF_FILE ?? "staff.csv";

/** For teams that may install only HashiCorp's own providers. docs/guides/null-resource.md says what they give up. */
class StaffStack extends TerraformStack {
  public constructor(scope: Construct, id: string) {
    super(scope, id);

    new NullProvider(this, "null");

    new NullResourceUserSet(this, "staff", {
      users: Users.fromFile(STAFF_FILE, { id: "email", label: "name" }),
      userIdType: UserIdType.EMAIL,
      maxDeletions: 100,
      driftReport: true,
    });
  }
}

const app = new App();
new StaffStack(app, "staff");
app.synth();

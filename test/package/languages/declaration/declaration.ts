import {
  App,
  Aspects,
  LocalBackend,
  TerraformIterator,
  TerraformOutput,
  TerraformStack,
  TerraformVariable,
} from "cdktf";
import { NullProvider } from "@cdktf/provider-null/lib/provider";
import {
  DeleteBy,
  DeletionLimits,
  GenAuthProvider,
  ManagedUserSet,
  NullResourceUserSet,
  UserIdType,
  Users,
} from "../../../../src";

/** The user file that all declarations read. Terraform would evaluate the label if it were not escaped. */
export const STAFF_CSV = "email;name\ncy@example.com;Cy ${z} %{if}\n";

/** The names of the stacks that each declares. */
export const STACKS = ["staff", "audit"] as const;

/** Declares, in a folder with `staff.csv`, what `declaration.py` and `declaration.go` declare. */
export function declareIn(folder: string, outdir: string): void {
  const here = process.cwd();
  try {
    process.chdir(folder);
    const app = new App({ outdir });
    declareStaff(new TerraformStack(app, "staff"));
    declareAudit(new TerraformStack(app, "audit"));
    app.synth();
  } finally {
    process.chdir(here);
  }
}

function declareStaff(stack: TerraformStack): void {
  new LocalBackend(stack, { path: "terraform.tfstate" });
  const provider = new GenAuthProvider(stack, "genauth", {
    requestsPerSecond: 20,
  });
  const contractors = new TerraformVariable(stack, "contractors", { type: "list(string)" });
  provider.protect(UserIdType.EMAIL, ["break-glass@example.com"]);
  provider.protect(UserIdType.EMAIL, contractors.listValue);

  const teams = TerraformIterator.fromMap({
    red: { users: Users.fromMap({ "ada@example.com": "${x} %{y}" }).toMap() },
    blue: { users: Users.fromIds(["bo@example.com"]).toMap() },
  });
  const team = new ManagedUserSet(stack, "team", {
    forEach: teams,
    users: Users.fromMap(teams.getStringMap("users")),
    userIdType: UserIdType.EMAIL,
  });
  const listed = new ManagedUserSet(stack, "listed", {
    users: Users.fromIds(contractors.listValue),
    userIdType: UserIdType.EMAIL,
    dependsOn: [team],
    allowUnknownUsers: true,
  });
  const staff = new ManagedUserSet(stack, "staff", {
    users: Users.fromFile("staff.csv", { id: "email", label: "name", delimiter: ";" }),
    userIdType: UserIdType.EMAIL,
    maxDeletions: 100,
    maxDeletionsPercent: 12.5,
    suspendDays: 14,
    retainedIds: ["moved@example.com"],
    allowMissingUsers: true,
    deleteBy: DeleteBy.USER_ID,
    lifecycle: { preventDestroy: true },
  });
  new TerraformOutput(stack, "missing", { value: team.missing });
  new TerraformOutput(stack, "removals", { value: staff.removals });
  new TerraformOutput(stack, "drift", { value: team.drift });
  new TerraformOutput(stack, "ids", { value: listed.ids });
}

function declareAudit(stack: TerraformStack): void {
  Aspects.of(stack).add(new DeletionLimits({ maxDeletions: 4, maxDeletionsPercent: 50 }));
  new LocalBackend(stack, { path: "terraform.tfstate" });
  new NullProvider(stack, "null");
  new NullResourceUserSet(stack, "audit", {
    userIdType: UserIdType.USER_ID,
    users: Users.fromMap({ "6319a1504f3ab6c0f214dd5b": "${Ada} <ada>", "6319a1504f3ab6c0f214dd5c": "" }),
    driftReport: true,
    maxDeletions: 5,
  });
}

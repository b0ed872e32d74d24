import { expect, test } from "@jest/globals";
import { TerraformOutput, TerraformStack, Testing } from "cdktf";
import { DataGenauthUsers, GenAuthProvider, UserIdType } from "../../../src";
import { scratchApps } from "../../support/constructs/scratch";

const newApp = scratchApps();

test("a stack reads users with the generated binding of genauth_users", () => {
  const stack = new TerraformStack(newApp(), "stack");
  new GenAuthProvider(stack, "genauth");
  const office = new DataGenauthUsers(stack, "office", {
    userIdType: UserIdType.EMAIL,
    withDetails: true,
  });
  new TerraformOutput(stack, "ids", { value: office.ids });
  new TerraformOutput(stack, "last", { value: office.details.get('"ada@example.com"').lastLogin });

  expect(JSON.parse(Testing.synth(stack))).toMatchObject({
    data: {
      genauth_users: { office: { user_id_type: "email", with_details: true } },
    },
    output: {
      ids: { value: "${data.genauth_users.office.ids}" },
      last: { value: '${data.genauth_users.office.details["ada@example.com"].last_login}' },
    },
  });
});

import { expect, jest, test } from "@jest/globals";
import { TerraformStack } from "cdktf";
import { GenAuthProvider, ManagedUserSet, NullResourceUserSet, UserIdType, Users } from "../../../src";
import { scratchApps } from "../../support/constructs/scratch";

jest.mock("@cdktf/provider-null/lib/resource", () => {
  throw new Error("Cannot find module");
});

const newApp = scratchApps();

test("without the null provider's package, the provider works, and the null resource names the package to install", () => {
  const stack = new TerraformStack(newApp(), "stack");
  new GenAuthProvider(stack, "genauth");
  new ManagedUserSet(stack, "staff", { userIdType: UserIdType.USER_ID, users: Users.fromIds(["a"]) });

  expect(
    () =>
      new NullResourceUserSet(stack, "null", {
        userIdType: UserIdType.USER_ID,
        users: Users.fromIds(["a"]),
      }),
  ).toThrow(/npm install @cdktf\/provider-null@11/);
});

import { expect, test } from "@jest/globals";
import * as cdktf from "cdktf";
import * as cdktn from "cdktn";
import { GenAuthProvider, ManagedUserSet, UserIdType, Users } from "../../src";

/** A stack of CDK Terrain, which the compiler takes for one of CDKTF. */
function stackOfCdktn(): cdktf.TerraformStack {
  class StaffStack extends cdktn.TerraformStack {}
  return new StaffStack(cdktn.Testing.app(), "staff") as unknown as cdktf.TerraformStack;
}

const SENTENCE =
  'this construct is for cdktf, and its stack is of cdktn. Import it from "cdktf-genauth/cdktn".';

test("a provider and a set for cdktf are refused in a stack of cdktn, with the import to use", () => {
  expect(() => new GenAuthProvider(stackOfCdktn(), "genauth")).toThrow(`staff/genauth: ${SENTENCE}`);
  const props = { users: Users.fromIds(["a"]), userIdType: UserIdType.USER_ID };
  expect(() => new ManagedUserSet(stackOfCdktn(), "set", props)).toThrow(`staff/set: ${SENTENCE}`);
});

test("a stack of cdktf is synthesised as often as asked", () => {
  const app = cdktf.Testing.app();
  const stack = new cdktf.TerraformStack(app, "staff");
  new GenAuthProvider(stack, "genauth");
  new GenAuthProvider(stack, "emea", { alias: "emea" });
  app.synth();
  expect(() => app.synth()).not.toThrow();
});

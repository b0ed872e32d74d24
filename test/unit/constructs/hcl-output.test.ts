import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { Fn, TerraformStack, Testing, Token } from "cdktf";
import { GenAuthProvider, ManagedUserSet, UserIdType, Users } from "../../../src";
import { scratchApps } from "../../support/constructs/scratch";

const newApp = scratchApps();

// `cdktf synth --hcl` sets this variable, and CDKTF reads it at synth.
beforeAll(() => {
  process.env.SYNTH_HCL_OUTPUT = "true";
});
afterAll(() => {
  delete process.env.SYNTH_HCL_OUTPUT;
});

function synthesise(users: Users, protect: (provider: GenAuthProvider) => void = () => undefined): string {
  const stack = new TerraformStack(newApp(), "stack");
  protect(new GenAuthProvider(stack, "genauth"));
  new ManagedUserSet(stack, "staff", { users, userIdType: UserIdType.EMAIL, retainedIds: ["r@x"] });
  return String(Testing.synthHcl(stack, true)).replace(/\s+/g, " ");
}

test("a stack with protected users is written as HCL", () => {
  const hcl = synthesise(Users.fromMap({ "a@x": "100 % ${x}" }), (provider) => {
    provider.protect(UserIdType.USER_ID, ["1"]);
    provider.protect(UserIdType.PHONE, Token.asList(Fn.split(",", "1,2")));
  });

  expect(hcl).toContain('users = { "a@x" = "100 % $${x}" }');
  expect(hcl).toContain(
    'protected_users = "${{ email = ["a@x", "r@x"], phone = distinct(concat([], split(",", "1,2"))), user_id = ["1"] }}"',
  );
});

test.each([
  ["an id", Users.fromIds(['a"@x'])],
  ["a label", Users.fromMap({ "a@x": '${x}" , "admin@x" = "' })],
  ["a backslash", Users.fromMap({ "a@x": "\\" })],
])("%s that would be code in HCL is refused", (_, users) => {
  expect(() => synthesise(users)).toThrow(
    /cannot be written as HCL, because its quotes or backslashes would be read as code/,
  );
});

test("a protected id that would be code in HCL is refused", () => {
  const protect = (provider: GenAuthProvider) => provider.protect(UserIdType.USERNAME, ['"']);
  expect(() => synthesise(Users.fromIds(["a@x"]), protect)).toThrow(/cannot be written as HCL/);
});

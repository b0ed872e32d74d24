import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { Fn, TerraformStack, Testing, Token } from "cdktf";
import { GenAuthProvider, type GenAuthProviderConfig, ManagedUserSet, UserIdType, Users } from "../../../src";
import { scratchApps } from "../../support/constructs/scratch";

const newApp = scratchApps();

// `cdktf synth --hcl` sets this variable, and CDKTF reads it at synth.
beforeAll(() => {
  process.env.SYNTH_HCL_OUTPUT = "true";
});
afterAll(() => {
  delete process.env.SYNTH_HCL_OUTPUT;
});

function synthesise(users: Users, provider: GenAuthProviderConfig = {}): string {
  const stack = new TerraformStack(newApp(), "stack");
  new GenAuthProvider(stack, "genauth", provider);
  new ManagedUserSet(stack, "staff", { users, userIdType: UserIdType.EMAIL, retainedUserIds: ["r@x"] });
  return String(Testing.synthHcl(stack, true)).replace(/\s+/g, " ");
}

test("a stack with protected users is written as HCL", () => {
  const hcl = synthesise(Users.labelled({ "a@x": "100 % ${x}" }), {
    protectedUsers: { user_id: ["1"], phone: Token.asList(Fn.split(",", "1,2")) },
  });

  expect(hcl).toContain('users = { "a@x" = "100 % $${x}" }');
  expect(hcl).toContain(
    'protected_users = "${{ email = ["a@x", "r@x"], phone = distinct(concat([], split(",", "1,2"))), user_id = ["1"] }}"',
  );
});

test.each([
  ["an id", Users.of(['a"@x'])],
  ["a label", Users.labelled({ "a@x": '${x}" , "admin@x" = "' })],
  ["a backslash", Users.labelled({ "a@x": "\\" })],
])("%s that would be code in HCL is refused", (_, users) => {
  expect(() => synthesise(users)).toThrow(
    /cannot be written as HCL, because its quotes or backslashes would be read as code/,
  );
});

test("a protected id that would be code in HCL is refused", () => {
  expect(() => synthesise(Users.of(["a@x"]), { protectedUsers: { username: ['"'] } })).toThrow(
    /cannot be written as HCL/,
  );
});

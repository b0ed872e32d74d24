import { beforeAll, expect, test } from "@jest/globals";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { newFolder } from "../../support/at-end";
import { engines } from "../../support/engine/engines";

let root: string;

beforeAll(() => {
  root = newFolder();
  const cliConfigFile = join(root, "empty.tfrc");
  writeFileSync(cliConfigFile, "");
  process.env.TF_CLI_CONFIG_FILE = cliConfigFile;
  // CDKTF reads the variable when it is loaded, so the test loads it afterwards.
  process.env.TERRAFORM_BINARY_NAME = engines()[0].path;
});

test("terraform validate accepts ids that look like expressions, and refuses an empty id", async () => {
  const { Fn, TerraformStack, TerraformVariable, Testing, Token } = await import("cdktf");
  const { GenAuthProvider, ManagedUserSet, UserIdType, Users, UserSet } = await import("../../../src");
  const stack = new TerraformStack(Testing.app({ outdir: root }), "stack");
  new GenAuthProvider(stack, "genauth");
  const userIdType = UserIdType.USERNAME;
  const names = Users.fromIds(["${nonsense(}", "%{ if }", "陈伟", 'a"b\\c/d']);
  new ManagedUserSet(stack, "staff", { users: names, userIdType });
  // With a list that only Terraform knows, ids become part of an expression, and their own expressions are quoted in it.
  const list = new TerraformVariable(stack, "list", { type: "list(string)", default: ["a"] });
  const lookup = Token.asString(Fn.lookup({ a: "b}", d: "${e}" }, "a", "{"));
  new ManagedUserSet(stack, "listed", {
    userIdType: UserIdType.USER_ID,
    users: Users.fromIds(list.listValue),
  });
  const nested = Users.fromIds([`"x" ${lookup}-${lookup}}`, '"${y}"']);
  new ManagedUserSet(stack, "nested", { users: nested, userIdType });
  const good = Testing.fullSynth(stack);
  new UserSet(stack, "unchecked", { users: { "": "the provider refuses an empty id" } });
  const bad = Testing.fullSynth(stack);

  expect(Testing.toBeValidTerraform(good)).toBe(true);
  expect(Testing.toBeValidTerraform(bad)).toBe(false);
  expect(existsSync(join(bad, "stacks/stack/.terraform/providers/terraform.local"))).toBe(true);
});

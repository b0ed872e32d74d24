import { expect, test } from "@jest/globals";
import { readEngineTask } from "../../../src/null-resource/engine-task";

test.each<[boolean, string[], Record<string, string>]>([
  [true, ["terraform", "destroy"], {}],
  [true, ["/usr/bin/tofu", "-chdir=stack", "destroy", "-auto-approve"], {}],
  [true, ["terraform", "apply", "-destroy"], {}],
  [true, ["terraform", "apply", "--destroy=true"], {}],
  [true, ["terraform", "apply", "-destroy=1"], {}],
  [true, ["terraform", "apply", "-var", "x=1", "-destroy=T"], {}],
  [true, ["terraform", "apply", "-destroy=false", "-destroy"], {}],
  [true, ["terraform", "apply"], { TF_CLI_ARGS: "-no-color -destroy" }],
  [true, ["terraform", "apply"], { TF_CLI_ARGS_apply: "'-destroy'" }],
  [true, ["terraform", "destroy", "apply"], {}],
  [false, ["terraform", "apply"], { TF_CLI_ARGS_plan: "-destroy", TF_CLI_ARGS_destroy: "-destroy" }],
  [false, ["terraform", "apply", "-destroy=false"], {}],
  [false, ["terraform", "apply", "-destroy=F"], {}],
  [false, ["terraform", "apply", "-destroy", "-destroy=0"], {}],
  [false, ["terraform", "apply", "-var", "-destroy"], {}],
  [false, ["terraform", "apply", "-auto-approve", "destroy"], {}],
  [false, ["destroy", "apply"], {}],
])("whether Terraform destroys is %s for %j with %j", (expected, args, environment) => {
  expect(readEngineTask(args, environment).destroying).toBe(expected);
});

test.each<[string | undefined, string[], Record<string, string>]>([
  ["plan", ["terraform", "apply", "plan"], {}],
  ["plan", ["tofu", "-chdir=stack", "apply", "-input=false", "-auto-approve", "plan"], {}],
  ["plan", ["tofu", "apply", "plan", "-no-color"], {}],
  ["../of today/plan", ["terraform", "apply", "-parallelism", "3", "../of today/plan"], {}],
  ["plan", ["terraform", "apply", "--lock-timeout", "5s", "-compact-warnings", "plan"], {}],
  ["plan", ["terraform", "apply", "-var", "x=1", "-var-file", "x.tfvars", "-target=a.b", "--", "plan"], {}],
  ["-plan", ["terraform", "apply", "--", "-plan"], {}],
  ["-", ["terraform", "apply", "-"], {}],
  ["plan", ["terraform", "apply"], { TF_CLI_ARGS: "-no-color plan" }],
  ["of today", ["terraform", "apply"], { TF_CLI_ARGS_apply: "-state s 'of today'" }],
  // An unknown option, so the next argument may be a plan, and is treated as one.
  ["thing", ["terraform", "apply", "-of-tomorrow", "thing"], {}],
  // As `ps` prints it, which splits arguments that contain spaces.
  ["of today", ["terraform", "-chdir=my", "stack", "apply", "-no-color", "of", "today"], {}],
  ["y", ["terraform", "apply", "-var", "name=x", "y"], {}],
  [undefined, ["terraform", "apply"], { TF_CLI_ARGS_plan: "plan" }],
  [undefined, ["terraform", "apply", ""], {}],
  [undefined, ["terraform", "apply", "-auto-approve", "-var", "plan", "-replace", "a.b"], {}],
])("the saved plan is %j for %j with %j", (expected, args, environment) => {
  expect(readEngineTask(args, environment).planFile).toBe(expected);
});

test("the options with variables are kept in their order", () => {
  const args = ["tofu", "apply", "-var", "a=b c=d", "-var-file", "x", "-no-color", "--var=e=", "plan"];
  expect(readEngineTask(args, { TF_CLI_ARGS_apply: '-var "a=\\"quoted\\" x"' }).variables).toEqual([
    '-var=a="quoted" x',
    "-var=a=b c=d",
    "-var-file=x",
    "-var=e=",
  ]);
});

test("a command other than apply or destroy is refused", () => {
  expect(() => readEngineTask(["terraform", "console"], {})).toThrow(/Nobody was deleted.*Run apply/s);
});

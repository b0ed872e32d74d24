import { expect, test } from "@jest/globals";
import { readEngineTask } from "../../../src/null-resource/engine-task";

/** How the engine was started: its command line, and the variables that add arguments to it. */
interface Start {
  readonly args: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

test.each<Start>([
  { args: ["terraform", "destroy"] },
  { args: ["/usr/bin/tofu", "-chdir=stack", "destroy", "-auto-approve"] },
  { args: ["terraform", "apply", "-destroy"] },
  { args: ["terraform", "apply", "--destroy=true"] },
  { args: ["terraform", "apply", "-destroy=1"] },
  { args: ["terraform", "apply", "-var", "x=1", "-destroy=T"] },
  { args: ["terraform", "apply", "-destroy=false", "-destroy"] },
  { args: ["terraform", "apply"], environment: { TF_CLI_ARGS: "-no-color -destroy" } },
  { args: ["terraform", "apply"], environment: { TF_CLI_ARGS_apply: "'-destroy'" } },
  { args: ["terraform", "destroy", "apply"] },
])("Terraform destroys everything if it is started so: %j", ({ args, environment = {} }) => {
  expect(readEngineTask(args, environment).destroying).toBe(true);
});

test.each<Start>([
  {
    args: ["terraform", "apply"],
    environment: { TF_CLI_ARGS_plan: "-destroy", TF_CLI_ARGS_destroy: "-destroy" },
  },
  { args: ["terraform", "apply", "-destroy=false"] },
  { args: ["terraform", "apply", "-destroy=F"] },
  { args: ["terraform", "apply", "-destroy", "-destroy=0"] },
  { args: ["terraform", "apply", "-var", "-destroy"] },
  { args: ["terraform", "apply", "-auto-approve", "destroy"] },
  { args: ["destroy", "apply"] },
])("Terraform does not destroy everything if it is started so: %j", ({ args, environment = {} }) => {
  expect(readEngineTask(args, environment).destroying).toBe(false);
});

test.each<Start & { readonly planFile: string }>([
  { args: ["terraform", "apply", "plan"], planFile: "plan" },
  { args: ["tofu", "-chdir=stack", "apply", "-input=false", "-auto-approve", "plan"], planFile: "plan" },
  { args: ["tofu", "apply", "plan", "-no-color"], planFile: "plan" },
  { args: ["terraform", "apply", "-parallelism", "3", "../of today/plan"], planFile: "../of today/plan" },
  {
    args: ["terraform", "apply", "--lock-timeout", "5s", "-compact-warnings", "plan"],
    planFile: "plan",
  },
  {
    args: ["terraform", "apply", "-var", "x=1", "-var-file", "x.tfvars", "-target=a.b", "--", "plan"],
    planFile: "plan",
  },
  { args: ["terraform", "apply", "--", "-plan"], planFile: "-plan" },
  { args: ["terraform", "apply", "-"], planFile: "-" },
  { args: ["terraform", "apply"], environment: { TF_CLI_ARGS: "-no-color plan" }, planFile: "plan" },
  {
    args: ["terraform", "apply"],
    environment: { TF_CLI_ARGS_apply: "-state s 'of today'" },
    planFile: "of today",
  },
  // An unknown option, so the next argument may be a plan, and is treated as one.
  { args: ["terraform", "apply", "-of-tomorrow", "thing"], planFile: "thing" },
  // As `ps` prints it, which splits arguments that contain spaces.
  {
    args: ["terraform", "-chdir=my", "stack", "apply", "-no-color", "of", "today"],
    planFile: "of today",
  },
  { args: ["terraform", "apply", "-var", "name=x", "y"], planFile: "y" },
])("the saved plan is read from the command line: %j", ({ args, environment = {}, planFile }) => {
  expect(readEngineTask(args, environment).planFile).toBe(planFile);
});

test.each<Start>([
  { args: ["terraform", "apply"], environment: { TF_CLI_ARGS_plan: "plan" } },
  { args: ["terraform", "apply", ""] },
  { args: ["terraform", "apply", "-auto-approve", "-var", "plan", "-replace", "a.b"] },
])("there is no saved plan if Terraform is started so: %j", ({ args, environment = {} }) => {
  expect(readEngineTask(args, environment).planFile).toBeUndefined();
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

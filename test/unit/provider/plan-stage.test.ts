import { expect, test } from "@jest/globals";
import { stageWithoutRefresh } from "../../../src/provider/plan-stage";

const stageOf = (args: readonly string[], environment: NodeJS.ProcessEnv = {}) =>
  stageWithoutRefresh(() => ({ args }), environment);

test.each<[stage: string, ...args: string[]]>([
  ["review", "terraform", "plan", "-refresh=false"],
  ["review", "/opt/terraform_1.11.4", "-chdir=infra", "plan", "-out", "apply"],
  ["apply", "terraform", "apply", "-auto-approve"],
  ["apply", "/usr/bin/tofu", "-chdir=infra", "apply", "tfplan"],
  ["either", "terraform", "apply", "-refresh=false"],
  ["either", "terraform", "apply", "--refresh=false"],
  ["either", "terraform", "test"],
  ["either", "terraform", "destroy"],
  ["either", "bash", "apply"],
  ["either", "terraform"],
])("%s: %s %s %s %s", (stage, ...args) => {
  expect(stageOf(args.filter((each) => typeof each === "string"))).toBe(stage);
});

test.each(["TF_CLI_ARGS", "TF_CLI_ARGS_apply"])("%s may hold the option", (name) => {
  expect(stageOf(["terraform", "apply"], { [name]: "-lock=false -refresh=false" })).toBe("either");
  expect(stageOf(["terraform", "apply"], { [name]: "-lock=false" })).toBe("apply");
});

test("nothing is known of an engine that the operating system does not show", () => {
  const hidden = () => {
    throw new Error("hidden");
  };
  expect(stageWithoutRefresh(hidden, {})).toBe("either");
});

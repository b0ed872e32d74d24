import { basename } from "node:path";
import type { ProcessEntry } from "../operator";
import type { PlanStage } from "../users";

/**
 * Tells which plan this process makes of a set that it has not refreshed, by the command line of the engine. An apply plans again and refreshes
 * nothing, and so does a plan with `-refresh=false`. The protocol does not tell them apart (seen on Terraform 1.11.4 and OpenTofu 1.12.6).
 *
 * @param readEngine reads the engine's process
 * @param environment may hold further arguments of the engine
 */
export function stageWithoutRefresh(
  readEngine: () => Pick<ProcessEntry, "args">,
  environment: NodeJS.ProcessEnv,
): PlanStage {
  const [program = "", ...args] = argumentsOf(readEngine);
  const command = args.find((argument) => !argument.startsWith("-"));
  if (!/^(terraform|tofu|opentofu)/i.test(basename(program))) return "either";
  if (command === "plan") return "review";
  const further = [environment.TF_CLI_ARGS, environment.TF_CLI_ARGS_apply].join(" ");
  // With -refresh=false, an apply that makes its own plan makes two, and refreshes for neither.
  const mayNotRefresh = [...args, further].some((argument) => argument.includes("-refresh"));
  return command === "apply" && !mayNotRefresh ? "apply" : "either";
}

/** Empty if the operating system does not show the process: then nothing is known of it. */
function argumentsOf(readEngine: () => Pick<ProcessEntry, "args">): readonly string[] {
  try {
    return readEngine().args;
  } catch {
    return [];
  }
}

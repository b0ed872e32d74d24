import { Command } from "commander";
import { EXIT_CODES_HELP } from "../exit-codes";
import { applyRemoval } from "./apply-removal";
import { readEngineProcess } from "./engine-process";
import { lifetime } from "./lifetime";
import { readHandover } from "./read-handover";

/**
 * `genauth-users apply-null-resource`: what a stack with `Engine.NULL_RESOURCE` runs at apply.
 *
 * @param environment where the sets, the credentials and the settings are taken from
 */
export function applyNullResourceCommand(environment: NodeJS.ProcessEnv): Command {
  return new Command("apply-null-resource")
    .description("Delete who left a set of Engine.NULL_RESOURCE. Terraform runs it at apply; people do not.")
    .argument("[engine]", "the process id of the Terraform that applies", "")
    .addHelpText(
      "after",
      `
It takes the set from GENAUTH_SET_… variables, which the stack's provisioner sets, and the credentials from GENAUTH_HOST,
GENAUTH_ACCESS_KEY_ID and GENAUTH_ACCESS_KEY_SECRET. Where somebody is not confirmed gone, or a guard refuses, the exit code
is 1, and Terraform keeps the set as it was.
${EXIT_CODES_HELP}`,
    )
    .action(async (engine: string) => {
      const life = lifetime();
      try {
        await applyRemoval(readHandover(environment), {
          environment,
          readEngine: () => readEngineProcess(engine),
          stop: life.stop,
          say: (text) => void process.stdout.write(`${text}\n`),
        });
      } finally {
        life.end();
      }
    });
}

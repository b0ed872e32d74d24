import { Command } from "commander";
import { setMaxListeners } from "node:events";
import { applyRemoval } from "../null-resource/apply-removal";
import { readEngineProcess } from "../null-resource/engine-task";
import { readPayload } from "../null-resource/read-payload";
import { watchParent } from "../parent-watch";
import { EXIT_CODES_HELP } from "./command-line";

/**
 * `genauth-users apply-null-resource`: what a set with `UserSetResourceType.NULL_RESOURCE` runs at apply.
 *
 * @param environment where the set, the credentials and the settings are taken from
 */
export function applyNullResourceCommand(environment: NodeJS.ProcessEnv): Command {
  return new Command("apply-null-resource")
    .description(
      "Delete users removed from a set that is a null_resource. Terraform runs it at apply; people do not.",
    )
    .argument("[engine]", "the process id of the Terraform that applies", "")
    .addHelpText(
      "after",
      `
It takes the set from GENAUTH_SET_… variables, which the stack's provisioner sets, and the credentials from GENAUTH_HOST,
GENAUTH_ACCESS_KEY_ID and GENAUTH_ACCESS_KEY_SECRET. If somebody is not confirmed gone, or a guard refuses, the exit code
is 1, and Terraform keeps the set as it was.
${EXIT_CODES_HELP}`,
    )
    .action(async (engine: string) => {
      const { stop, endWatch } = stopWithEngine();
      try {
        await applyRemoval(readPayload(environment), {
          environment,
          readEngine: () => readEngineProcess(engine),
          stop,
          say: (text) => void process.stdout.write(`${text}\n`),
        });
      } finally {
        endWatch();
      }
    });
}

/**
 * Ties a run to the Terraform that started it: with nobody there to keep the state, nothing new is begun.
 *
 * @returns fires on Ctrl-C, when something else asks the process to end, and when Terraform is gone
 */
function stopWithEngine(): { readonly stop: AbortSignal; readonly endWatch: () => void } {
  const stopping = new AbortController();
  // Each call that waits listens to it: Node.js would warn of a leak from the eleventh on.
  setMaxListeners(0, stopping.signal);
  const stop = (): void => stopping.abort();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, stop);
  // Nobody reads the log any more.
  process.stdout.on("error", stop);
  return { stop: stopping.signal, endWatch: watchParent(stop) };
}

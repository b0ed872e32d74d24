import { Command } from "commander";
import { setMaxListeners } from "node:events";
import { applyRemoval, readEngineProcess, readPayload } from "../null-resource";
import { watchParent } from "../parent-watch";
import { EXIT_CODES_HELP } from "./command-line";

/**
 * `cdktf-genauth apply-null-resource`: what a `NullResourceUserSet` runs at apply.
 *
 * @param environment contains the set, the credentials and the settings
 */
export function applyNullResourceCommand(environment: NodeJS.ProcessEnv): Command {
  return new Command("apply-null-resource")
    .description("Delete users removed from a set that is a null_resource. Only Terraform runs this.")
    .argument("[engine]", "the process id of the Terraform or OpenTofu that applies", "")
    .addHelpText(
      "after",
      `
The stack's provisioner sets the GENAUTH_SET_… variables, which name the set. If
a user is not confirmed as deleted, Terraform keeps the set unchanged.
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
 * Ties a run to the engine that started it: when nothing can save the state, the run must start nothing new.
 *
 * @returns a signal that fires on Ctrl-C, on another request to end the process, and when the engine is gone
 */
function stopWithEngine(): { readonly stop: AbortSignal; readonly endWatch: () => void } {
  const stopping = new AbortController();
  // Every waiting call adds a listener. Node.js would report a leak from the eleventh on.
  setMaxListeners(0, stopping.signal);
  const stop = (): void => stopping.abort();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, stop);
  // An error means that the reader of the log is gone.
  process.stdout.on("error", stop);
  return { stop: stopping.signal, endWatch: watchParent(stop) };
}

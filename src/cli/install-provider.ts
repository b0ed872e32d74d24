import { resolve } from "node:path";
import { Command } from "commander";
import { installProvider } from "../install";
import { EXIT_CODES_HELP } from "./exit-codes";

interface Options {
  readonly dir: string;
}

/** `genauth-users install-provider`: lays the provider for plain HCL. */
export function installProviderCommand(): Command {
  return new Command("install-provider")
    .description(
      "Lay the genauth provider beside plain HCL, so that `terraform init` or `tofu init` finds it without a registry.",
    )
    .requiredOption("--dir <dir>", "the folder that holds your .tf files")
    .addHelpText(
      "after",
      `
Writes terraform.d/plugins/ and an entry in .terraform.lock.hcl; other entries stay as they are.

Example:
  $ genauth-users install-provider --dir infra
  $ cd infra && terraform init
${EXIT_CODES_HELP}`,
    )
    .action(({ dir }: Options) => {
      installProvider({ dir });
      process.stdout.write(`The genauth provider lies in ${resolve(dir)}. Next: run init there.\n`);
    });
}

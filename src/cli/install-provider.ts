import { resolve } from "node:path";
import { Command } from "commander";
import { installProvider } from "../install";
import { EXIT_CODES_HELP } from "./exit-codes";

interface Options {
  readonly dir: string;
  readonly locked?: true;
}

/** `genauth-users install-provider`: lays the provider for plain HCL. */
export function installProviderCommand(): Command {
  return new Command("install-provider")
    .description(
      "Lay the genauth provider beside plain HCL, so that `terraform init` or `tofu init` finds it without a registry.",
    )
    .requiredOption("--dir <dir>", "the folder that holds your .tf files")
    .option(
      "--locked",
      "fail where .terraform.lock.hcl there does not name this very provider; for pipelines",
    )
    .addHelpText(
      "after",
      `
Writes terraform.d/plugins/ and an entry in .terraform.lock.hcl; other entries stay as they are. With --locked that
file stays as it is.

Example:
  $ genauth-users install-provider --dir infra            # at the start, and after an upgrade of this package
  $ terraform -chdir=infra init                           # then commit infra/.terraform.lock.hcl
  $ genauth-users install-provider --dir infra --locked   # in a pipeline
  $ terraform -chdir=infra init -lockfile=readonly
${EXIT_CODES_HELP}`,
    )
    .action(({ dir, locked }: Options) => {
      installProvider({ dir, locked });
      const next = locked
        ? "init -lockfile=readonly there"
        : "init there, and commit its .terraform.lock.hcl";
      process.stdout.write(`The genauth provider lies in ${resolve(dir)}. Next: run ${next}.\n`);
    });
}

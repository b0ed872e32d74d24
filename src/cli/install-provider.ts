import { existsSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { Command } from "commander";
import { installProvider } from "../install";
import { EXIT_CODES_HELP } from "./command-line";
import { noticeSignals } from "./process";

interface Options {
  readonly dir: string;
  readonly locked?: true;
}

/** `genauth-users install-provider`: installs the provider beside plain HCL. */
export function installProviderCommand(): Command {
  return new Command("install-provider")
    .description(
      "Install the genauth provider beside plain HCL, so that `terraform init` or `tofu init` finds it without a registry.",
    )
    .requiredOption("--dir <dir>", "the folder that holds your .tf files")
    .option("--locked", "fail unless .terraform.lock.hcl there locks exactly this provider; for pipelines")
    .addHelpText(
      "after",
      `
Writes terraform.d/plugins/ and an entry in .terraform.lock.hcl; other entries stay unchanged. --locked does not change
that file. Run init in the folder itself: with -chdir, Terraform does not find the provider.

Example:
  $ genauth-users install-provider --dir .            # the first time, and after an upgrade of this package
  $ terraform init                                    # then commit .terraform.lock.hcl
  $ genauth-users install-provider --dir . --locked   # in a pipeline
  $ terraform init -lockfile=readonly
${EXIT_CODES_HELP}`,
    )
    .action(async ({ dir, locked }: Options) => {
      requireFolder(dir);
      installProvider({ dir, locked });
      await noticeSignals();
      const next = locked
        ? "init -lockfile=readonly there"
        : "init there, and commit its .terraform.lock.hcl";
      process.stdout.write(`The genauth provider is installed in ${resolve(dir)}. Next: run ${next}.\n`);
    });
}

/** Refuses a misspelt folder instead of creating it: `init` would run in another one and not find the provider. */
function requireFolder(dir: string): void {
  const exists = existsSync(dir);
  if (exists && statSync(dir).isDirectory()) return;
  const problem = exists ? "is a file" : "does not exist";
  throw new Error(
    `--dir: the folder ${resolve(dir)} ${problem}. Name the folder that holds your .tf files. Nothing was written.`,
  );
}

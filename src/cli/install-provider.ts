import { existsSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { Command, Option } from "commander";
import { version } from "../../package.json";
import {
  installProvider,
  installRelease,
  isAddress,
  type Platform,
  PLATFORMS,
  runnablePlatform,
} from "../install";
import { EXIT_CODES_HELP } from "./command-line";
import { fetchRelease } from "./fetch-release";
import { noticeSignals } from "./process";

interface Options {
  readonly dir: string;
  readonly locked?: true;
  readonly executable?: string;
  readonly platform?: readonly Platform[];
}

/** `genauth-users install-provider`: installs the provider beside plain HCL. */
export function installProviderCommand(environment: NodeJS.ProcessEnv): Command {
  return new Command("install-provider")
    .description(
      "Install the genauth provider beside plain HCL, so that `terraform init` or `tofu init` finds it without a registry.",
    )
    .requiredOption("--dir <dir>", "the folder that holds your .tf files")
    .option("--locked", "fail unless .terraform.lock.hcl there locks exactly this provider; for pipelines")
    .option(
      "--executable <release>",
      "install an executable, which needs no Node.js, from this folder or https address of a release",
    )
    .addOption(
      new Option(
        "--platform <platforms...>",
        "with --executable: where Terraform runs; without it, on this machine",
      ).choices(PLATFORMS),
    )
    .addHelpText(
      "after",
      `
Writes terraform.d/plugins/ and an entry in .terraform.lock.hcl; other entries
stay unchanged. --locked does not change that file. Run init in the folder
itself: with -chdir, Terraform does not find the provider.

Example:
  $ genauth-users install-provider --dir .             # and after an upgrade
  $ terraform init                                     # commit its lock file
  $ genauth-users install-provider --dir . --locked    # in a pipeline
  $ terraform init -lockfile=readonly
  $ genauth-users install-provider --dir . --executable ./genauth-${version} \\
      --platform linux_amd64 darwin_arm64
${EXIT_CODES_HELP}`,
    )
    .action(async ({ dir, locked, executable, platform }: Options, command: Command) => {
      if (platform && executable === undefined) command.error("error: --platform needs --executable");
      requireFolder(dir);
      if (executable === undefined) {
        installProvider({ dir, locked });
      } else {
        const platforms = platform ?? [runnablePlatform()];
        const release = isAddress(executable)
          ? await fetchRelease(executable, version, platforms, environment)
          : executable;
        installRelease({ dir, locked, release, version, platforms });
      }
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

import { existsSync, readdirSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { Command, Option } from "commander";
import { version } from "../../package.json";
import {
  ignoreBesideHcl,
  installProvider,
  installRelease,
  type ProviderPlatform,
  PLATFORMS,
} from "../install";
import { EXIT_CODES_HELP } from "./command-line";
import { noticeSignals } from "./process";

interface Options {
  readonly dir?: string;
  readonly home?: true;
  readonly locked?: true;
  readonly executable?: string;
  readonly platform?: readonly ProviderPlatform[];
}

/** `cdktf-genauth install-provider`: installs the provider beside plain HCL. */
export function installProviderCommand(): Command {
  return new Command("install-provider")
    .description("Install the genauth provider beside plain HCL, where terraform init and tofu init find it.")
    .option("--dir <dir>", "the folder that holds your .tf files (default: this one)")
    .addOption(
      new Option("--home", "install for all configurations, in ~/.terraform.d").conflicts(["dir", "locked"]),
    )
    .option("--locked", "fail unless .terraform.lock.hcl there locks exactly this provider; for pipelines")
    .option("--executable <release>", "install the executable of this release folder, which needs no Node.js")
    .addOption(
      new Option("--platform <platforms...>", "where an executable runs (default: here)").choices(PLATFORMS),
    )
    .addHelpText(
      "after",
      `
Writes terraform.d/plugins/ and, without --locked, the provider's own entry in
.terraform.lock.hcl, and a .gitignore if there is none. Terraform looks for
terraform.d where it is started. Where that is not the folder of the .tf files,
as with -chdir, install with --home; init then writes the entry.

Example:
  $ cdktf-genauth install-provider             # and after an upgrade
  $ terraform init                             # commit its lock file
  $ cdktf-genauth install-provider --locked    # in a pipeline
  $ terraform init -lockfile=readonly
  $ cdktf-genauth install-provider --home   # then terraform -chdir=infra init
  $ cdktf-genauth install-provider --dir infra --executable ./genauth-${version} \\
      --platform linux_amd64 darwin_arm64
${EXIT_CODES_HELP}`,
    )
    .action(async ({ dir: given, home, locked, executable, platform }: Options, command: Command) => {
      if (platform && executable === undefined) command.error("error: --platform needs --executable");
      const dir = home ? homedir() : (given ?? ".");
      requireFolder(dir);
      const where = { dir, locked, forUser: home };
      if (executable === undefined) installProvider(where);
      else installRelease({ ...where, release: executable, version, platforms: platform });
      if (!home && !locked) ignoreBesideHcl(dir);
      await noticeSignals();
      if (!home && !readdirSync(dir).some((name) => /\.(tf|tofu)(\.json)?$/.test(name)))
        process.stderr.write(
          `${resolve(dir)} holds no .tf file. Terraform finds the provider only where it is started: if your files are elsewhere, name their folder with --dir.\n`,
        );
      process.stdout.write(
        home
          ? `The genauth provider is installed for all your configurations, in ${join(dir, ".terraform.d")}. Next: run terraform init, or tofu init, in each, and commit its .terraform.lock.hcl.\n`
          : `The genauth provider is installed in ${resolve(dir)}. Next: run terraform init${locked ? " -lockfile=readonly there" : " there, or tofu init, and commit its .terraform.lock.hcl"}.\n`,
      );
    });
}

/**
 * Refuses a misspelt folder instead of creating it: `init` would run in another, and not find the provider.
 */
function requireFolder(dir: string): void {
  const exists = existsSync(dir);
  if (exists && statSync(dir).isDirectory()) return;
  const problem = exists ? "is a file" : "does not exist";
  throw new Error(
    `--dir: the folder ${resolve(dir)} ${problem}. Name the folder that holds your .tf files. Nothing was written.`,
  );
}

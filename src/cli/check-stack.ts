import { readFileSync, statSync } from "node:fs";
import { Command } from "commander";
import { checkStack, type StackFinding } from "../stack-check";
import { count } from "../users";
import { EXIT_CODES_HELP } from "./command-line";

interface Options {
  readonly allowProvider: readonly string[];
  readonly root?: string;
  readonly lock?: string;
}

/** `genauth-users check-stack`: finds what an engine would run from a folder or read outside it. */
export function checkStackCommand(): Command {
  return new Command("check-stack")
    .description(
      "Check a folder with a configuration before `terraform init` or `tofu init`: refuse everything in it that would run a program, except this package and the null provider, or read a file outside the folder.",
    )
    .argument("<dir>", "the folder where init will be run")
    .option(
      "--allow-provider <source>",
      "allow a further provider, such as hashicorp/aws; repeatable",
      (source: string, others: readonly string[]) => [...others, source],
      [],
    )
    .option(
      "--root <folder>",
      "the folder whose files expressions may read, with `file` and similar functions; it contains <dir> (default: <dir>)",
    )
    .option(
      "--lock <file>",
      "the committed lock file, to which init will be held: allow the executables of the provider that it names",
    )
    .addHelpText(
      "after",
      `
Starts no program, connects to nothing and needs no credentials. It reads .tf, .tf.json, .tofu and .tofu.json files, tests,
and the local modules that they call. It refuses:
  - providers other than genauth and hashicorp/null, also those of data sources such as external and http
  - provisioners other than the one that a ManagedUserSet writes for a null_resource, and connection blocks
  - modules outside the folder, and data sources that read another state
  - functions such as file, fileset and templatefile with a path that is no literal or leaves the folder, and templatestring
  - backends and encryption with arguments that can run a command, or name a file that they may send elsewhere
  - .terraform, configuration files of the engine, and other files than the provider's in terraform.d; an executable of the
    provider must have a SHA-256 that --lock names
  - files that it cannot read with certainty

Example:
  $ genauth-users check-stack cdktf.out/stacks/staff && cd cdktf.out/stacks/staff && terraform init -lockfile=readonly
${EXIT_CODES_HELP}`,
    )
    .action((dir: string, { allowProvider, root = dir, lock }: Options) => {
      if (statSync(dir, { throwIfNoEntry: false })?.isDirectory() !== true)
        throw new Error(`${dir} is not a folder. Name the folder where init will be run.`);
      if (statSync(root, { throwIfNoEntry: false })?.isDirectory() !== true)
        throw new Error(`${root} is not a folder. Name as --root a folder that contains ${dir}.`);
      const { findings, files } = checkStack(dir, allowProvider, root, lock && readFileSync(lock, "utf8"));
      if (findings.length > 0) throw new Error(explain(dir, findings));
      process.stdout.write(
        `${dir}: checked ${count(files.length, "file")}. Nothing there runs a program that is not allowed.\n`,
      );
    });
}

function explain(dir: string, findings: readonly StackFinding[]): string {
  const lines = findings.map(({ file, line, problem }) =>
    [file, ...(line === undefined ? [] : [line]), ` ${problem}`].join(":"),
  );
  return [`${dir} must not be initialized:`, ...lines].join("\n");
}

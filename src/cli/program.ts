import { Command, CommanderError } from "commander";
import { version } from "../../package.json";
import { emulatorCommand } from "./emulator";
import { EXIT_CODES_HELP, ExitCode } from "./exit-codes";
import { installProviderCommand } from "./install-provider";

/**
 * Runs `genauth-users`.
 *
 * @param args the arguments after the program's name
 * @returns the exit code; whatever went wrong has been said on stderr, in words
 */
export async function runProgram(args: readonly string[]): Promise<number> {
  try {
    await program().parseAsync(args, { from: "user" });
    return ExitCode.OK;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.OK : ExitCode.USAGE;
    process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n`);
    return ExitCode.FAILED;
  }
}

function program(): Command {
  const command = new Command("genauth-users")
    .description("Remove GenAuth users as code: the tools beside the CDKTF construct and the provider.")
    .version(version)
    .addHelpText(
      "after",
      `
Example:
  $ genauth-users install-provider --dir infra
${EXIT_CODES_HELP}`,
    );
  for (const subcommand of [installProviderCommand(), emulatorCommand()]) command.addCommand(subcommand);
  for (const each of [command, ...command.commands])
    each.exitOverride().showHelpAfterError("(--help shows how it is used)");
  return command;
}

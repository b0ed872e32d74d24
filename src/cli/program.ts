import { Command, CommanderError } from "commander";
import { version } from "../../package.json";
import { printableLines } from "../text";
import { applyNullResourceCommand } from "./apply-null-resource";
import { completionCommand } from "./completion";
import { driftCommand } from "./drift";
import { emulatorCommand } from "./emulator";
import { exportCommand } from "./export";
import { ALL_EXIT_CODES_HELP, ExitCode } from "./command-line";
import { installProviderCommand } from "./install-provider";
import { planReportCommand } from "./plan-report";
import { explainInterruption } from "./process";

/**
 * Runs `genauth-users`.
 *
 * @param args the arguments after the program's name
 * @param environment where credentials and settings are taken from
 * @returns the exit code; whatever went wrong has been said on stderr, in words
 */
export async function runProgram(args: readonly string[], environment: NodeJS.ProcessEnv): Promise<number> {
  let code: number = ExitCode.OK;
  try {
    await program(environment, (result) => (code = result)).parseAsync(args, { from: "user" });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode;
    const message = error instanceof Error ? error.message : String(error);
    // It may quote a file, a state or the server.
    process.stderr.write(`error: ${printableLines(message)}\n`);
    return ExitCode.FAILED;
  }
}

/** @param end takes the exit code of a command that has more than one for success */
function program(environment: NodeJS.ProcessEnv, end: (code: number) => void): Command {
  const command = new Command("genauth-users")
    .description("Remove GenAuth users as code: the tools beside the CDKTF construct and the provider.")
    .version(version)
    .addHelpText(
      "after",
      `
Example:
  $ genauth-users install-provider --dir .
${ALL_EXIT_CODES_HELP}`,
    );
  const tools = [exportCommand(environment), completionCommand(), installProviderCommand()];
  const reports = [planReportCommand(environment, end), driftCommand(environment, end)];
  for (const each of [...reports, ...tools]) each.hook("preAction", () => explainInterruption());
  // These end in an orderly way of their own.
  tools.push(emulatorCommand(), applyNullResourceCommand(environment));
  for (const subcommand of [...reports, ...tools]) command.addCommand(subcommand);
  for (const each of [command, ...tools]) endWith(each, ExitCode.USAGE);
  // Theirs is 2 for what they found; wrong usage must not look like that.
  for (const each of reports) endWith(each, ExitCode.FAILED);
  return command;
}

/** Makes wrong usage of a command end with this code, after a sentence that says what is wrong. */
function endWith(command: Command, wrongUsage: number): void {
  command.showHelpAfterError("(--help shows how it is used)").exitOverride(({ exitCode, code, message }) => {
    throw new CommanderError(exitCode === 0 ? ExitCode.OK : wrongUsage, code, message);
  });
}

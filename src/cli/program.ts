import { Command, CommanderError } from "commander";
import { version } from "../../package.json";
import { printableLines } from "../text";
import { applyNullResourceCommand } from "./apply-null-resource";
import { completionCommand } from "./completion";
import { doctorCommand } from "./doctor";
import { driftCommand } from "./drift";
import { emulatorCommand } from "./emulator";
import { exportCommand } from "./export";
import { guardCommand } from "./guard";
import { initCommand } from "./init";
import { ALL_EXIT_CODES_HELP, ExitCode } from "./command-line";
import { installProviderCommand } from "./install-provider";
import { pipelineCommand } from "./pipeline";
import { planReportCommand } from "./plan-report";
import { rehearseCommand } from "./rehearse";
import { explainInterruption } from "./process";

/**
 * Runs `genauth-users`.
 *
 * @param args the arguments after the program's name
 * @param environment contains the credentials and settings
 * @returns the exit code; errors were reported on stderr
 */
export async function runProgram(args: readonly string[], environment: NodeJS.ProcessEnv): Promise<number> {
  let code: number = ExitCode.OK;
  try {
    await program(environment, (result) => (code = result)).parseAsync(args, { from: "user" });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode;
    const message = error instanceof Error ? error.message : String(error);
    // The message may quote a file, a state or the server.
    process.stderr.write(`error: ${printableLines(message)}\n`);
    return ExitCode.FAILED;
  }
}

/** @param end receives the exit code of a command that has more than one for success */
function program(environment: NodeJS.ProcessEnv, end: (code: number) => void): Command {
  const command = new Command("genauth-users")
    .description("Remove GenAuth users as code: tools for the CDKTF construct and the provider.")
    .version(version)
    .addHelpText(
      "after",
      `
Example:
  $ genauth-users install-provider --dir .
${ALL_EXIT_CODES_HELP}`,
    );
  const tools = [
    initCommand(environment),
    exportCommand(environment),
    completionCommand(),
    installProviderCommand(environment),
  ];
  const reports = [
    doctorCommand(environment, end),
    planReportCommand(environment, end),
    driftCommand(environment, end),
  ];
  for (const each of [...reports, ...tools]) each.hook("preAction", () => explainInterruption());
  // It handles signals itself.
  reports.push(rehearseCommand(environment, end));
  // These handle signals themselves.
  tools.push(
    emulatorCommand(),
    applyNullResourceCommand(environment),
    guardCommand(environment, end),
    pipelineCommand(environment, end),
  );
  for (const subcommand of [...reports, ...tools]) command.addCommand(subcommand);
  // The code 2 is that of reports, so that no mistake in a pipeline passes for a finding.
  for (const each of [command, ...tools, ...reports]) failOnWrongUsage(each);
  return command;
}

function failOnWrongUsage(command: Command): void {
  command.showHelpAfterError("(--help shows how it is used)").exitOverride(({ exitCode, code, message }) => {
    throw new CommanderError(exitCode === 0 ? ExitCode.OK : ExitCode.FAILED, code, message);
  });
}

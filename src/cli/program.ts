import { Command, CommanderError } from "commander";
import { version } from "../../package.json";
import { printableLines } from "../text";
import { ALL_EXIT_CODES_HELP, ExitCode } from "./command-line";
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
    const command = await program(args, environment, (result) => (code = result));
    await command.parseAsync(args, { from: "user" });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode;
    const message = error instanceof Error ? error.message : String(error);
    // The message may quote a file, a state or the server.
    process.stderr.write(`error: ${printableLines(message)}\n`);
    return ExitCode.FAILED;
  }
}

/** Makes a command. @param end receives the exit code of one that has more than one for success */
type Make = (environment: NodeJS.ProcessEnv, end: (code: number) => void) => Command;

/**
 * The commands by name, in the order of the help: first those whose code 2 says that there is something to do. Each is loaded when it is
 * asked for: to load all of them takes longer than most commands need.
 */
const COMMANDS: Readonly<Record<string, () => Promise<Make>>> = {
  doctor: async () => (await import("./doctor")).doctorCommand,
  "plan-report": async () => (await import("./plan-report")).planReportCommand,
  drift: async () => (await import("./drift")).driftCommand,
  rehearse: async () => (await import("./rehearse")).rehearseCommand,
  init: async () => (await import("./init")).initCommand,
  export: async () => (await import("./export")).exportCommand,
  completion: async () => (await import("./completion")).completionCommand,
  "install-provider": async () => (await import("./install-provider")).installProviderCommand,
  emulator: async () => (await import("./emulator")).emulatorCommand,
  "apply-null-resource": async () => (await import("./apply-null-resource")).applyNullResourceCommand,
  guard: async () => (await import("./guard")).guardCommand,
  pipeline: async () => (await import("./pipeline")).pipelineCommand,
};

/** These handle signals themselves. */
const HANDLE_SIGNALS = ["rehearse", "emulator", "apply-null-resource", "guard", "pipeline"];

/** The command that is asked for, or all, which the help and the completion list. */
function namesOf([first = ""]: readonly string[]): readonly string[] {
  return Object.hasOwn(COMMANDS, first) && first !== "completion" ? [first] : Object.keys(COMMANDS);
}

/** @param end receives the exit code of a command that has more than one for success */
async function program(
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
  end: (code: number) => void,
): Promise<Command> {
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
  for (const name of namesOf(args)) {
    const make = await COMMANDS[name]?.();
    if (!make) continue;
    const subcommand = make(environment, end);
    if (!HANDLE_SIGNALS.includes(name)) subcommand.hook("preAction", () => explainInterruption());
    command.addCommand(subcommand);
  }
  // The code 2 is that of reports, so that no mistake in a pipeline passes for a finding.
  for (const each of [command, ...command.commands]) failOnWrongUsage(each);
  return command;
}

function failOnWrongUsage(command: Command): void {
  command.showHelpAfterError("(--help shows how it is used)").exitOverride(({ exitCode, code, message }) => {
    throw new CommanderError(exitCode === 0 ? ExitCode.OK : ExitCode.FAILED, code, message);
  });
}

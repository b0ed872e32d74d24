import { Command, CommanderError } from "commander";
import { version } from "../../package.json";
import { concealSecret, keepMemoryOutOfCoreDumps } from "../operator/secret";
import { printableLines } from "../text";
import { ExitCode, PROGRAM_EXIT_CODES } from "./command-line";
import { explainInterruption, handleOutputErrors, setExitCode } from "./process";

/** Makes a command. @param end receives the exit code of one that has more than one for success */
type Make = (environment: NodeJS.ProcessEnv, end: (code: number) => void) => Command;

/**
 * Commands by name. Each is loaded when it is asked for: to load all takes longer than most commands need.
 */
export type Commands = Readonly<
  Record<
    string,
    { readonly load: () => Promise<Make>; readonly handlesSignals?: true; readonly isInternal?: true }
  >
>;

/** Runs this process as `cdktf-genauth`, and sets its exit code. */
export function startCdktfGenauth(commands: Commands): void {
  keepMemoryOutOfCoreDumps();
  handleOutputErrors();
  void runProgram(commands, process.argv.slice(2), concealSecret(process.env)).then(setExitCode);
}

/**
 * Runs `cdktf-genauth`.
 *
 * @param commands those that this program has
 * @param args the arguments after the program's name
 * @param environment contains the credentials and settings
 * @returns the exit code; errors were reported on stderr
 */
export async function runProgram(
  commands: Commands,
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
): Promise<number> {
  let code: number = ExitCode.OK;
  try {
    const words = args[0] === "help" && args.length > 1 ? [...args.slice(1), "--help"] : args;
    const [first = ""] = words;
    if (Object.hasOwn(ELSEWHERE, first)) throw new Error(ELSEWHERE[first]);
    const command = await program(commands, words, environment, (result) => (code = result));
    await command.parseAsync(knownWords(command, words), { from: "user" });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode;
    const message = error instanceof Error ? error.message : String(error);
    // The message may quote a file, a state or the server.
    process.stderr.write(`error: ${printableLines(message)}\n`);
    return ExitCode.FAILED;
  }
}

/**
 * The words of a command line, up to the name of an unknown command, which commander then refuses: beside
 * `--help`, it would print the help of the command before, and succeed.
 */
function knownWords({ commands }: Command, words: readonly string[]): readonly string[] {
  const [first = "", ...others] = words;
  const command = commands.find((each) => each.name() === first);
  if (command) return [first, ...knownWords(command, others)];
  return commands.length === 0 || /^(-|help$)/.test(first) ? words : words.slice(0, 1);
}

/** What people type who look for another tool, and where it is. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  delete:
    "No command deletes users. Take them out of the declared set, and apply: the plan shows first who is deleted. `cdktf-genauth init` writes a project.",
  plan: "No command plans: terraform plan, tofu plan or cdktf diff does. `cdktf-genauth plan-report tfplan` reports on a saved plan.",
  apply:
    "No command applies: the engine does, such as terraform apply tfplan. `cdktf-genauth guard` runs it without the key.",
  report:
    "`cdktf-genauth plan-report` reports on a saved plan, and `cdktf-genauth drift` on what differs from the pool.",
  list: "No command lists users alone. `cdktf-genauth export` writes a user file of the pool, and `cdktf-genauth drift --undeclared` lists who is in no set.",
};

/** @param end receives the exit code of a command that has more than one for success */
async function program(
  commands: Commands,
  [first = ""]: readonly string[],
  environment: NodeJS.ProcessEnv,
  end: (code: number) => void,
): Promise<Command> {
  const command = new Command("cdktf-genauth")
    .description("Remove GenAuth users as code: tools for the CDKTF construct and the provider.")
    .version(version, "-v, --version")
    .option("--no-color", "write no colours, as with NO_COLOR")
    .addHelpText(
      "after",
      `
Example:
  $ cdktf-genauth init staff

Exit codes:
${PROGRAM_EXIT_CODES}`,
    )
    .addHelpText("afterAll", "\nCommands that reach GenAuth read GENAUTH_… variables, as the provider does.");
  const isKnown = Object.hasOwn(commands, first);
  for (const [name, entry] of Object.entries(commands)) {
    // The help lists all.
    if (isKnown && name !== first) continue;
    const subcommand = (await entry.load())(environment, end);
    if (!entry.handlesSignals) subcommand.hook("preAction", () => explainInterruption());
    command.addCommand(subcommand, { hidden: entry.isInternal === true });
  }
  command.hook("preAction", (_, self) => {
    if (!command.opts<{ color: boolean }>().color) environment["NO_COLOR"] = "1";
    // Where a variable of the shell is empty, an option takes the next word, even the one before a command. A
    // text may begin like that.
    const taken = (name: string) => [self.getOptionValue(name)].flat().some((its) => /^--/.test(String(its)));
    const lacking = self.options.find((its) => !its.flags.endsWith("<text>") && taken(its.attributeName()));
    if (lacking) self.error(`error: option '${lacking.flags}' argument missing`);
  });
  // The code 2 is that of reports, so that no mistake in a pipeline passes for a finding.
  failOnWrongUsage(command);
  return command;
}

function failOnWrongUsage(command: Command): void {
  command.showHelpAfterError("(--help shows how it is used)").exitOverride(({ exitCode, code, message }) => {
    throw new CommanderError(exitCode === 0 ? ExitCode.OK : ExitCode.FAILED, code, message);
  });
  for (const each of command.commands) failOnWrongUsage(each);
}

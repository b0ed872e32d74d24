import { createReadStream } from "node:fs";
import { text } from "node:stream/consumers";
import { type Command, InvalidArgumentError, Option } from "commander";
import { showSavedPlan } from "../null-resource";
import { ALLOWED_KINDS } from "../plan-gate/allow-list";
import { wrapWords } from "../text";
import { USER_ID_TYPES } from "../users";

/** Shared by the commands: exit codes, numeric options and inputs. */

/** The exit codes of the command. `--help` and the README name these. */
export const ExitCode = {
  /** Done. */
  OK: 0,
  /** Failed, or the command line is wrong; the reason is on stderr. */
  FAILED: 1,
  /**
   * A report found something to act on: `drift`, and others with `--detailed-exitcode`, as with the engine.
   */
  DIFFERENCE: 2,
} as const;

/** The lines about exit codes at the end of each command's `--help`. */
const EXIT_CODES = `  0  done
  1  failed, refused or wrong usage; the reason is on stderr`;

/** The section of a command's help. */
export const EXIT_CODES_HELP = `\nExit codes:\n${EXIT_CODES}`;

/** The exit codes of all commands. */
export const PROGRAM_EXIT_CODES = `${EXIT_CODES}
  2  drift: there is drift; with --detailed-exitcode, plan-report: users leave,
     doctor: there is advice`;

/** The widest line of `--help`, in characters, as commander writes its own. */
const HELP_WIDTH = 80;

/**
 * The option of a report that makes its finding an exit code. A shell, `set -e` and a pipeline take any other
 * than 0 for a failure.
 */
export function detailedExitCodeOption(): Option {
  return new Option("--detailed-exitcode", "exit with 2 if there is something to act on");
}

/** The formats of what is no report for reviewers. */
export type PlainFormat = "text" | "json";

/** The option for text or JSON. */
export function plainFormatOption(): Option {
  return new Option("--format <format>", "the format of the report")
    .choices(["text", "json"])
    .default("text");
}

/** The lines for a command that reports. Only these commands end with 2. */
export function reportExitCodesHelp(
  calm: string,
  found: string,
  failed = "failed, refused or wrong usage; the reason is on stderr",
): string {
  const rows = [calm, failed, found].map(
    (meaning, code) => `  ${code}  ${wrapWords(meaning, HELP_WIDTH - 5).join("\n     ")}`,
  );
  return `\nExit codes:\n${rows.join("\n")}`;
}

/** Whether standard output is a terminal that shows colours, and `NO_COLOR` is not set. */
export function showsColours({ NO_COLOR, TERM }: NodeJS.ProcessEnv): boolean {
  return process.stdout.isTTY && !NO_COLOR && TERM !== "dumb";
}

/**
 * Parses an option that is a whole number, for commander.
 *
 * @param most the largest valid number; default nine digits
 */
export function wholeNumber(most = 999_999_999): (text: string) => number {
  return (digits) => {
    if (/^\d{1,9}$/.test(digits) && Number(digits) <= most) return Number(digits);
    throw new InvalidArgumentError(`It must be a whole number from 0 to ${most}.`);
  };
}

/** The option that names the type of ids. */
export function userIdTypeOption(description: string): Option {
  return new Option("--user-id-type <type>", description).choices(USER_ID_TYPES);
}

/**
 * Refuses a command line without an option that must be given. Not commander's own check, which comes before
 * that for unknown options, and would call a misspelt one missing.
 */
export function requireOption(command: Command, name: string): void {
  const option = command.options.find((each) => each.attributeName() === name);
  if (option === undefined || command.getOptionValue(name) !== undefined) return;
  const choices = option.argChoices ? `: one of ${option.argChoices.join(", ")}` : "";
  command.error(`error: ${option.flags} is missing${choices}`);
}

/** Parses an option that may be repeated, for commander. */
export function addValue(value: string, others: readonly string[]): readonly string[] {
  return [...others, value];
}

/** The option that names a state, which `readShown` reads. */
export function stateOption(): Option {
  return new Option(
    "--state <file>",
    "look at the sets of a state: a file of this folder, or the output of `terraform show -json`; - for standard input",
  );
}

/** The option that lengthens the list of what a plan may hold. */
export function allowOption(): Option {
  return new Option(
    "--allow <kind=name>",
    `allow what is not of this package, such as provider=hashicorp/aws; kinds: ${ALLOWED_KINDS.join(", ")}; repeatable`,
  )
    .argParser(addValue)
    .default([], "none");
}

/**
 * Reads an input file of a command.
 *
 * @param file a path, or `-` for standard input
 * @throws Error that names the file
 */
export async function readInput(file: string): Promise<string> {
  if (file === "-" && process.stdin.isTTY)
    process.stderr.write(
      "Waiting for the output of `terraform show -json` on standard input. Ctrl-C ends this.\n",
    );
  try {
    return await text(file === "-" ? process.stdin : createReadStream(file));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${file === "-" ? "Standard input" : file} cannot be read: ${reason}`, { cause: error });
  }
}

/** How a plan file begins, and a state file: their further format is the engine's own. */
const ENGINE_FILES = [
  ["PK\u0003\u0004", "saved plan"],
  ['{\n  "version": ', "state file"],
] as const;

/**
 * Reads the JSON of a plan or a state. A file of the engine is shown by the engine.
 *
 * @throws Error that names the file
 */
export async function readShown(file: string, environment: NodeJS.ProcessEnv): Promise<string> {
  const text = await readInput(file);
  const [, kind] = ENGINE_FILES.find(([begin]) => text.startsWith(begin)) ?? [];
  if (file === "-" || kind === undefined) return text;
  const { TERRAFORM_BINARY_NAME: program = "terraform" } = environment;
  try {
    return await showSavedPlan({ file, program, environment });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(
      `${file} is a ${kind}, and ${program} show -json fails: ${why}\nRun this in the folder of its stack, where init has run, with TERRAFORM_BINARY_NAME=tofu if OpenTofu made it.`,
      { cause },
    );
  }
}

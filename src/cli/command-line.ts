import { createReadStream } from "node:fs";
import { text } from "node:stream/consumers";
import { InvalidArgumentError } from "commander";

/** What the commands share of a command line: how they end, the numbers they take, and the inputs they read. */

/** How the command ends. `--help` and the README name these. */
export const ExitCode = {
  /** Done. */
  OK: 0,
  /** It could not be done; the reason is on stderr. */
  FAILED: 1,
  /** The command line is wrong; nothing was done. */
  USAGE: 2,
  /** A report was made, and there is something to act on: as Terraform's `-detailed-exitcode` has it. */
  DIFFERENCE: 2,
} as const;

/** The lines about exit codes at the end of each command's `--help`. */
export const EXIT_CODES_HELP = `
Exit codes:
  0  done
  1  failed; the reason is on stderr
  2  wrong usage; nothing was done`;

/** The same for all commands together. */
export const ALL_EXIT_CODES_HELP = `${EXIT_CODES_HELP}
     of plan-report and drift: somebody leaves, or something differs; for these, wrong usage is 1`;

/** The same for a command that reports, which needs 2 for what it found, as Terraform's -detailed-exitcode does. */
export function reportExitCodesHelp(calm: string, found: string): string {
  return `
Exit codes:
  0  ${calm}
  1  failed, refused or wrong usage; the reason is on stderr
  2  ${found}`;
}

/**
 * Reads an option that counts something: a parser for commander.
 *
 * @param most the largest number that is taken; default what nine digits can say
 */
export function wholeNumber(most = 999_999_999): (text: string) => number {
  return (digits) => {
    if (/^\d{1,9}$/.test(digits) && Number(digits) <= most) return Number(digits);
    throw new InvalidArgumentError(`It must be a whole number from 0 to ${most}.`);
  };
}

/**
 * Reads a text that a person names on the command line.
 *
 * @param file a path, or `-` for standard input
 * @throws Error with a sentence that names the file
 */
export async function readInput(file: string): Promise<string> {
  try {
    return await text(file === "-" ? process.stdin : createReadStream(file));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${file === "-" ? "Standard input" : file} cannot be read: ${reason}`, { cause: error });
  }
}

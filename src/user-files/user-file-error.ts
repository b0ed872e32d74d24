import { printable } from "../text";

/** A user file that cannot be used, with the file and, where there is one, the line. The message is for people, and
 * what it quotes from the file is printable. */
export class UserFileError extends Error {
  public constructor(file: string, line: number | undefined, problem: string) {
    super(printable(`${position(file, line)}: ${problem}`));
    this.name = "UserFileError";
    // Node prints the stack of what a program does not catch; file and line of the data say where to look, not ours.
    this.stack = `${this.name}: ${this.message}`;
  }
}

/** A place in a user file, as messages show it: `staff.csv, line 4`. Lines count from 1. */
export function position(file: string, line: number | undefined): string {
  return line === undefined ? file : `${file}, line ${line}`;
}

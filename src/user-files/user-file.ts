import { printable } from "../text";

/** How `Users.fromFile` reads a file. */
export interface UserFileOptions {
  /**
   * The column (.csv) or the property of each object (.json, .yaml) that holds the id. Not used for lists of
   * ids, for maps and for .txt files.
   *
   * @default "id"
   * @example "email"
   */
  readonly id?: string;
  /**
   * The column or property that holds the label, which reviewers read in the plan beside the id.
   *
   * @default "label" where there is such a column or property, else no labels
   * @example "name"
   */
  readonly label?: string;
  /**
   * Accepts a file without a single user. An export that was cut short looks just like "everyone leaves", so
   * this is refused unless it is meant.
   *
   * @default false
   * @example true
   */
  readonly allowEmpty?: boolean;
  /**
   * What stands between two fields of a .csv file.
   *
   * @default ","
   * @example ";"
   */
  readonly delimiter?: string;
}

/** How messages name what to change: in a stack's code, or with the options of a command. */
export interface UserFileWords {
  /** Says how to choose the column or property that holds the id or the label. */
  readonly choose: (file: string, what: "id" | "label", name: string) => string;
  /** What to do where a file is meant to be empty. */
  readonly meansNobody: string;
}

/** For whoever writes a stack. */
export const STACK_WORDS: UserFileWords = {
  choose: (file, what, name) => `Users.fromFile("${file}", { ${what}: ${JSON.stringify(name)} })`,
  meansNobody: "if nobody is meant to stay, say so with { allowEmpty: true }",
};

/** What a parser takes from a user file for one user. */
export interface Row {
  readonly id: string;
  readonly label: string;
  /** Counted from 1. */
  readonly line: number;
}

/** A user file's text and where it came from. */
export interface UserFileText {
  /** The path as the stack's code gave it, for messages. */
  readonly file: string;
  /** Without a byte order mark. */
  readonly text: string;
}

/**
 * The most that a user file may hold, in bytes of 1,000,000 a MB. 100,000 users take 5 to 8 MB with an e-mail address and a
 * name, in any of the formats; the rest is for the other columns of an export.
 */
export const MAX_SIZE = 32_000_000;

/**
 * The most users of one file. With so many, a whole synth of a stack takes less than 512 MiB, which is what Node.js
 * allows itself on a machine of 2 GiB.
 */
export const MAX_USERS = 250_000;

/** @throws UserFileError where a file holds more users than can be read */
export function checkCount(users: number, file: string): void {
  if (users <= MAX_USERS) return;
  throw new UserFileError(
    file,
    undefined,
    `it holds more than ${MAX_USERS.toLocaleString("en")} users, which is the most that one file may. Split it, ` +
      "one file for each user set.",
  );
}

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

/** More names than this are counted, not listed: the first ones show what the file is. */
const LISTED_NAMES = 20;

/** The columns or properties of a file, in quotes. */
export function listNames(names: readonly string[]): string {
  const listed = names.slice(0, LISTED_NAMES).map((name) => `"${name}"`);
  const more = names.length - listed.length;
  return listed.join(", ") + (more > 0 ? ` and ${more} more` : "");
}

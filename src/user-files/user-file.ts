import { caller } from "../caller";
import { printable } from "../text";

/** How `Users.fromFile` reads a file. */
export interface UserFileOptions {
  /**
   * The column (.csv) or the property of each object (.json, .yaml) that holds the id. Not used for lists of
   * ids, maps and .txt files.
   *
   * @default "id"
   * @example "email"
   */
  readonly id?: string;
  /**
   * The column or property that holds the label. The plan shows it to reviewers beside the id.
   *
   * @default "label" if there is such a column or property, else no labels
   * @example "name"
   */
  readonly label?: string;
  /**
   * Accepts a file without users. By default it is refused, because an export that was cut short looks the
   * same as the removal of everyone.
   *
   * @default false
   * @example true
   */
  readonly allowEmpty?: boolean;
  /**
   * The field separator of a .csv file.
   *
   * @default ","
   * @example ";"
   */
  readonly delimiter?: string;
}

/** How messages say what to change: in a stack's code, or with a command's options. */
export interface UserFileWords {
  /** What chooses the column or property of the id or the label, as it follows "such as". */
  readonly choose: (file: string, option: "id" | "label", name: string) => string;
  /** What to do about the separator of a .csv file, as an imperative without a full stop. */
  readonly separate: (file: string, delimiter: string) => string;
  /** What to do about a file without users, in sentences. */
  readonly withoutUsers: string;
}

/** For a stack's code. */
export const STACK_WORDS: UserFileWords = {
  choose: (file, option, name) => fromFile(file, caller.setting(option, name)),
  separate: (file, delimiter) => `write ${fromFile(file, caller.setting("delimiter", delimiter))}`,
  // The stack of a new project has no users yet, so the way to get them comes first.
  withoutUsers: `Export the pool into it first (cdktf-genauth export), or repeat an export that was cut short. If nobody is meant to stay, see the option ${caller.property("allowEmpty")}.`,
};

function fromFile(file: string, setting: string): string {
  return caller.call("Users.fromFile", JSON.stringify(file), [setting]);
}

/** One user of a user file, as its parser reads it. */
export interface Row {
  readonly id: string;
  readonly label: string;
  /** Counted from 1. */
  readonly line: number;
}

/** A user file's text and path. */
export interface UserFileText {
  /** The path as given, for messages. */
  readonly file: string;
  /** Without a byte order mark. */
  readonly text: string;
}

/**
 * The largest user file, in bytes (1,000,000 per MB). 100,000 users with an e-mail address and a name take 5
 * to 8 MB in any format; the rest is for other columns of an export.
 */
export const MAX_SIZE = 32_000_000;

/**
 * The most users of one file. With that many, the synth of a stack takes less than 512 MiB, the default heap
 * limit of Node.js on a machine with 2 GiB.
 */
const MAX_USERS = 250_000;

/** @throws UserFileError if a file holds too many users */
export function checkCount(count: number, file: string): void {
  if (count <= MAX_USERS) return;
  throw new UserFileError(
    file,
    `it holds more than ${MAX_USERS.toLocaleString("en")} users, the limit for one file. Split it into one file for each ` +
      "user set.",
  );
}

/**
 * Why a user file cannot be used, with the file and, if known, the line. Text quoted from the file is made
 * printable.
 */
export class UserFileError extends Error {
  public constructor(file: string, problem: string, line?: number) {
    super(printable(`${position(file, line)}: ${problem}`));
    this.name = "UserFileError";
    // Node.js prints the stack of an uncaught error. Only the file and line of the data matter here.
    this.stack = `${this.name}: ${this.message}`;
  }
}

/** A place in a user file, as messages show it: `staff.csv, line 4`. Lines count from 1. */
export function position(file: string, line: number | undefined): string {
  return line === undefined ? file : `${file}, line ${line}`;
}

/** How many columns or properties a message names. It counts the others: the first ones show what the file is. */
const LISTED_NAMES = 20;

/** The columns or properties of a file, in quotes. */
export function listNames(names: readonly string[]): string {
  const listed = names.slice(0, LISTED_NAMES).map((name) => `"${name}"`);
  const more = names.length - listed.length;
  return listed.join(", ") + (more > 0 ? ` and ${more} more` : "");
}

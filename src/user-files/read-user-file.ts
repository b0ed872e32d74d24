import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";
import { extname } from "node:path";
import { isNativeError } from "node:util/types";
import { readCsv } from "./csv-rows";
import { decodeUtf8 } from "../text";
import { readTree } from "./tree-rows";
import {
  checkCount,
  MAX_SIZE,
  type Row,
  STACK_WORDS,
  UserFileError,
  type UserFileOptions,
  type UserFileText,
  type UserFileWords,
} from "./user-file";

/** A format of a list of users. */
interface Format {
  /** What messages call a text in it, when no file is known. */
  readonly textName: string;
  /** The file name extensions that stand for it, in lower case; the usual one first. */
  readonly extensions: readonly string[];
  readonly read: (source: UserFileText, options: UserFileOptions, words: UserFileWords) => Row[];
}

/**
 * The formats of a list of users.
 *
 * To add one: an entry here, whose reader gives rows with their lines, and refuses what it does not
 * understand: a skipped row would look like a leaver. Then the function `users_from_…` in
 * `src/provider/functions/functions.ts`, what `test/unit/docs/formats.test.ts` asks for, and good and bad
 * files in `test/unit/constructs/users-from-file.test.ts`, `test/unit/provider/functions.test.ts` and
 * `test/engine/constructs/random/hostile-user-files.test.ts`.
 */
export const FORMATS = {
  text: { textName: "the text", extensions: [".txt"], read: readText },
  csv: { textName: "the CSV text", extensions: [".csv"], read: readCsv },
  json: { textName: "the JSON text", extensions: [".json"], read: readTree },
  yaml: { textName: "the YAML text", extensions: [".yaml", ".yml"], read: readTree },
} as const satisfies Readonly<Record<string, Format>>;

export type UserListFormat = keyof typeof FORMATS;

/** All file name extensions of user files. */
const EXTENSIONS = Object.values(FORMATS).flatMap(({ extensions }): readonly string[] => extensions);

function formatOf(file: string): UserListFormat | undefined {
  const extension = extname(file).toLowerCase();
  const found = Object.entries<Format>(FORMATS).find(([, { extensions }]) => extensions.includes(extension));
  return found?.[0] as UserListFormat | undefined;
}

/**
 * Reads the users that a file declares, in its order. The file name extension decides the format.
 *
 * @param file relative to the process's working directory, which is the folder of `cdktf.json` under `cdktf`
 * @param words how messages say what to change; default for a stack's code
 * @returns the users, unchecked: ids may be invalid or duplicate
 * @throws UserFileError if the file cannot be read, is too large, or is empty without `allowEmpty`
 */
export function readUserFile(
  file: string,
  options: UserFileOptions,
  words: UserFileWords = STACK_WORDS,
): readonly Row[] {
  const format = formatOf(file);
  if (!format) {
    throw new UserFileError(
      file,
      `the file name extension decides the format, and must be one of ${EXTENSIONS.join(", ")}.`,
    );
  }
  return readUserList(format, { file, text: readUtf8(file) }, options, words);
}

/**
 * Reads a list of users, in its order.
 *
 * @param source a file's text, or any other text with the words that messages call it
 * @returns the users, unchecked: ids may be invalid or duplicate
 * @throws UserFileError if the text is too large, or empty without `allowEmpty`
 */
export function readUserList(
  format: UserListFormat,
  source: UserFileText,
  options: UserFileOptions,
  words: UserFileWords,
): readonly Row[] {
  if (source.text.startsWith("version https://git-lfs.github.com/spec/")) {
    throw new UserFileError(
      source.file,
      "it is a pointer of Git LFS, not the list. Store the list as an ordinary file, so that reviewers see who leaves.",
      1,
    );
  }
  const rows = FORMATS[format].read(source, options, words);
  if (rows.length === 0 && options.allowEmpty !== true) {
    throw new UserFileError(
      source.file,
      `it declares no user, which would remove everyone. ${words.withoutUsers}`,
    );
  }
  return rows;
}

function readUtf8(file: string): string {
  let bytes: Buffer;
  try {
    bytes = readRegularFile(file);
  } catch (cause) {
    if (cause instanceof UserFileError) throw cause;
    const reason = isNativeError(cause) ? cause.message : String(cause);
    throw new UserFileError(file, `it cannot be read (${reason}). Relative paths start at ${process.cwd()}.`);
  }
  const text = decodeUtf8(bytes);
  if (text === undefined) throw new UserFileError(file, "it is not UTF-8 text. Save or export it as UTF-8.");
  return text;
}

/**
 * @throws Error for a pipe, which would block, and for a device such as /dev/zero, which never ends
 * @throws UserFileError for a file that is too large
 */
function readRegularFile(file: string): Buffer {
  const descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const found = fstatSync(descriptor);
    if (!found.isFile()) throw new Error("not a regular file");
    if (found.size > MAX_SIZE) {
      throw new UserFileError(
        file,
        `it is larger than the limit of ${MAX_SIZE / 1e6} MB. Keep only the id and the label of each user, or split it into ` +
          "one file for each user set.",
      );
    }
    return readFileSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Reads a .txt file: one id per line, optionally followed by spaces or a tab and a label. Blank lines and
 * lines that start with `#` are skipped, and so is a comment in place of a label. Ids that contain spaces
 * need another format.
 *
 * @throws UserFileError for too many users
 */
function readText({ file, text }: UserFileText): Row[] {
  const rows: Row[] = [];
  let line = 0;
  // One line at a time: an array of all lines would take ten times the file's size.
  for (const [content] of text.matchAll(/[^\r\n]*(?:\r\n|\n|\r|$)/gu)) {
    line += 1;
    const [, id, rest = ""] = /^(\S+)\s*(.*)$/su.exec(content.trim()) ?? [];
    if (id === undefined || id.startsWith("#")) continue;
    rows.push({ id, label: rest.startsWith("#") ? "" : rest, line });
    checkCount(rows.length, file);
  }
  return rows;
}

import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";
import { extname } from "node:path";
import { isNativeError } from "node:util/types";
import type { UserFileOptions } from "./user-file-options";
import { readCsv } from "./csv-rows";
import { MAX_SIZE } from "./limits";
import type { Row, UserFileText } from "./row";
import { readText } from "./text-rows";
import { readTree } from "./tree-rows";
import { UserFileError } from "./user-file-error";

const READERS: Readonly<Record<string, (source: UserFileText, options: UserFileOptions) => Row[]>> = {
  ".txt": readText,
  ".csv": readCsv,
  ".json": readTree,
  ".yaml": readTree,
  ".yml": readTree,
};

/**
 * Reads the users that a file declares, in its order. The ending of its name says how.
 *
 * @param file relative to the process's working directory, which is the folder of `cdktf.json` under `cdktf`
 * @returns what the file holds, unchecked: ids may be wrong, or double
 * @throws UserFileError if the file cannot be read, holds more than can be read, or is empty without `allowEmpty`
 */
export function readUserFile(file: string, options: UserFileOptions): readonly Row[] {
  const read = READERS[extname(file).toLowerCase()];
  if (!read) {
    const endings = Object.keys(READERS).join(", ");
    throw new UserFileError(
      file,
      undefined,
      `the ending says how to read it, and must be one of ${endings}.`,
    );
  }
  const rows = read({ file, text: readUtf8(file) }, options);
  if (rows.length === 0 && options.allowEmpty !== true) {
    throw new UserFileError(
      file,
      undefined,
      "it declares no user, which would mean that everyone leaves. If an export was cut short, make it again; " +
        "if nobody is meant to stay, say so with { allowEmpty: true }.",
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
    throw new UserFileError(
      file,
      undefined,
      `it cannot be read (${reason}). Relative paths start at ${process.cwd()}.`,
    );
  }
  try {
    // Takes a byte order mark off, too.
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new UserFileError(file, undefined, "it is not UTF-8 text. Save or export it as UTF-8.");
  }
}

/**
 * @throws Error for a pipe, which would wait for its writer, and a device such as /dev/zero, which never ends
 * @throws UserFileError for a huge file
 */
function readRegularFile(file: string): Buffer {
  const descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const found = fstatSync(descriptor);
    if (!found.isFile()) throw new Error("not a regular file");
    if (found.size > MAX_SIZE) {
      throw new UserFileError(
        file,
        undefined,
        `it is larger than ${MAX_SIZE / 1e6} MB, which is the most that a file may be. Keep only the id and the label of ` +
          "each user, or split it, one file for each user set.",
      );
    }
    return readFileSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

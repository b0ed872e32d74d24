import { readFileSync } from "node:fs";
import { extname } from "node:path";
import { isNativeError } from "node:util/types";
import type { DeclaredUser } from "../declared-user";
import { looksLikeToken } from "../template-text";
import type { UserFileOptions } from "../user-file-options";
import { readCsv } from "./csv-rows";
import type { Row, UserFileText } from "./row";
import { readText } from "./text-rows";
import { readTree } from "./tree-rows";
import { position, UserFileError } from "./user-file-error";

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
 * @throws UserFileError if the file cannot be read, is empty without `allowEmpty`, or holds what cannot go through CDKTF
 */
export function readUserFile(file: string, options: UserFileOptions): DeclaredUser[] {
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
  return rows.map(({ id, label, line }) => {
    if (id === "__proto__")
      throw new UserFileError(file, line, `"__proto__" cannot be an id: it vanishes at synth.`);
    for (const text of [id, label]) {
      if (looksLikeToken(text)) {
        throw new UserFileError(
          file,
          line,
          `"${text}" looks like a CDKTF token, and would be replaced at synth.`,
        );
      }
    }
    return { id, label, origin: position(file, line) };
  });
}

function readUtf8(file: string): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (cause) {
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

import { randomBytes } from "node:crypto";
import {
  accessSync,
  chmodSync,
  constants,
  copyFileSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, resolve } from "node:path";
import { isNativeError } from "node:util/types";

/** Writes files whole or not at all. Errors say in a sentence what failed and what to do. */

/** How a file is written. */
export interface FileOptions {
  /**
   * The file's permissions, such as 0o755; also set if the content is unchanged.
   *
   * @default 0o644
   */
  readonly mode?: number;
  /**
   * A file with the same content. The new file becomes a hard link to it, to save disk space, or a copy if
   * that is not possible.
   */
  readonly sameAs?: string;
}

/**
 * Replaces a file in one step, so that no reader sees half of it and a full disk does not damage the old one.
 * A file that already has the content keeps its inode and time; anything else, such as a link, is replaced.
 * Creates missing folders.
 *
 * @throws Error that says what to do, if the file cannot be written
 */
export function replaceFile(path: string, content: Buffer, { mode = 0o644, sameAs }: FileOptions = {}): void {
  if (!holds(path, content)) {
    makeFolder(dirname(path));
    const temporary = temporaryBeside(path);
    explained(path, () => {
      try {
        if (sameAs === undefined) writeFileSync(temporary, content, { flag: "wx" });
        else linkOrCopy(sameAs, temporary, mode);
        renameSync(temporary, path);
      } finally {
        rmSync(temporary, { force: true });
      }
    });
  }
  explained(path, () => chmodSync(path, mode));
}

/**
 * A name for a file that is renamed to `path` once it is whole. Nobody can guess it, and so nobody can lay a
 * link there that leads the writer to another file. Open it with the flag `wx`.
 */
export function temporaryBeside(path: string): string {
  return `${path}.${randomBytes(8).toString("hex")}.tmp`;
}

/**
 * Checks before long work that an output file can be written.
 *
 * @throws Error that says what to do, if it cannot
 */
export function checkOutput(path: string): void {
  const isFolder = (place: string) => statSync(place, { throwIfNoEntry: false })?.isDirectory() === true;
  const folder = dirname(resolve(path));
  explained(path, () => {
    if (!isFolder(folder)) throw new Error(`there is no folder ${folder}. Create it, or name another file`);
    if (isFolder(path)) throw new Error("it is a folder. Name a file in it");
    accessSync(existsSync(path) ? path : folder, constants.W_OK);
  });
}

/**
 * Writes an output file in one step. Follows links, and keeps the permissions of an existing file. Anything
 * but a regular file, such as `/dev/stdout` or a pipe, is written to directly.
 *
 * @throws Error that says what to do, if it cannot be written
 */
export function writeOutput(path: string, text: string): void {
  const found = explained(path, () => statSync(path, { throwIfNoEntry: false }));
  if (found !== undefined && !found.isFile()) explained(path, () => writeFileSync(path, text));
  else if (found === undefined) replaceFile(path, Buffer.from(text));
  else replaceFile(realpathSync(path), Buffer.from(text), { mode: found.mode & 0o7777 });
}

/**
 * Creates a folder and its missing parents. The recursive `mkdir` of Node.js never returns on a file system,
 * such as `/proc`, that reports an existing parent as missing.
 *
 * @param mode the permissions of each new folder
 * @throws Error that says what to do, if it cannot be created
 */
export function makeFolder(folder: string, mode = 0o777): void {
  if (explained(folder, () => statSync(folder, { throwIfNoEntry: false })?.isDirectory()) === true) return;
  const above = dirname(folder);
  if (above !== folder) makeFolder(above, mode);
  explained(folder, () => {
    try {
      mkdirSync(folder, { mode });
    } catch (error) {
      // Another process may have just created it.
      if (codeOf(error) !== "EEXIST" || !statSync(folder).isDirectory()) throw error;
    }
  });
}

function holds(path: string, content: Buffer): boolean {
  const found = explained(path, () => lstatSync(path, { throwIfNoEntry: false }));
  return found?.isFile() === true && found.size === content.length && readFileSync(path).equals(content);
}

function linkOrCopy(from: string, to: string, mode: number): void {
  try {
    // A hard link to a symbolic link would be that link, in another folder.
    linkSync(realpathSync(from), to);
    chmodSync(to, mode);
  } catch {
    // Some network and container file systems have no hard links, and only an owner may change the permissions
    // of what is linked. If the folder is the cause, the copy fails too and reports it.
    rmSync(to, { force: true });
    copyFileSync(from, to, constants.COPYFILE_EXCL);
  }
}

/** What each of the system's error codes means, and what to do. */
const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full (ENOSPC). Free some space.",
  EDQUOT: "the disk quota is used up (EDQUOT). Free some space.",
  EFBIG: "it is larger than this process may write (EFBIG). Raise the limit (ulimit -f).",
  EROFS: "the file system is read-only (EROFS). Choose another folder.",
  EACCES: "you have no permission (EACCES). Fix the permissions, or choose another folder.",
  EPERM: "the system does not permit it (EPERM). Fix the permissions, or choose another folder.",
  ENOENT: "its folder does not exist, or does not accept files (ENOENT). Check the path.",
  ENOTDIR: "a part of its path is a file, not a folder (ENOTDIR). Check the path.",
  EEXIST: "a file of that name is in the way (EEXIST). Check the path.",
  EISDIR: "a folder of that name is in the way (EISDIR). Check the path.",
};

/**
 * @param error from `node:fs` or one of these functions
 * @returns why something could not be written, and what to do, as text that follows a colon
 */
export function explainWriteError(error: unknown): string {
  const system = isNativeError(error) && isNativeError(error.cause) ? error.cause : error;
  return REASONS[codeOf(system) ?? ""] ?? (isNativeError(system) ? `${system.message}.` : String(system));
}

function explained<T>(path: string, write: () => T): T {
  try {
    return write();
  } catch (error) {
    throw new Error(`${path} cannot be written: ${explainWriteError(error)}`, { cause: error });
  }
}

/** The system's code of an error of `node:fs`, such as `ENOENT`; `undefined` for another error. */
export function codeOf(error: unknown): string | undefined {
  return isNativeError(error) && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

import { constants } from "node:fs";
import { open, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { explainWriteError } from "../files";
import { mayWrite, type OsUser } from "./os-user";

/** A line of the audit file, besides its time and the guard's process. */
export type AuditLine = Readonly<Record<string, unknown>> & { readonly event: string };

/**
 * Where the guard records each change before and after its call, and what it refused (docs/guides/trust.md,
 * A7).
 */
export interface Audit {
  /**
   * Appends a line. Settles once it is on the disk.
   *
   * @throws Error if it cannot be written; from then on, every line fails
   */
  write(line: AuditLine): Promise<void>;
  close(): Promise<void>;
}

/** For a guard without an audit file. */
export const NO_AUDIT: Audit = { write: () => Promise.resolve(), close: () => Promise.resolve() };

/** How each line begins. */
const BEGIN = '{"at":';

/**
 * Never follows a link that somebody placed there, never waits for the reader of a pipe, and never
 * overwrites (A7).
 */
const APPENDING =
  constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/**
 * Opens an audit file, with access for its owner only. It stays open, so the guard can write to it after it
 * has become another user.
 *
 * @param command who must not be able to change it or to put another file in its place; default nobody
 * @throws Error that says what to do, if it cannot be opened
 */
export async function openAudit(path: string, command?: OsUser): Promise<Audit> {
  const refuse = (reason: string, cause?: unknown): Error =>
    new Error(`The audit file ${path} cannot be written: ${reason}`, { cause });
  const file = await open(path, APPENDING, 0o600).catch((cause: unknown) => {
    throw refuse(explainWriteError(cause), cause);
  });
  const found = await file.stat();
  // Not the folders above: those of a checkout are everybody's on some runners.
  const folder = await stat(dirname(path));
  const isTheirs = command && (mayWrite(command, found) || mayWrite(command, folder));
  const read = async (at: number, size: number) =>
    (await file.read(Buffer.alloc(size, "\n"), 0, size, at)).buffer.toString();
  // A line at the end of a plan, a state or a user file would spoil it.
  const isOwnFile =
    found.isFile() && found.nlink === 1 && BEGIN.startsWith((await read(0, BEGIN.length)).trimEnd());
  if (isTheirs || !isOwnFile) {
    await file.close();
    if (!isOwnFile) throw refuse("It must be a file of audits alone, with one name. Name another.");
    throw refuse("The command's user could change it. Choose a folder where only root can write.");
  }
  // A full disk may have cut the last line of an earlier run.
  if (found.size > 0 && (await read(found.size - 1, 1)) !== "\n") await file.appendFile("\n");
  // One line after the other. None follows a failed one, which may have left half a line.
  let written = Promise.resolve();
  return {
    write(line) {
      const text = `${JSON.stringify({ at: new Date().toISOString(), pid: process.pid, ...line })}\n`;
      written = written.then(async () => {
        try {
          await file.appendFile(text);
          await file.datasync();
        } catch (cause) {
          throw refuse(`${explainWriteError(cause)} It lacks the rest of this run: plan again.`, cause);
        }
      });
      return written;
    },
    async close() {
      await written.catch(() => undefined);
      await file.close();
    },
  };
}

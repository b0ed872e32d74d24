import { once } from "node:events";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { lstat, readdir, rmdir, unlink } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isNativeError } from "node:util/types";

/**
 * The longest path of a Unix socket, in bytes: 104 on macOS (108 on Linux), including the zero byte at its
 * end.
 */
const MAX_SOCKET_PATH = 104 - 1;

/** Keeps the path short with any `TMPDIR`. */
const SHORT_FOLDER = "/tmp";

/**
 * `mkdtemp` adds six characters and creates the folder with mode 0700. No other kind of plugin uses this
 * name.
 */
const FOLDER_PREFIX = "terraform-plugin-node-";
const SOCKET_NAME = "socket";

/** For this user only, like the folder: otherwise the umask of the caller would decide. */
const SOCKET_MODE = 0o600;

/** A younger folder, in milliseconds, may belong to a provider that is about to listen there. */
const STALE_AFTER = 60_000;

/** A folder for one socket that only this user can enter. */
export interface SocketFolder {
  /** The folder that contains it. */
  readonly parent: string;
  readonly socket: string;
  /**
   * Closes the socket to all other users. To be called once it exists.
   *
   * @throws Error if it does not exist
   */
  restrictSocket(): void;
  /** Removes the folder with its contents. May be called again. */
  remove(): void;
}

/** Creates a socket folder in the system's temporary folder or, if its path is too long, in `/tmp`. */
export function createSocketFolder(temporary = tmpdir()): SocketFolder {
  const fits = Buffer.byteLength(socketIn(join(temporary, `${FOLDER_PREFIX}XXXXXX`))) <= MAX_SOCKET_PATH;
  const parent = fits ? temporary : SHORT_FOLDER;
  const folder = mkdtempSync(join(parent, FOLDER_PREFIX));
  const socket = socketIn(folder);
  return {
    parent,
    socket,
    restrictSocket: () => chmodSync(socket, SOCKET_MODE),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/**
 * Removes the socket folders of this user's providers that were killed: old enough, and with nobody
 * listening. It never removes more than a socket and an empty folder; anything else there stays.
 *
 * @param temporary the folder that contains the socket folders
 */
export async function removeStaleSockets(temporary: string, now = Date.now()): Promise<void> {
  const names = await readdir(temporary);
  const folders = names.filter((name) => name.startsWith(FOLDER_PREFIX)).map((name) => join(temporary, name));
  await Promise.all(folders.map((folder) => tolerateSystemErrors(() => removeIfStale(folder, now))));
}

async function removeIfStale(folder: string, now: number): Promise<void> {
  // Does not follow links: in a shared folder, another user's link could lead to any folder of this user.
  const found = await lstat(folder);
  if (!found.isDirectory() || found.uid !== process.getuid?.() || now - found.mtimeMs < STALE_AFTER) return;
  const socket = socketIn(folder);
  if (await isListening(socket)) return;
  await tolerateSystemErrors(() => unlink(socket));
  await rmdir(folder);
}

async function isListening(socket: string): Promise<boolean> {
  const connection = connect(socket);
  try {
    await once(connection, "connect");
    return true;
  } catch {
    // Connection refused, or no socket: nobody listens.
    return false;
  } finally {
    connection.destroy();
  }
}

/** A folder that belongs to another user, holds something else, or has disappeared must stay as it is. */
async function tolerateSystemErrors(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isNativeError(error) || !("code" in error)) throw error;
  }
}

function socketIn(folder: string): string {
  return join(folder, SOCKET_NAME);
}

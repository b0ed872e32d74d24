import { once } from "node:events";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { lstat, readdir, rmdir, unlink } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isNativeError } from "node:util/types";

/** The longest path of a Unix socket, in bytes: 104 on macOS (108 on Linux), with the zero byte at its end. */
const MAX_SOCKET_PATH = 104 - 1;

/** Where the path stays short whatever `TMPDIR` is. */
const SHORT_FOLDER = "/tmp";

/** `mkdtemp` adds six characters and creates the folder with mode 0700. No other kind of plugin uses this name. */
const FOLDER_PREFIX = "terraform-plugin-node-";
const SOCKET_NAME = "socket";

/** For this user only, like the folder: otherwise the umask of whoever starts the provider would decide. */
const SOCKET_MODE = 0o600;

/** Younger than this, in milliseconds, a folder may belong to a provider that is about to listen there. */
const STALE_AFTER = 60_000;

/** A folder for one socket, which only this user can enter. */
export interface SocketFolder {
  /** The folder that it was made in. */
  readonly parent: string;
  readonly socket: string;
  /**
   * Closes the socket to all other users; to be called once it exists.
   *
   * @throws Error where there is none
   */
  restrictSocket(): void;
  /** Removes the folder with everything in it. May be called again. */
  remove(): void;
}

/** Makes a socket folder in the system's folder for temporary files or, where its path is too long, in `/tmp`. */
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
 * Removes the socket folders that providers of this user left behind when they were killed: old enough, and with nobody
 * listening. It never removes more than a socket and an empty folder; anything else there stays.
 *
 * @param temporary the folder in which socket folders are made
 */
export async function removeStaleSockets(temporary: string, now = Date.now()): Promise<void> {
  const names = await readdir(temporary);
  const folders = names.filter((name) => name.startsWith(FOLDER_PREFIX)).map((name) => join(temporary, name));
  await Promise.all(folders.map((folder) => tolerateSystemErrors(() => removeIfStale(folder, now))));
}

async function removeIfStale(folder: string, now: number): Promise<void> {
  // Not through a link: in a folder that all users share, another user's link could lead to any folder of this user.
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
    // Refused, or there is no socket: nobody listens.
    return false;
  } finally {
    connection.destroy();
  }
}

/** A folder that belongs to somebody else, holds something else, or is gone by now is none of this process's business. */
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

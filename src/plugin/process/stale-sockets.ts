import { once } from "node:events";
import { lstat, readdir, rmdir, unlink } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { isNativeError } from "node:util/types";
import { FOLDER_PREFIX, SOCKET_NAME } from "./socket-folder";

/** Younger than this, in milliseconds, a folder may belong to a provider that is about to listen there. */
const SETTLED_AFTER = 60_000;

/**
 * Takes away the socket folders that providers of this user left when they were killed: old enough, and with nobody
 * listening. Never takes more than a socket and an empty folder; whatever else is there stays.
 *
 * @param temporary the folder where socket folders are made
 */
export async function removeStaleSockets(temporary: string, now = Date.now()): Promise<void> {
  const names = await readdir(temporary);
  const folders = names.filter((name) => name.startsWith(FOLDER_PREFIX)).map((name) => join(temporary, name));
  await Promise.all(folders.map((folder) => tolerant(() => removeIfStale(folder, now))));
}

async function removeIfStale(folder: string, now: number): Promise<void> {
  // Not through a link: in a folder that all users share, somebody else's would lead to any folder of this user.
  const found = await lstat(folder);
  if (!found.isDirectory() || found.uid !== process.getuid?.() || now - found.mtimeMs < SETTLED_AFTER) return;
  const socket = join(folder, SOCKET_NAME);
  if (await isListening(socket)) return;
  await tolerant(() => unlink(socket));
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

/** What belongs to somebody else, holds something else, or went in the meantime is none of this process's business. */
async function tolerant(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isNativeError(error) || !("code" in error)) throw error;
  }
}

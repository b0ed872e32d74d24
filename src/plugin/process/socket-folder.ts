import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The longest path of a Unix socket, in bytes: 104 on macOS (108 on Linux), with the zero byte that ends it. */
const MAX_SOCKET_PATH = 104 - 1;

/** Where the path stays short whatever `TMPDIR` says. */
const SHORT_FOLDER = "/tmp";

/** `mkdtemp` adds six characters and makes the folder with mode 0700. No other kind of plugin names its folders so. */
export const FOLDER_PREFIX = "terraform-plugin-node-";
/** The socket's name in its folder. */
export const SOCKET_NAME = "socket";

/** For this user only, like the folder: who starts the provider decides by the umask how wide a socket is made. */
const SOCKET_MODE = 0o600;

/** A folder that only this user can enter, for one socket. */
export interface SocketFolder {
  /** The folder that it was made in. */
  readonly parent: string;
  readonly socket: string;
  /**
   * Shuts the socket for all other users; to be called once it is there.
   *
   * @throws Error where there is none
   */
  shutSocket(): void;
  /** Takes the folder away with all that is in it. Harmless when repeated. */
  remove(): void;
}

/** Makes a fresh socket folder in the system's folder for temporary files or, where its path is too long, in `/tmp`. */
export function createSocketFolder(temporary = tmpdir()): SocketFolder {
  const fits = Buffer.byteLength(socketIn(join(temporary, `${FOLDER_PREFIX}XXXXXX`))) <= MAX_SOCKET_PATH;
  const parent = fits ? temporary : SHORT_FOLDER;
  const folder = mkdtempSync(join(parent, FOLDER_PREFIX));
  const socket = socketIn(folder);
  return {
    parent,
    socket,
    shutSocket: () => chmodSync(socket, SOCKET_MODE),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function socketIn(folder: string): string {
  return join(folder, SOCKET_NAME);
}

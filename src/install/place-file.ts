import {
  chmodSync,
  copyFileSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";

/**
 * Puts a file in its place all at once, so that nobody ever sees half of it. A file that already holds the
 * content keeps its inode and time; anything else there (a foreign file, a link) is replaced. Missing folders
 * are made.
 *
 * @param mode the file's permissions, such as 0o755; also set where the content was there already
 * @param twin a file in the same tree with the same content, of which this one becomes a second name (a hard link), to
 *   save room; where the file system has no hard links, it becomes a copy. Copying the tree makes whole files of both.
 */
export function placeFile(path: string, content: Buffer, mode: number, twin?: string): void {
  if (!holds(path, content)) {
    mkdirSync(dirname(path), { recursive: true });
    const temporary = `${path}.${process.pid}.tmp`;
    try {
      if (twin === undefined) writeFileSync(temporary, content);
      else linkOrCopy(twin, temporary);
      renameSync(temporary, path);
    } finally {
      rmSync(temporary, { force: true });
    }
  }
  chmodSync(path, mode);
}

function holds(path: string, content: Buffer): boolean {
  const found = lstatSync(path, { throwIfNoEntry: false });
  return found?.isFile() === true && found.size === content.length && readFileSync(path).equals(content);
}

function linkOrCopy(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch {
    // Some network and container file systems have no hard links; where the folder is at fault, the copy fails too
    // and says so.
    copyFileSync(from, to);
  }
}

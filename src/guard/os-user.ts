import { execFileSync } from "node:child_process";
import { readFileSync, type Stats, statSync } from "node:fs";
import { dirname, resolve } from "node:path";

/** A user of the operating system. */
export interface OsUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
}

/**
 * Finds a user.
 *
 * @param name its name, or its number
 * @throws Error if there is none
 */
export function findOsUser(name: string): OsUser {
  const user = find(readFileSync("/etc/passwd", "utf8"), name) ?? find(askNameService(name), name);
  if (user) return user;
  throw new Error(`There is no user ${name} on this machine. Create one, or name another.`);
}

/** Users of a directory service are in no file. */
function askNameService(name: string): string {
  try {
    return execFileSync("getent", ["passwd", name], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
  } catch {
    // Not every system has the command, and it fails for an unknown user.
    return "";
  }
}

function find(entries: string, wanted: string): OsUser | undefined {
  const users = entries.split("\n").map((line) => line.split(":"));
  const user = users.find(([name, , uid]) => [name, uid].includes(wanted));
  const [name = "", , uid, gid, , home = "/"] = user ?? [];
  return user && { name, uid: Number(uid), gid: Number(gid), home };
}

/**
 * Whether a user may write a file, or replace the files of a folder: in one with the sticky bit, as /tmp,
 * only their own.
 */
export function mayWrite({ uid, gid }: OsUser, its: Stats): boolean {
  const isShared = its.isFile() || (its.mode & 0o1000) === 0;
  const bits = its.gid === gid ? 0o022 : 0o002;
  return its.uid === uid || (isShared && (its.mode & bits) !== 0);
}

/** Whether a user may put another file in the place of one: in its folder, or with a folder above. */
export function mayReplace(user: OsUser, path: string): boolean {
  const folder = dirname(resolve(path));
  return mayWrite(user, statSync(folder)) || (folder !== dirname(folder) && mayReplace(user, folder));
}

/** Whether this process may become another user. */
export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/**
 * Makes this process another user's for good, without any group of root. Linux then lets nobody but root read
 * its memory and its environment, not even that user: a process that has changed its user is not dumpable
 * (docs/guides/trust.md, A1).
 *
 * @throws Error if the process could still go back, or its memory could be read
 */
export function becomeUser({ name, uid, gid }: OsUser): void {
  const { setgroups, setgid, setuid, geteuid } = process;
  if (!setgroups || !setgid || !setuid || !geteuid)
    throw new Error(
      "This runtime cannot change the user of a process. Run the command as a script, on Node.js.",
    );
  setgroups([]);
  setgid(gid);
  setuid(uid);
  if (geteuid() !== uid) throw new Error(`The guard could not become the user ${name}.`);
  if (uid !== 0 && isDumpable())
    throw new Error(
      `The memory of a process of ${name} can be read by that user, although it has changed its user: fs.suid_dumpable is 1. Set it to 0: sysctl fs.suid_dumpable=0.`,
    );
}

/**
 * Whether other processes of the same user may read this one's memory and environment. Not known except on
 * Linux: then yes.
 */
export function isDumpable(): boolean {
  if (process.platform !== "linux") return true;
  // Of a process that is not dumpable, root owns the files in /proc (source: proc(5)).
  return statSync("/proc/self/environ").uid !== 0 || isRoot();
}

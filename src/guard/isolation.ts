import { spawn } from "node:child_process";
import { once } from "node:events";
import { url } from "node:inspector";
import { becomeUser, isDumpable, type OsUser } from "./os-user";

/** How a guard is kept apart from the command. */
export type Isolation = "second_user" | "not_dumpable" | "namespace" | "none" | "not_tried" | "not_known";

/** Which users the guard and the command become. */
export interface OsUsers {
  readonly command?: OsUser;
  readonly guard?: OsUser;
}

/**
 * Keeps debuggers out of this process, which could read the key from it. Node.js opens one, to which any user can connect, for whoever sends
 * `SIGUSR1`: that may be every process of the same user, and one in a pid namespace that is in the same process group.
 *
 * @throws Error if a debugger is open
 */
export function keepDebuggersOut(): void {
  if (!process.listeners("SIGUSR1").includes(takeNoNotice)) process.on("SIGUSR1", takeNoNotice);
  if (url() !== undefined)
    throw new Error(
      "A debugger is open in this process, and could read the key. Start the guard without --inspect, also in NODE_OPTIONS.",
    );
}

/** What a process listens to is not what Node.js does by default. */
const takeNoNotice = (): void => undefined;

/** Exit codes of the attempt, which no program that starts it uses. */
const READ = 93;
const NOT_READ = 94;

/**
 * Finds out by trying whether a command could read the guard: a program that starts as the command would tries to read the
 * environment of this process, once this process is what the guard would be. So it changes this process's user for good.
 *
 * @param prefix what starts the command, such as `unshare` with its options
 */
export async function measureIsolation(
  { command, guard }: OsUsers,
  prefix: readonly string[],
): Promise<Isolation> {
  if (process.platform !== "linux") return "not_known";
  // Started before this process gives its rights up, and held back until then.
  const probe = `cat /proc/${process.pid}/environ >/dev/null 2>&1 && exit ${READ}; exit ${NOT_READ}`;
  const child = spawn("sh", ["-c", 'read -r _ && exec "$@"', "sh", ...prefix, "sh", "-c", probe], {
    stdio: ["pipe", "ignore", "inherit"],
    ...(command && { uid: command.uid, gid: command.gid }),
  });
  const ended = once(child, "exit") as Promise<[number | null]>;
  if (guard) becomeUser(guard);
  child.stdin.end("go\n");
  const [code] = await ended;
  if (code === READ) return "none";
  if (code !== NOT_READ)
    throw new Error(`${prefix.join(" ")} starts no command. Name what does, such as unshare, and no engine.`);
  if (command && command.uid !== (process.getuid?.() ?? -1)) return "second_user";
  return isDumpable() ? "namespace" : "not_dumpable";
}

/** What the isolation means, for people. */
export const ISOLATIONS: Readonly<Record<Isolation, string>> = {
  second_user:
    "The command runs as another user. It cannot read the guard's memory, environment or open files.",
  not_dumpable:
    "The command runs as the same user, but the guard has become that user from root, so nobody but root can read its memory, environment or open files.",
  namespace:
    "The command runs in a pid namespace of its own, where the guard is not visible. It cannot read the guard's memory, environment or open files.",
  none: "The command runs as the guard's user. A configuration cannot read a key that comes by --key-from-stdin, but it can read one in any environment, and a program of that user can read the guard's memory. Start the guard as root with --user and --guard-user, or the command in a pid namespace: docs/guides/guard.md.",
  not_tried:
    "The command is started as the guard's user, and may be able to read its memory. To find out: --check.",
  not_known:
    "This system does not show how processes are kept apart. A program of the guard's user may read its memory.",
};

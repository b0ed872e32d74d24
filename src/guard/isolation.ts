import { url } from "node:inspector";
import type { OsUser } from "./os-user";

/** Which users the guard and the command become. */
export interface OsUsers {
  readonly command?: OsUser;
  readonly guard?: OsUser;
}

/**
 * Keeps debuggers out of this process, which could read the key from it (docs/guides/trust.md, A1). A process
 * that sends `SIGUSR1` makes Node.js open one, to which any user can connect. Every process of the same user
 * may send it, and so may one in a pid namespace that is in the same process group.
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

/** What the guard says at its start if the command has the guard's user; nothing, if it has another one. */
export function describeSharedUser({ command, guard }: OsUsers): string | undefined {
  if (command === undefined)
    return "The command runs as the guard's own user. Unless it runs in a container or a pid namespace of its own, its programs can read the guard's memory, and a configuration can read a key in any environment. Start the guard as root with --user and --guard-user: docs/guides/guard.md.";
  if (command.uid === guard?.uid)
    return `The command and the guard are both the user ${command.name}. The guard has become that user from root, so only root can read its memory.`;
  return undefined;
}

import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, chownSync, mkdtempSync, rmSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import type { OsUsers } from "./isolation";
import type { OsUser } from "./os-user";

/** How a command runs under a guard. */
export interface CommandOptions {
  /** Its whole environment. */
  readonly environment: NodeJS.ProcessEnv;
  /** Whether it gets this process's standard input. */
  readonly withInput: boolean;
  /** The user of the operating system that runs it; default this process's. */
  readonly user?: OsUser;
}

const FORWARDED = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Takes this process's signals from now on. @returns what ends that */
export function takeSignals(take: (signal: NodeJS.Signals) => void): () => void {
  for (const signal of FORWARDED) process.on(signal, take);
  return () => {
    for (const signal of FORWARDED) process.off(signal, take);
  };
}

/**
 * Runs a command to its end, and passes signals on to it exactly once: an engine that gets two gives up its
 * state.
 *
 * At a terminal, the command stays in this process's group, because only then may it ask there, and the
 * terminal itself sends Ctrl-C to both. Elsewhere, it gets a session of its own, so that a signal to the
 * group reaches it through this process alone.
 *
 * @returns its exit code, or 128 and the number of the signal that ended it
 * @throws Error if it cannot be started
 */
export function runCommand(
  [program = "", ...args]: readonly string[],
  { environment, withInput, user }: CommandOptions,
): Promise<number> {
  const isAtTerminal = process.stdin.isTTY || process.stderr.isTTY;
  return new Promise((resolve, reject) => {
    // Before the command runs, or a signal right after its start would end this process alone.
    const end = takeSignals((signal) => {
      if (!(isAtTerminal && signal === "SIGINT")) child.kill(signal);
    });
    const child = spawn(program, args, {
      stdio: [withInput ? "inherit" : "ignore", "inherit", "inherit"],
      env: { ...environment, ...(user && { HOME: user.home, USER: user.name, LOGNAME: user.name }) },
      detached: !isAtTerminal,
      // Without the groups of this process, too.
      ...(user && { uid: user.uid, gid: user.gid }),
    });
    child.once("error", (cause) => {
      end();
      reject(new Error(`${program} cannot be started: ${cause.message}`, { cause }));
    });
    child.once("exit", (code, signal) => {
      end();
      resolve(code ?? 128 + (signal ? constants.signals[signal] : 0));
    });
  });
}

/**
 * Tells the process that started this one as a keeper, if one did, that the guard listens, and waits until
 * either asks this process to end or the starter has ended.
 */
export function serveUntilEnd(): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      // An open channel would keep this process alive.
      if (process.connected) process.disconnect();
      resolve();
    };
    // Before the word: a run that changes nothing asks for the end at once, and a guard that died of it would
    // leave no summary.
    for (const signal of FORWARDED) process.once(signal, end);
    process.once("disconnect", end);
    process.send?.("ready");
  });
}

/** Whether this program is an executable, which holds its runtime. */
export function isExecutable(): boolean {
  return process.versions.bun !== undefined;
}

/** What starts this program again: the runtime, its options and the script, or the executable. */
export function ownProgram(): string[] {
  // The second argument of an executable is a name that only it knows.
  return [process.execPath, ...(isExecutable() ? [] : [...process.execArgv, ...process.argv.slice(1, 2)])];
}

/** How a guard in a process of its own is started. */
export interface KeeperOptions {
  /** What the command `guard` gets, but for its users and its socket. */
  readonly args: readonly string[];
  readonly users: OsUsers;
  /** With the key, unless standard input gives it. */
  readonly environment: NodeJS.ProcessEnv;
  /** Whether it gets this process's standard input. */
  readonly withInput?: boolean;
  /** Default one in a new folder. */
  readonly socket?: string | undefined;
}

/**
 * Does something while a guard runs as another process, which may become another user. This process stays
 * root without the key, because only root may signal both of them (docs/guides/trust.md, A1).
 *
 * @param work gets the socket of the guard
 * @throws Error if the guard ends before it is ready, has said why, and nothing was done; or if it ends for
 *   another reason than the end of the work (D4)
 */
export async function underKeeper<T>(
  { args, users, environment, withInput = false, socket: given }: KeeperOptions,
  work: (socket: string) => Promise<T>,
): Promise<T> {
  const folder = given === undefined ? mkdtempSync(join("/tmp", "genauth-guard-")) : undefined;
  try {
    // The command's user may enter the folder, and put nothing in the place of the socket.
    if (folder !== undefined && users.command) {
      chownSync(folder, 0, users.command.gid);
      chmodSync(folder, 0o710);
    }
    const socket = given ?? join(folder ?? "", "guard.sock");
    const userArguments = [
      ...(users.command ? ["--user", String(users.command.uid)] : []),
      ...(users.guard ? ["--guard-user", String(users.guard.uid)] : []),
    ];
    const [program = "", ...script] = ownProgram();
    const child = spawn(program, [...script, "guard", ...args, "--listen", socket, ...userArguments], {
      stdio: [withInput ? "inherit" : "ignore", "inherit", "inherit", "ipc"],
      env: environment,
      // Ctrl-C must not reach the guard before the command has ended.
      detached: true,
    });
    const ended = once(child, "exit") as Promise<[number | null, NodeJS.Signals | null]>;
    const isReady = await Promise.race([once(child, "message").then(() => true), ended.then(() => false)]);
    if (!isReady) throw new Error("The guard did not start, so nothing was run.");
    const [done] = await Promise.allSettled([work(socket)]);
    const isEarly = child.exitCode !== null || child.signalCode !== null;
    child.kill("SIGTERM");
    const [code, signal] = await ended;
    if (done.status === "rejected") throw done.reason;
    if (!isEarly && code === 0) return done.value;
    throw new Error(
      `The guard ended with ${code ?? signal}${isEarly ? ", before the command did, which could change nobody any more" : ""}. Its summary and its audit may lack their end. Plan again to see who is left.`,
    );
  } finally {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  }
}

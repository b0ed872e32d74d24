import { type ChildProcess, spawn } from "node:child_process";
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

/**
 * Starts a program, and passes the signals of this process on to it until it has ended.
 *
 * @param name of the program
 * @param start starts it
 * @param passesOn whether it gets a signal; default each
 * @returns the process, and its exit code, or 128 and the number of the signal that ended it. The code comes when its outputs
 *   are closed, too.
 * @throws Error that names the program, if it cannot be started
 */
export function superviseProgram<P extends ChildProcess>(
  name: string,
  start: () => P,
  passesOn: (signal: NodeJS.Signals) => boolean = () => true,
): { readonly child: P; readonly ended: Promise<number> } {
  const pass = (signal: NodeJS.Signals) => void (passesOn(signal) && child?.kill(signal));
  const stopPassing = () => FORWARDED.forEach((signal) => process.off(signal, pass));
  const refused = (cause: unknown) => {
    stopPassing();
    const reason = cause instanceof Error ? cause.message : String(cause);
    return new Error(`${name} cannot be started: ${reason}`, { cause });
  };
  // Before the start, or a signal right after it would end this process alone.
  for (const signal of FORWARDED) process.on(signal, pass);
  let child: P | undefined;
  try {
    child = start();
  } catch (cause) {
    // Node.js throws most of the system's errors at once, and reports a missing program later.
    throw refused(cause);
  }
  const started = child;
  const ended = new Promise<number>((resolve, reject) => {
    started.once("error", (cause) => reject(refused(cause)));
    started.once("close", (code, signal) => {
      stopPassing();
      resolve(code ?? 128 + (signal ? constants.signals[signal] : 0));
    });
  });
  return { child: started, ended };
}

/**
 * Runs a command to its end. It gets each signal that this process gets, once: an engine that gets two gives
 * up its state.
 *
 * At a terminal, the command stays in this process's group, because only then may it ask there. The terminal
 * sends Ctrl-C to both, so it is not passed on. Elsewhere, the command gets a session of its own, so that a
 * signal to the group reaches it through this process alone.
 *
 * @returns its exit code, or 128 and the number of the signal that ended it
 * @throws Error if it cannot be started
 */
export async function runCommand(
  [program = "", ...args]: readonly string[],
  { environment, withInput, user }: CommandOptions,
): Promise<number> {
  const isAtTerminal = process.stdin.isTTY || process.stderr.isTTY;
  const start = () =>
    spawn(program, args, {
      stdio: [withInput ? "inherit" : "ignore", "inherit", "inherit"],
      env: { ...environment, ...(user && { HOME: user.home, USER: user.name, LOGNAME: user.name }) },
      detached: !isAtTerminal,
      // With a user, Node.js drops the groups of this process, too.
      ...(user && { uid: user.uid, gid: user.gid }),
    });
  return await superviseProgram(program, start, (signal) => !(isAtTerminal && signal === "SIGINT")).ended;
}

/**
 * Waits until this process is asked to end. Tells the process that started it that it listens, if
 * {@link underKeeper} did; the end of that process is then a request, too.
 */
export function serveUntilEnd(): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      // An open channel would keep this process alive.
      if (process.connected) process.disconnect();
      resolve();
    };
    // Before "ready": a run that changes nothing asks for the end at once. A guard that a signal killed would
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

/** The process of a guard that is ready, and how it ends: with an exit code or a signal. */
interface GuardProcess {
  readonly child: ChildProcess;
  readonly ended: Promise<[number | null, NodeJS.Signals | null]>;
}

/**
 * Starts a guard as a process of its own, and waits until it is ready. A signal to this process ends the guard
 * meanwhile: if it ended this process alone, it would leave a guard that still reads its plan.
 *
 * @throws Error if the guard ends before it is ready; it has said why
 */
async function startGuard(
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
  withInput: boolean,
): Promise<GuardProcess> {
  const stop = () => void child.kill("SIGTERM");
  // Before the process starts: a signal right after the start must find them.
  for (const signal of FORWARDED) process.on(signal, stop);
  const [program = "", ...script] = ownProgram();
  const child = spawn(program, [...script, "guard", ...args], {
    stdio: [withInput ? "inherit" : "ignore", "inherit", "inherit", "ipc"],
    env: environment,
    // Ctrl-C must not reach the guard before the command has ended.
    detached: true,
  });
  const ended = once(child, "exit") as GuardProcess["ended"];
  const isReady = await Promise.race([
    once(child, "message").then(() => true),
    ended.then(() => false),
  ]).finally(() => FORWARDED.forEach((signal) => process.off(signal, stop)));
  const isStopped = child.killed;
  if (isStopped) await ended;
  if (isStopped || !isReady) throw new Error("The guard did not start, so nothing was run.");
  return { child, ended };
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
    const guardArguments = [...args, "--listen", socket, ...userArguments];
    const { child, ended } = await startGuard(guardArguments, environment, withInput);
    const [done] = await Promise.allSettled([work(socket)]);
    const isEarly = child.exitCode !== null || child.signalCode !== null;
    child.kill("SIGTERM");
    const [code, signal] = await ended;
    const isAsIntended = !isEarly && code === 0;
    if (isAsIntended && done.status === "fulfilled") return done.value;
    if (isAsIntended && done.status === "rejected") throw done.reason;
    const early = isEarly ? " before the command did, so from then on the command could change nobody" : "";
    const end = `The guard ended with ${signal ?? `exit code ${code}`}${early}. Its summary and its audit may lack their end. Plan again to see who is left.`;
    if (done.status === "fulfilled") throw new Error(end);
    // The end of the guard may be why the work failed.
    const cause: unknown = done.reason;
    throw cause instanceof Error ? new Error(`${cause.message}\n${end}`, { cause }) : cause;
  } finally {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  }
}

import { spawn } from "node:child_process";
import { once } from "node:events";
import { constants } from "node:os";
import type { OsUser } from "./os-user";

/** How a command runs under a guard. */
export interface CommandOptions {
  /** Its whole environment. */
  readonly environment: NodeJS.ProcessEnv;
  /** Whether it gets this process's standard input. */
  readonly withInput: boolean;
  /** The user as whom it runs; default this process's. */
  readonly user?: OsUser;
}

const FORWARDED = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Runs a command to its end, and passes signals on to it exactly once: an engine that gets two gives up its state.
 *
 * At a terminal, the command stays in this process's group, because only then may it ask there, and the terminal itself sends Ctrl-C
 * to both. Elsewhere, it gets a session of its own, so that a signal to the group reaches it through this process alone.
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
    const forward = (signal: NodeJS.Signals): void => {
      if (!(isAtTerminal && signal === "SIGINT")) child.kill(signal);
    };
    // Before the command runs, or a signal right after its start would end this process alone.
    for (const signal of FORWARDED) process.on(signal, forward);
    const end = (): void => {
      for (const signal of FORWARDED) process.off(signal, forward);
    };
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
 * Tells the process that started this one as a keeper, if one did, that the guard listens, and waits until either asks this process to
 * end or the starter has ended.
 */
export function serveUntilEnd(): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      // An open channel would keep this process alive.
      if (process.connected) process.disconnect();
      resolve();
    };
    // Before the word: a run that changes nothing asks for the end at once, and a guard that died of it would leave no summary.
    for (const signal of FORWARDED) process.once(signal, end);
    process.once("disconnect", end);
    process.send?.("ready");
  });
}

/** A guard in a process of its own. */
export interface Keeper {
  /** Asks it to end, and waits until it has. */
  end(): Promise<void>;
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

/**
 * Starts the guard as another process, which becomes another user. This process stays root without the key, because only root may
 * signal both of them.
 *
 * @param args the arguments of this program
 * @param environment with the key, unless standard input gives it
 * @throws Error if the guard ends before it is ready; it has said why
 */
export async function startKeeper(
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
  withInput: boolean,
): Promise<Keeper> {
  const [program = "", ...script] = ownProgram();
  const child = spawn(program, [...script, ...args], {
    stdio: [withInput ? "inherit" : "ignore", "inherit", "inherit", "ipc"],
    env: environment,
    // Ctrl-C must not reach the guard before the command has ended.
    detached: true,
  });
  const exit = once(child, "exit");
  const first = await Promise.race([once(child, "message"), exit.then(() => undefined)]);
  if (first === undefined) throw new Error("The guard did not start, so nothing was run.");
  return {
    async end() {
      child.kill("SIGTERM");
      await exit;
    },
  };
}

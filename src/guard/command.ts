import { spawn } from "node:child_process";
import { constants } from "node:os";

/** How a command runs under a guard. */
export interface CommandOptions {
  /** Its whole environment. */
  readonly environment: NodeJS.ProcessEnv;
  /** Whether it gets this process's standard input. */
  readonly withInput: boolean;
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
  { environment, withInput }: CommandOptions,
): Promise<number> {
  const isAtTerminal = process.stdin.isTTY || process.stderr.isTTY;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      stdio: [withInput ? "inherit" : "ignore", "inherit", "inherit"],
      env: environment,
      detached: !isAtTerminal,
    });
    const forward = (signal: NodeJS.Signals): void => {
      if (!(isAtTerminal && signal === "SIGINT")) child.kill(signal);
    };
    for (const signal of FORWARDED) process.on(signal, forward);
    const end = (): void => {
      for (const signal of FORWARDED) process.off(signal, forward);
    };
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

/** Waits until this process is asked to end. */
export function waitForSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of FORWARDED) process.once(signal, () => resolve());
  });
}

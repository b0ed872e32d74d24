import { setImmediate } from "node:timers/promises";
import { codeOf, explainWriteError } from "../files";
import { ExitCode } from "./command-line";
import { endProgressLine } from "./progress-line";

/** The command's output errors, exit code and signals. */

/**
 * Keeps an output error from ending the process with a stack trace. If the reader closes the pipe (`| head`),
 * the rest is dropped, and the command's exit code does not change. Any other error, such as a full disk, is
 * reported on standard error and makes the command fail.
 */
export function handleOutputErrors(): void {
  process.stdout.on("error", (error: Error) => {
    if (codeOf(error) === "EPIPE") return;
    process.stderr.write(`error: standard output cannot be written: ${explainWriteError(error)}\n`);
    process.exitCode = ExitCode.FAILED;
  });
  // An error of standard error itself can only be reported by the exit code.
  process.stderr.on("error", (error: Error) => {
    if (codeOf(error) !== "EPIPE") process.exitCode = ExitCode.FAILED;
  });
}

/**
 * Writes text to standard output.
 *
 * @returns whether all of it was written; if not, `handleOutputErrors` has reported why
 */
export function writeToStandardOutput(text: string): Promise<boolean> {
  return new Promise((resolve) => process.stdout.write(text, (error) => resolve(!error)));
}

/** Sets the exit code of a finished command, unless its output failed. */
export function setExitCode(code: number): void {
  process.exitCode = process.exitCode === ExitCode.FAILED ? ExitCode.FAILED : code;
}

/**
 * Reports a signal, then ends the process by that signal, so that a shell's loop ends too. For commands that
 * only read and write files; each file is written whole or not at all.
 */
export function explainInterruption(): void {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.once(signal, () => {
      endProgressLine();
      process.stderr.write(`error: interrupted by ${signal}. No file is half-written; run this again.\n`);
      process.kill(process.pid, signal);
    });
  }
}

/** Lets a signal that arrived while the process was blocked by writing files take effect. */
export async function noticeSignals(): Promise<void> {
  // The event loop is certain to have polled before the second one.
  await setImmediate();
  await setImmediate();
}

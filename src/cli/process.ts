import { setImmediate } from "node:timers/promises";
import { explainWriteError } from "../files";
import { ExitCode } from "./command-line";

/** The command as a process: what becomes of its outputs, and of a signal that asks it to end. */

/**
 * Keeps an output that cannot be written from ending the process with a stack. A reader that has read enough (`| head`)
 * is no failure: the rest is dropped, and the exit code stays that of the command. Anything else, such as a full disk,
 * is said on standard error and makes the command fail.
 */
export function handleOutputErrors(): void {
  process.stdout.on("error", (error: Error) => {
    if (isClosedByReader(error)) return;
    process.stderr.write(`error: standard output cannot be written: ${explainWriteError(error)}\n`);
    process.exitCode = ExitCode.FAILED;
  });
  // Nothing can be said about standard error itself; the exit code still tells.
  process.stderr.on("error", (error: Error) => {
    if (!isClosedByReader(error)) process.exitCode = ExitCode.FAILED;
  });
}

/** Sets the exit code of a command that is done; a failed output has the last word. */
export function setExitCode(code: number): void {
  process.exitCode = process.exitCode === ExitCode.FAILED ? ExitCode.FAILED : code;
}

/**
 * Says what a signal interrupted, then ends by that signal, so that a shell's loop ends with it. For commands that do
 * nothing but read and write files; each file is written whole or not at all.
 */
export function explainInterruption(): void {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.once(signal, () => {
      process.stderr.write(`error: interrupted by ${signal}. No file is half-written; run this again.\n`);
      process.kill(process.pid, signal);
    });
  }
}

/** Lets a signal that came while the process was blocked, by writing files, take effect before the command goes on. */
export async function noticeSignals(): Promise<void> {
  // The second one is sure to come after the event loop has polled.
  await setImmediate();
  await setImmediate();
}

function isClosedByReader(error: Error): boolean {
  return "code" in error && error.code === "EPIPE";
}

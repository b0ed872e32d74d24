import { spawn } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { stripVTControlCharacters } from "node:util";
import { isNativeError } from "node:util/types";

/** The result of a finished process. */
export interface Finished {
  /** The exit code, or 128 plus the signal's number if a signal ended it, as in a shell. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Both outputs in order of arrival, without colours. */
  readonly text: string;
}

/** How to start a process. */
export interface ChildOptions {
  readonly cwd: string;
  /** The whole environment: nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
}

/** A running process and everything it started. */
export interface Child {
  readonly pid: number;
  readonly finished: Promise<Finished>;
  /** Both outputs so far, without colours. */
  text(): string;
  /** Signals the process and its children, as a terminal does for Ctrl-C. Does nothing if they have ended. */
  signal(signal: NodeJS.Signals): void;
  /** Resolves once the output matches; rejects with the output if the process ends before. */
  waitFor(pattern: RegExp): Promise<void>;
}

/** The numbers that shells add to 128 (source: POSIX `kill`). */
const SIGNAL_NUMBERS: Partial<Record<NodeJS.Signals, number>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGKILL: 9,
  SIGTERM: 15,
};

/**
 * Starts a program in its own process group. Ctrl-C at the terminal then reaches it only once, through this process, and its
 * children can be ended with it.
 *
 * @returns immediately; `finished` rejects if the program cannot be started
 */
export function startChild(command: string, args: readonly string[], options: ChildOptions): Child {
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: options.env,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const out: string[] = [];
  const err: string[] = [];
  const both: string[] = [];
  const output = new EventEmitter();
  const text = () => stripVTControlCharacters(both.join(""));
  const collect = (pieces: string[]) => (piece: string) => {
    pieces.push(piece);
    both.push(piece);
    output.emit("piece");
  };
  child.stdout.setEncoding("utf8").on("data", collect(out));
  child.stderr.setEncoding("utf8").on("data", collect(err));

  const finished = new Promise<Finished>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) =>
      resolve({
        code: code ?? 128 + ((signal && SIGNAL_NUMBERS[signal]) ?? 0),
        stdout: out.join(""),
        stderr: err.join(""),
        text: text(),
      }),
    );
  });

  return {
    get pid() {
      if (child.pid === undefined) throw new Error(`${command} could not be started.`);
      return child.pid;
    },
    finished,
    text,
    signal: (signal) => signalGroup(child.pid, signal),
    waitFor: async (pattern) => {
      const end = finished.then(() => "ended" as const);
      let happened: unknown;
      while (!pattern.test(text())) {
        if (happened === "ended") {
          throw new Error(`${command} ended before its output matched ${String(pattern)}:\n${text()}`);
        }
        happened = await Promise.race([once(output, "piece"), end]);
      }
    },
  };
}

/** Runs a program to its end. */
export function runChild(command: string, args: readonly string[], options: ChildOptions): Promise<Finished> {
  return startChild(command, args, options).finished;
}

/** Runs a program that must succeed. @throws Error with all its output, if it fails */
export async function runToSuccess(...call: Parameters<typeof runChild>): Promise<Finished> {
  const finished = await runChild(...call);
  if (finished.code !== 0) throw new Error(`${call[0]} ended with ${finished.code}:\n${finished.text}`);
  return finished;
}

function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if (!(isNativeError(error) && "code" in error && error.code === "ESRCH")) throw error;
  }
}

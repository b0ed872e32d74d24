import { tmpdir } from "node:os";
import { type Child, type Finished, startChild } from "./engine/child";
import { cleanEnvironment } from "./engine/clean-environment";
import { FORM, programPath } from "./provider-form";
import { COMMANDS } from "../../src/cli/commands";
import { runProgram } from "../../src/cli/program";
import { concealSecret } from "../../src/operator";

/**
 * Starts `cdktf-genauth` in a folder outside this project.
 *
 * @param options variables of the run, and options of Node.js before the script
 */
export function startCommand(
  args: readonly string[],
  { env = {}, nodeOptions = [] }: CommandOptions = {},
): Child {
  const program = programPath("cdktf-genauth");
  const [file, before] = FORM === "script" ? [process.execPath, [...nodeOptions, program]] : [program, []];
  return startChild(file, [...before, ...args], {
    cwd: tmpdir(),
    env: cleanEnvironment("", env),
  });
}

let hasStarted = false;
let last: Promise<unknown> = Promise.resolve();

/**
 * Runs `cdktf-genauth` to its end, one run after the other: the source in this process, which takes a twentieth of the CPU time
 * of a process. The first run of a file, and every one on executables, is a process.
 *
 * @param env variables of the run
 */
export async function runCommand(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Finished> {
  if (!hasStarted || FORM === "executable") {
    hasStarted = true;
    return startCommand(args, { env }).finished;
  }
  const run = last.then(() => runHere(args, cleanEnvironment("", env)));
  last = run.catch(() => undefined);
  return run;
}

async function runHere(args: readonly string[], environment: NodeJS.ProcessEnv): Promise<Finished> {
  const pieces: { readonly isError: boolean; readonly text: string }[] = [];
  // As a process that `startCommand` starts.
  const restore = [withoutTerminal(), capture(process.stdout, false), capture(process.stderr, true)];
  // A command that can be interrupted leaves its listeners to the end of the process.
  const listeners = SIGNALS.map((signal) => [signal, process.listeners(signal)] as const);
  try {
    const code = await runProgram(COMMANDS, args, concealSecret(environment));
    const textOf = (isError?: boolean) =>
      pieces
        .flatMap((piece) => (isError === undefined || piece.isError === isError ? [piece.text] : []))
        .join("");
    return { code, stdout: textOf(false), stderr: textOf(true), text: textOf() };
  } finally {
    for (const each of restore) each();
    for (const [signal, before] of listeners)
      for (const listener of process.listeners(signal))
        if (!before.includes(listener)) process.off(signal, listener);
  }

  function capture(stream: NodeJS.WriteStream, isError: boolean): () => void {
    const write = stream.write.bind(stream);
    // Also where somebody runs the tests on a terminal.
    const { isTTY } = stream;
    stream.isTTY = false;
    stream.write = (text: string | Uint8Array, ...rest: unknown[]) => {
      pieces.push({ isError, text: Buffer.from(text as string).toString() });
      const written = rest.find((each) => typeof each === "function") as (() => void) | undefined;
      written?.();
      return true;
    };
    return () => {
      stream.write = write;
      stream.isTTY = isTTY;
    };
  }
}

function withoutTerminal(): () => void {
  const { isTTY } = process.stdin;
  process.stdin.isTTY = false;
  return () => (process.stdin.isTTY = isTTY);
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

interface CommandOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly nodeOptions?: readonly string[];
}

/** The variables that a running `cdktf-genauth emulator` prints to export. */
export function exportsOf(emulator: Child): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...emulator.text().matchAll(/^export (\w+)=(\S+)$/gm)].map(([, name = "", value = ""]) => [name, value]),
  );
}

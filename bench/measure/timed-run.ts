import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { runChild } from "../../test/support/engine/child";

/** The time that a program and its child processes took. */
export interface Cost {
  readonly seconds: number;
  /** User and system time, which other load on the machine hardly affects. */
  readonly cpuSeconds: number;
}

/** Runs a command and writes the CPU time of its processes, by the shell's `times`. */
const TIMED = 'times_file="$1"; shift; "$@"; code=$?; times > "$times_file"; exit $code';

/**
 * Runs a program to its end.
 *
 * @throws Error with its output if it fails
 */
export async function timedRun(
  command: string,
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>>,
): Promise<Cost> {
  const timesFile = join(cwd, "times.txt");
  const begun = performance.now();
  const { code, text } = await runChild("/bin/sh", ["-c", TIMED, "sh", timesFile, command, ...args], {
    cwd,
    env,
  });
  const seconds = (performance.now() - begun) / 1000;
  if (code !== 0) throw new Error(`${command} ${args.join(" ")} failed with ${code}:\n${text}`);
  const [, ofChildren = ""] = readFileSync(timesFile, "utf8").split("\n");
  rmSync(timesFile);
  return { seconds, cpuSeconds: secondsOf(ofChildren) };
}

/** The sum of times such as `0m1.23s 0m0.45s`. */
function secondsOf(line: string): number {
  return [...line.matchAll(/(\d+)m([\d.]+)s/g)].reduce(
    (sum, [, minutes, seconds]) => sum + Number(minutes) * 60 + Number(seconds),
    0,
  );
}

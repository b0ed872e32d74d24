import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

/** The usage of a process of Node.js, or of an executable. */
export interface Usage {
  /** User and system time, in milliseconds. */
  readonly cpuMs: number;
  /** The peak resident memory, in bytes. */
  readonly peak: number;
  /** Its resident memory, sampled many times per second. */
  readonly over: readonly Sample[];
}

/** Resident memory at a moment. */
export interface Sample {
  /** In milliseconds since 1970. */
  readonly at: number;
  /** In bytes. */
  readonly resident: number;
}

/** The variables that make every process of Node.js, and every executable, of a run report its usage. */
export function reportingTo(file: string): Readonly<Record<string, string>> {
  const reporter = join(__dirname, "report-usage.cjs");
  return {
    NODE_OPTIONS: `--require ${JSON.stringify(reporter)}`,
    // Bun takes quotes as part of the path.
    BUN_OPTIONS: `--preload=${reporter}`,
    BENCH_USAGE_FILE: file,
  };
}

/** Takes the reports of the processes that have exited, in that order. */
export function takeReports(file: string): readonly Usage[] {
  const lines = readFileSync(file, "utf8").trim().split("\n");
  rmSync(file);
  return lines.map((line) => JSON.parse(line) as Usage);
}

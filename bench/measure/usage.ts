import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

/** What a Node.js process used until its end. */
export interface Usage {
  /** User and system time, in milliseconds. */
  readonly cpuMs: number;
  /** The most resident memory, in bytes. */
  readonly peak: number;
  /** Its resident memory, many times a second. */
  readonly over: readonly Sample[];
}

/** Resident memory at a moment. */
export interface Sample {
  /** In milliseconds since 1970. */
  readonly at: number;
  /** In bytes. */
  readonly resident: number;
}

/** The variables that make every Node.js process below a run report what it used. */
export function reportingTo(file: string): Readonly<Record<string, string>> {
  return {
    NODE_OPTIONS: `--require ${JSON.stringify(join(__dirname, "report-usage.cjs"))}`,
    BENCH_USAGE_FILE: file,
  };
}

/** Takes the reports of the processes that ended, in the order in which they did. */
export function takeReports(file: string): readonly Usage[] {
  const lines = readFileSync(file, "utf8").trim().split("\n");
  rmSync(file);
  return lines.map((line) => JSON.parse(line) as Usage);
}

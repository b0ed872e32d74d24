import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { FORM } from "../provider-form";

/** Makes a process write reports about itself into its working folder, when `requestReports` is called. */
export const REPORTS_ON_SIGNAL: Readonly<Record<string, string>> =
  FORM === "executable"
    ? { BUN_OPTIONS: `--preload=${join(__dirname, "bun-reports.cjs")}` }
    : { NODE_OPTIONS: "--report-on-signal --report-signal=SIGWINCH --heapsnapshot-signal=SIGUSR2" };

/** Requests a process's diagnostic report and heap snapshot. */
export function requestReports(pid: number): void {
  process.kill(pid, "SIGWINCH");
  process.kill(pid, "SIGUSR2");
}

/** Whether the reports in a folder contain a text, by kind of file. */
export function findInReports(folder: string, text: string): Record<string, boolean> {
  const kinds: Record<string, boolean> = {};
  for (const name of readdirSync(folder)) {
    const [, begin, end] = /^(Heap|report)\..*\.(\w+)$/.exec(name) ?? [];
    if (begin === undefined || end === undefined) continue;
    const kind = `${begin}.*.${end}`;
    kinds[kind] = (kinds[kind] ?? false) || readFileSync(join(folder, name), "utf8").includes(text);
  }
  return kinds;
}

/** The result of `findInReports` if both kinds exist and neither contains the text. */
export const BOTH_WITHOUT_TEXT = { "Heap.*.heapsnapshot": false, "report.*.json": false };

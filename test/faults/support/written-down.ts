import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Makes Node.js write down what it knows of a process, when `writeDown` asks, into the folder where it runs. */
export const WRITES_ITSELF_DOWN = {
  NODE_OPTIONS: "--report-on-signal --report-signal=SIGWINCH --heapsnapshot-signal=SIGUSR2",
};

/** Asks a process for its diagnostic report and its heap snapshot. */
export function writeDown(pid: number): void {
  process.kill(pid, "SIGWINCH");
  process.kill(pid, "SIGUSR2");
}

/** What Node.js wrote down of processes in a folder, by kind of file, and whether any of it holds a text. */
export function writtenDown(folder: string, text: string): Record<string, boolean> {
  const kinds: Record<string, boolean> = {};
  for (const name of readdirSync(folder)) {
    const [, begin, end] = /^(Heap|report)\..*\.(\w+)$/.exec(name) ?? [];
    if (begin === undefined || end === undefined) continue;
    const kind = `${begin}.*.${end}`;
    kinds[kind] = (kinds[kind] ?? false) || readFileSync(join(folder, name), "utf8").includes(text);
  }
  return kinds;
}

/** What `writtenDown` finds where both were written and neither holds the text. */
export const BOTH_WITHOUT_IT = { "Heap.*.heapsnapshot": false, "report.*.json": false };

import { readFileSync } from "node:fs";
import type { ProcessEntry } from "./process";

/** Looks at a process on Linux. */
export function readFromProc(pid: string): ProcessEntry {
  // Each argument ends with a zero.
  const args = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").slice(0, -1);
  // After the name in brackets, which may hold blanks, the parent is the 2nd field and the start time the 20th
  // (source: proc(5)).
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
  return { args, parent: fields[1] ?? "", key: `${pid}-${fields[19] ?? ""}` };
}

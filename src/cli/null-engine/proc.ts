import { readFileSync } from "node:fs";
import type { EngineProcess } from "./engine-process";

/** Looks at a process on Linux. */
export function readFromProc(pid: string): EngineProcess {
  // Each argument ends with a zero.
  const args = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").slice(0, -1);
  // After the name in brackets, which may hold blanks, the start time is the 20th field (source: proc(5)).
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
  // Starts the very file that runs, also where another one lies in its place by now.
  return { args, program: `/proc/${pid}/exe`, key: `${pid}-${fields[19] ?? ""}` };
}

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** The process that started this one. */
export interface ParentProcess {
  /** Its arguments, its own name first. */
  readonly args: readonly string[];
  /** Names this process and no other, also one that gets its number later. */
  readonly key: string;
}

/** @throws Error where the system does not tell */
export function readParentProcess(pid: number = process.ppid): ParentProcess {
  if (process.platform === "linux") {
    const args = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
    // After the name in brackets, which may hold blanks, the start time is the 20th field (source: proc(5)).
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
    return { args, key: `${pid}-${fields[19] ?? ""}` };
  }
  const ask = (what: string): string =>
    execFileSync("ps", ["-o", `${what}=`, "-p", String(pid)], { encoding: "utf8" }).trim();
  return { args: ask("command").split(/\s+/), key: `${pid}-${ask("lstart").replaceAll(/\W+/g, "-")}` };
}

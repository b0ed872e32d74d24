import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";

/** A process, as the system tells it. */
export interface ProcessEntry {
  /** Its arguments, its own name first. Where the system is asked by `ps`, those with blanks come in pieces. */
  readonly args: readonly string[];
  /** The number of the process that started it. */
  readonly parent: string;
  /** Names this process and no other, also one that gets its number later. It begins with the number and `-`. */
  readonly key: string;
}

/**
 * Looks at a process.
 *
 * @throws Error where there is none of that number, or the system does not tell
 */
export function readProcess(pid: string): ProcessEntry {
  if (!/^\d+$/.test(pid)) throw new Error(`"${pid}" is no process id.`);
  return process.platform === "linux" ? readFromProc(pid) : readFromPs(pid);
}

/** Whether a process is still there. One that the system does not show is taken for ended. */
export function isRunning(key: string): boolean {
  const [pid = ""] = key.split("-");
  try {
    return readProcess(pid).key === key;
  } catch {
    return false;
  }
}

/**
 * Finds the engine that started a plugin. Version managers put a program of their own in the place of `node`, which starts
 * the real one and stays between the two; it is known by the plugin's file among its arguments.
 *
 * @param parent the process that started the plugin
 * @param file the plugin's executable, as an absolute path
 * @throws Error where the system does not tell
 */
export function findEngine(parent: string, file: string): ProcessEntry {
  const entry = readProcess(parent);
  const isBetween = entry.args.some((argument) => resolve(argument) === file);
  return isBetween ? findEngine(entry.parent, file) : entry;
}

/** Looks at a process on Linux. */
export function readFromProc(pid: string): ProcessEntry {
  // Each argument ends with a zero.
  const args = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").slice(0, -1);
  // After the name in brackets, which may hold blanks, the parent is the 2nd field and the start time the 20th
  // (source: proc(5)).
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
  return { args, parent: fields[1] ?? "", key: `${pid}-${fields[19] ?? ""}` };
}

/** Looks at a process where there is no `/proc`, as on macOS. */
export function readFromPs(pid: string): ProcessEntry {
  // "ww" for the whole line: without a terminal, `ps` of macOS cuts it at 79 columns.
  const ask = (what: string): string =>
    execFileSync("ps", ["-ww", "-o", `${what}=`, "-p", pid], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
  return {
    args: ask("command").split(" "),
    parent: ask("ppid"),
    key: `${pid}-${ask("lstart").replaceAll(/\W+/g, "-")}`,
  };
}

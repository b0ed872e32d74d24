import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";

/** A process, as the operating system reports it. */
export interface ProcessEntry {
  /** Its arguments, its own name first. `ps` splits arguments that contain spaces. */
  readonly args: readonly string[];
  /** The id of the process that started it. */
  readonly parent: string;
  /** Identifies this process, and no later one with the same id. It begins with the id and `-`. */
  readonly key: string;
}

/**
 * Reads a process's entry.
 *
 * @throws Error if there is no such process, or the operating system does not show it
 */
export function readProcess(pid: string): ProcessEntry {
  if (!/^\d+$/.test(pid)) throw new Error(`"${pid}" is not a process id.`);
  return process.platform === "linux" ? readFromProc(pid) : readFromPs(pid);
}

/** Whether a process still runs. One that the operating system does not show counts as ended. */
export function isRunning(key: string): boolean {
  const [pid = ""] = key.split("-");
  try {
    return readProcess(pid).key === key;
  } catch {
    return false;
  }
}

/**
 * Finds the engine that started a plugin. Version managers replace `node` with a program that starts the real
 * one and stays between the two. It is recognised by the plugin's file among its arguments.
 *
 * @param parent the process that started the plugin
 * @param file the plugin's executable, as an absolute path
 * @throws Error if the operating system does not show it
 */
export function findEngine(parent: string, file: string): ProcessEntry {
  const entry = readProcess(parent);
  const isBetween = entry.args.some((argument) => resolve(argument) === file);
  return isBetween ? findEngine(entry.parent, file) : entry;
}

/** Reads a process's entry on Linux. */
export function readFromProc(pid: string): ProcessEntry {
  // Each argument ends with a zero.
  const args = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").slice(0, -1);
  // After the name in parentheses, which may contain spaces, the parent is the 2nd field and the start time
  // the 20th (source: proc(5)).
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
  return { args, parent: fields[1] ?? "", key: `${pid}-${fields[19] ?? ""}` };
}

/** Reads a process's entry where there is no `/proc`, as on macOS. */
export function readFromPs(pid: string): ProcessEntry {
  // "ww" prints the whole line: without a terminal, `ps` of macOS cuts it at 79 columns.
  const ask = (field: string): string =>
    execFileSync("ps", ["-ww", "-o", `${field}=`, "-p", pid], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
  return {
    args: ask("command").split(" "),
    parent: ask("ppid"),
    key: `${pid}-${ask("lstart").replaceAll(/\W+/g, "-")}`,
  };
}

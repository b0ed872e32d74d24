import { readFromProc } from "./proc";
import { readFromPs } from "./ps";

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

import { readdirSync, readFileSync } from "node:fs";

/** The child processes of a process, such as the providers of an engine. Linux only. */
export function childrenOf(parent: number): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const [, rest = ""] = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ");
        return rest.split(" ")[1] === String(parent);
      } catch {
        // It ended after it was listed.
        return false;
      }
    });
}

/** The command line of a process, which everybody on the machine can read. */
export function argumentsOf(pid: number): string[] {
  return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").slice(0, -1);
}

/** The initial variables of a process that contain a text, which its own user can read. */
export function variablesWith(text: string, pid: number): string[] {
  return readFileSync(`/proc/${pid}/environ`, "utf8")
    .split("\0")
    .filter((entry) => entry.includes(text))
    .map((entry) => entry.slice(0, entry.indexOf("=")));
}

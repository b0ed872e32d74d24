import { readdirSync, readFileSync } from "node:fs";

/** The processes that a process has started, such as the providers of an engine; on Linux, from /proc. */
export function childrenOf(parent: number): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const [, rest = ""] = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ");
        return rest.split(" ")[1] === String(parent);
      } catch {
        // It ended between the listing and the reading.
        return false;
      }
    });
}

/** The command line of a process, as anybody on the machine can read it. */
export function argumentsOf(pid: number): string[] {
  return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").slice(0, -1);
}

/** The variables that a process was started with and that hold a text, as its own user can read them. */
export function variablesWith(text: string, pid: number): string[] {
  return readFileSync(`/proc/${pid}/environ`, "utf8")
    .split("\0")
    .filter((entry) => entry.includes(text))
    .map((entry) => entry.slice(0, entry.indexOf("=")));
}

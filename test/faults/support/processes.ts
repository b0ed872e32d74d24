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

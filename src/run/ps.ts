import { execFileSync } from "node:child_process";
import type { ProcessEntry } from "./process";

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

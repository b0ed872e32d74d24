import { execFileSync } from "node:child_process";
import type { EngineProcess } from "./engine-process";

/** Looks at a process where there is no `/proc`, as on macOS. */
export function readFromPs(pid: string): EngineProcess {
  // "ww" for the whole line: without a terminal, `ps` of macOS cuts it at 79 columns.
  const ask = (what: string): string => run("ps", "-ww", "-o", `${what}=`, "-p", pid).trim();
  // The program is the first of the files that are mapped as text (source: lsof(8)).
  const program = /^n(.+)$/m.exec(run("lsof", "-a", "-p", pid, "-d", "txt", "-Fn"))?.[1];
  if (program === undefined) throw new Error("lsof does not name its program.");
  return {
    args: ask("command").split(" "),
    program,
    key: `${pid}-${ask("lstart").replaceAll(/\W+/g, "-")}`,
  };
}

function run(program: string, ...args: readonly string[]): string {
  return execFileSync(program, args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
}

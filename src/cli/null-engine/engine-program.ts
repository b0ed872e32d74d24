import { execFileSync } from "node:child_process";

/**
 * A path that starts the program of a process once more.
 *
 * @throws Error where the system does not tell
 */
export function engineProgram(pid: string): string {
  return process.platform === "linux" ? programFromProc(pid) : programFromLsof(pid);
}

/** Starts the very file that runs, also where another one lies in its place by now. */
export function programFromProc(pid: string): string {
  return `/proc/${pid}/exe`;
}

/** Where there is no `/proc`, as on macOS. */
export function programFromLsof(pid: string): string {
  const files = execFileSync("lsof", ["-a", "-p", pid, "-d", "txt", "-Fn"], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  // The program is the first of the files that are mapped as text (source: lsof(8)).
  const program = /^n(.+)$/m.exec(files)?.[1];
  if (program === undefined) throw new Error("lsof does not name its program.");
  return program;
}

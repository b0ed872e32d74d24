import { readdirSync, readFileSync } from "node:fs";

/** Whether this process sees and may kill what the jobs of a team run, as other users too. */
export const CAN_KILL_JOBS = process.platform === "linux" && process.getuid?.() === 0;

/**
 * Kills all that the jobs of a team run, at once, as a machine does that runs out of memory. The shell of the step lives on.
 *
 * @param folder of the team
 */
export function killJobs(folder: string): void {
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    const environment = readOf(pid, "environ");
    const commandLine = readOf(pid, "cmdline");
    const isShell = /^(?:bash|sh)\0/.test(commandLine);
    const isOfPipeline = /cdktf-genauth|terraform|tofu/.test(commandLine);
    if (isOfPipeline && !isShell && isBelow(pid, folder, environment) && Number(pid) !== process.pid)
      try {
        process.kill(Number(pid), "SIGKILL");
      } catch (error) {
        // It has ended since.
        if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
      }
  }
}

/** Whether a process, or one above it, has the folder of the team in its environment. A guard and a provider have less of one. */
function isBelow(pid: string, folder: string, environment: string): boolean {
  if (environment.includes(folder)) return true;
  const parent = / \(?.*\) \S (\d+) /.exec(` ${readOf(pid, "stat")}`)?.[1] ?? "0";
  return Number(parent) > 1 && isBelow(parent, folder, readOf(parent, "environ"));
}

/** @returns empty for a process that has ended */
function readOf(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return "";
  }
}

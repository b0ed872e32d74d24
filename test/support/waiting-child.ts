import { afterAll, beforeAll } from "@jest/globals";
import { type Child, startChild } from "./engine/child";

/** The code of a process that prints `ready` and then waits. */
export const WAIT = "process.stdout.write('ready'); setInterval(() => {}, 1000);";

/** Starts a process with these arguments of Node.js, and resolves once it is ready. It must print `ready` and wait. */
export async function startWaiting(args: readonly string[]): Promise<Child> {
  const child = startChild(process.execPath, args, { cwd: "/", env: {} });
  await child.waitFor(/ready/);
  return child;
}

/** Ends a process. Resolves once it has ended. */
export async function kill(child: Child): Promise<void> {
  child.signal("SIGKILL");
  await child.finished;
}

/** Starts a process for all tests of a file, and ends it after them. */
export function useWaitingChild(args: readonly string[]): { readonly pid: string } {
  let child: Child;
  beforeAll(async () => {
    child = await startWaiting(args);
  });
  afterAll(() => kill(child));
  return {
    get pid() {
      return String(child.pid);
    },
  };
}

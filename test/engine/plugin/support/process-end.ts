import { isNativeError } from "node:util/types";
import { setTimeout } from "node:timers/promises";

/** How often to check, in milliseconds. */
const INTERVAL = 50;
const LOOKS = 20 * 20;

/** Resolves when the process has ended. @throws Error if it does not end */
export async function processEnd(pid: number): Promise<void> {
  for (let look = 0; isAlive(pid); look++) {
    if (look === LOOKS) throw new Error(`The process ${pid} is still there.`);
    await setTimeout(INTERVAL);
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (thrown) {
    if (isNativeError(thrown) && "code" in thrown && thrown.code === "ESRCH") return false;
    throw thrown;
  }
}

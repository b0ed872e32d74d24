import { writeFileSync } from "node:fs";
import { codeOf } from "../files";

/**
 * Removes the access key's secret from a process's environment, and returns an environment that still
 * contains it. Child processes do not inherit it, and diagnostic reports of Node.js do not list it.
 *
 * The secret is kept as bytes, and each read makes a new string. So the JavaScript heap, and a heap snapshot,
 * contain it only while it is in use.
 *
 * @param own the environment of this process; the secret is removed from it
 */
export function concealSecret(own: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { GENAUTH_ACCESS_KEY_SECRET: secret, ...others } = own;
  if (secret === undefined) return others;
  delete own.GENAUTH_ACCESS_KEY_SECRET;
  const bytes = Buffer.from(secret);
  // Not enumerable: copying or inspecting the environment does not reveal the secret.
  return Object.defineProperty(others, "GENAUTH_ACCESS_KEY_SECRET", { get: () => bytes.toString() });
}

/** Selects the memory that a core dump contains; source: core(5). Only Linux has it. */
const CORE_DUMP_FILTER = "/proc/self/coredump_filter";

/**
 * Keeps this process's memory, which contains a secret, out of its core dumps. On other systems than Linux,
 * or if the file cannot be written, only a limit set before the process starts does that: `ulimit -c 0`.
 */
export function keepMemoryOutOfCoreDumps(): void {
  try {
    writeFileSync(CORE_DUMP_FILTER, "0", { flag: "r+" });
  } catch (error) {
    if (codeOf(error) === undefined) throw error;
  }
}

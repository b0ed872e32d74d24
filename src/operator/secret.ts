import { writeFileSync } from "node:fs";
import { isNativeError } from "node:util/types";

/**
 * Takes the access key's secret out of a process's environment and gives an environment in which it still reads as
 * before. No process that is started from then on inherits it, and no diagnostic report of Node.js lists it.
 *
 * It is kept as bytes, of which each reading makes a text anew: the JavaScript heap, and so a heap snapshot, holds it no
 * longer than it is used.
 *
 * @param own the environment that the operating system gave to this process; the secret is taken out of it
 */
export function concealSecret(own: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { GENAUTH_ACCESS_KEY_SECRET: secret, ...others } = own;
  if (secret === undefined) return others;
  delete own.GENAUTH_ACCESS_KEY_SECRET;
  const bytes = Buffer.from(secret);
  // Not enumerable, so that no copy and no inspection of it holds the secret.
  return Object.defineProperty(others, "GENAUTH_ACCESS_KEY_SECRET", { get: () => bytes.toString() });
}

/** Which memory of a process goes into its core dump; source: core(5). Only Linux has it. */
const CORE_DUMP_FILTER = "/proc/self/coredump_filter";

/**
 * Keeps this process's memory, in which a secret is, out of its core dumps. Elsewhere than on Linux, or where the file
 * cannot be written, only the limit of whoever starts the process does that: `ulimit -c 0`.
 */
export function keepMemoryOutOfCoreDumps(): void {
  try {
    writeFileSync(CORE_DUMP_FILTER, "0", { flag: "r+" });
  } catch (error) {
    if (!isNativeError(error) || !("code" in error)) throw error;
  }
}

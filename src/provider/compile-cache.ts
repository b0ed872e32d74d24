import * as nodeModule from "node:module";
import { join } from "node:path";

/** `enableCompileCache` of node:module: absent before Node.js 22.1 and in other runtimes. */
type EnableCompileCache = ((folder: string) => unknown) | undefined;

/**
 * Makes Node.js cache the compiled code of modules loaded from now on, so that the next process of a plan takes less CPU time.
 * The cache is in the user's own cache folder: any user of the machine could place code in Node.js's default folder for
 * temporary files, and a cache beside the provider would change the folder that a lock file pins. If the folder is not
 * writable, Node.js works without the cache.
 *
 * @param environment names the user's folders
 */
export function keepCompiledCode(
  { XDG_CACHE_HOME, HOME }: NodeJS.ProcessEnv,
  enable = (nodeModule as { enableCompileCache?: EnableCompileCache }).enableCompileCache,
): void {
  const platformDefault = HOME && join(HOME, process.platform === "darwin" ? "Library/Caches" : ".cache");
  const caches = XDG_CACHE_HOME || platformDefault;
  if (caches) enable?.(join(caches, "cdktf-genauth", "compiled"));
}

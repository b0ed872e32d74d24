import * as nodeModule from "node:module";
import { join } from "node:path";

/** `enableCompileCache` of node:module: absent before Node.js 22.1, and from other runtimes. */
type EnableCompileCache = ((folder: string) => unknown) | undefined;

/**
 * Has Node.js keep the compiled code of what is loaded from now on, so that the next of the several processes of a plan
 * takes less CPU time. The cache is in the user's own cache folder. Node.js's default is in the folder for temporary
 * files, where any user of the machine could place code; and a cache beside the provider would change the folder that a
 * lock file pins. Where the folder cannot be written, Node.js does without.
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

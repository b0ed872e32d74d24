import { appendFileSync, cpSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { newFolder } from "../../support/at-end";
import { findProviderPackage, installProvider } from "../../../src/install";

/** The lock file that a team commits for its stack `staff`. */
export const LOCK_FILE = "staff.lock.hcl";

/**
 * The lock file of a stack that uses this provider only.
 *
 * @param build the shipped provider, or another build of the same version
 */
export function lockOf(build: "shipped" | "other"): string {
  const folder = newFolder();
  const shipped = findProviderPackage();
  const modules = shipped.modules.map((path) => {
    const copy = join(folder, basename(path));
    cpSync(path, copy);
    if (build === "other") appendFileSync(copy, "// another build\n");
    return copy;
  });
  installProvider({ dir: join(folder, "stack"), provider: { ...shipped, modules } });
  return readFileSync(join(folder, "stack", ".terraform.lock.hcl"), "utf8");
}

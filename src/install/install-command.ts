import { readFileSync } from "node:fs";
import { join } from "node:path";
import { findBundle } from "./package-bundle";
import { placeFile } from "./place-file";

/**
 * Where the command lies below a stack's folder. The ending says how the file is written, or Node.js would refuse it below a
 * project of type module; the name does not begin with a dot, because archives of CI systems leave such files out.
 */
export const COMMAND_FILE = "genauth/genauth-users.cjs";

/**
 * Lays the bundled `genauth-users` in a folder, so that what runs there needs no `node_modules`. Laying it again changes
 * nothing.
 *
 * @param dir the folder where Terraform or OpenTofu is run; made where it is missing
 * @throws Error if the bundle is missing or the folder cannot be written
 */
export function installCommand(dir: string): void {
  const { path } = findBundle("genauth-users.js", "The genauth-users command's file");
  placeFile(join(dir, COMMAND_FILE), readFileSync(path), 0o755);
}

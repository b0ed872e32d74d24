import { readFileSync } from "node:fs";
import { join } from "node:path";
import { launcher } from "./launcher";
import { findBundle } from "./package-bundle";
import { placeFile } from "./place-file";

/**
 * The script that starts the command, below a stack's folder, to be run by `sh`: archives of CI systems lose
 * the permission to run a file by itself. They also leave out what begins with a dot, so nothing here does.
 */
export const COMMAND_SCRIPT = "genauth/genauth-users";

/** The ending says how the file is written, or Node.js would refuse it below a project of type module. */
const COMMAND_FILE = "genauth-users.cjs";

/**
 * Lays the bundled `genauth-users` in a folder, so that what runs there needs no `node_modules`. Laying it
 * again changes nothing.
 *
 * @param dir the folder where Terraform or OpenTofu is run; made where it is missing
 * @throws Error if the bundle is missing or the folder cannot be written
 */
export function installCommand(dir: string): void {
  const { path } = findBundle("genauth-users.js", "The genauth-users command's file");
  const script = join(dir, COMMAND_SCRIPT);
  placeFile(join(script, "..", COMMAND_FILE), readFileSync(path), 0o644);
  placeFile(script, Buffer.from(launcher(COMMAND_FILE)), 0o755);
}

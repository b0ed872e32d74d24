import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { replaceFile } from "../files";
import { findCommand } from "./package-files";

/**
 * The script that starts the command, relative to a stack's folder. It is run by `sh`, because archives of CI
 * systems lose the executable permission. They also leave out names that begin with a dot, so this path has
 * none.
 */
export const COMMAND_SCRIPT = "genauth/cdktf-genauth";

/** The extension marks it as CommonJS. Otherwise Node.js would refuse it inside a project of type module. */
const COMMAND_FILE = "cdktf-genauth.cjs";

/**
 * Starts the command in the same folder. A shell script, because only that can report a missing or outdated
 * Node.js. `exec` leaves no shell between Terraform and the command, so that signals reach the command.
 */
const LAUNCHER = `#!/bin/sh
check='var v=process.versions.node.split(".");process.exit(v[0]>20||(v[0]==20&&v[1]>=9)?0:1)'
if ! node -e "$check" 2>/dev/null; then
  found=$(node --version 2>/dev/null || echo none)
  echo "Nobody was deleted: this needs Node.js 20.9 or later as node on the PATH of the user who runs Terraform; found: $found." >&2
  exit 1
fi
exec node "\${0%/*}/${COMMAND_FILE}" "$@"
`;

/**
 * Writes `cdktf-genauth`, with the one command that a null_resource runs, into a folder, where it needs no
 * `node_modules`. Repeating this changes nothing.
 *
 * @param dir the folder where Terraform or OpenTofu is run; created if it is missing
 * @throws Error if the bundle is missing or the folder cannot be written
 */
export function installCommand(dir: string): void {
  const script = join(dir, COMMAND_SCRIPT);
  replaceFile(join(dirname(script), COMMAND_FILE), readFileSync(findCommand()));
  replaceFile(script, Buffer.from(LAUNCHER), { mode: 0o755 });
}

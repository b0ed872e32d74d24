import { readFileSync } from "node:fs";
import { join } from "node:path";
import { replaceFile } from "../files";
import { findCommand } from "./package-files";

/**
 * The script that starts the command, below a stack's folder, to be run by `sh`: archives of CI systems lose
 * the permission to run a file by itself. They also leave out what begins with a dot, so nothing here does.
 */
export const COMMAND_SCRIPT = "genauth/genauth-users";

/** The ending tells Node.js that it is CommonJS, or it would be refused below a project of type module. */
const COMMAND_FILE = "genauth-users.cjs";

/**
 * Starts the command in the same folder, as a shell script: a Node.js that is missing or too old could not say so. `exec`
 * leaves no shell between Terraform and the command, so that a signal reaches the command.
 */
const LAUNCHER = `#!/bin/sh
check='var v=process.versions.node.split(".");process.exit(v[0]>20||(v[0]==20&&v[1]>=9)?0:1)'
if ! node -e "$check" 2>/dev/null; then
  found=$(node --version 2>/dev/null || echo none)
  echo "Nobody was deleted: this needs Node.js 20.9 or later as node on the PATH of whoever runs Terraform; found: $found." >&2
  exit 1
fi
exec node "\${0%/*}/${COMMAND_FILE}" "$@"
`;

/**
 * Writes the bundled `genauth-users` into a folder, so that what runs there needs no `node_modules`. Doing it
 * again changes nothing.
 *
 * @param dir the folder where Terraform or OpenTofu is run; created if it is missing
 * @throws Error if the bundle is missing or the folder cannot be written
 */
export function installCommand(dir: string): void {
  const script = join(dir, COMMAND_SCRIPT);
  replaceFile(join(script, "..", COMMAND_FILE), readFileSync(findCommand()));
  replaceFile(script, Buffer.from(LAUNCHER), { mode: 0o755 });
}

/**
 * Starts the command that lies beside it, as a shell script: Node.js that is missing or too old could not say
 * so in words. It leaves no shell between Terraform and the command, so that what ends the one ends the other.
 *
 * @param commandFile the command's file, beside the script
 */
export function launcher(commandFile: string): string {
  return `#!/bin/sh
check='var v=process.versions.node.split(".");process.exit(v[0]>20||(v[0]==20&&v[1]>=9)?0:1)'
if ! node -e "$check" 2>/dev/null; then
  found=$(node --version 2>/dev/null || echo none)
  echo "Nobody was deleted: this needs Node.js 20.9 or later as node on the PATH of whoever runs Terraform; found: $found." >&2
  exit 1
fi
exec node "\${0%/*}/${commandFile}" "$@"
`;
}

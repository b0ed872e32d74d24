import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

const COMMAND = resolve(__dirname, "..", "..", "..", "dist", "genauth-users.js");

/** What stands for GitHub: a comment of a pull request, an issue, both in files. */
const GH = `#!/usr/bin/env bash
set -euo pipefail
desk=$GITHUB_DESK
case "$*" in
  *"/commits/"*"/pulls"*) echo 7 ;;
  *"--method PATCH"*|*"--method POST"*)
    for argument in "$@"; do case $argument in body=@*) cp "\${argument#body=@}" "$desk/comment.md" ;; esac; done
    case "$*" in *POST*) echo made ;; *) echo changed ;; esac >> "$desk/comments.log" ;;
  *"/comments"*".body"*".body") if [ -e "$desk/comment.md" ]; then cat "$desk/comment.md"; fi ;;
  *"/comments"*) if [ -e "$desk/comment.md" ]; then echo 41; fi ;;
  "issue list"*) if [ -e "$desk/issue.md" ]; then echo 5; fi ;;
  "issue close"*) rm "$desk/issue.md" ;;
  "issue create"*|"issue edit"*)
    while [ $# -gt 1 ]; do if [ "$1" = --body-file ]; then cp "$2" "$desk/issue.md"; fi; shift; done ;;
  *) echo "gh was called with: $*" >&2; exit 64 ;;
esac
`;

/**
 * Makes a folder for the PATH with the programs that the shell of a pipeline calls: the command of this project as it is
 * shipped, an engine, and stand-ins for the registry's client and for GitHub.
 *
 * @param engine the engine's program
 */
export function layTools(folder: string, engine: string): void {
  mkdirSync(folder);
  const npx = `#!/usr/bin/env bash\nif [ "$1 $2" != "--no-install genauth-users" ]; then echo "npx $*" >&2; exit 64; fi\nexec "${process.execPath}" "${COMMAND}" "\${@:3}"\n`;
  for (const [name, text] of Object.entries({ npx, npm: "#!/bin/sh\n", gh: GH })) {
    writeFileSync(join(folder, name), text);
    chmodSync(join(folder, name), 0o755);
  }
  symlinkSync(engine, join(folder, "terraform"));
}

import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const ROOT = resolve(__dirname, "..", "..", "..");
const COMMAND = join(ROOT, "dist", "genauth-users.js");

/** A substitute for GitHub's client: pull requests, the comment of number 7, and an issue, in files. */
const GH = `#!/usr/bin/env bash
set -euo pipefail
files=$GITHUB_FILES
case "$*" in
  *"/commits/"*"/pulls"*) cat "$files/pulls.json" ;;
  *"--method PATCH"*|*"--method POST"*)
    for argument in "$@"; do case $argument in body=@*) cp "\${argument#body=@}" "$files/comment.md" ;; esac; done
    case "$*" in *POST*) echo made ;; *) echo changed ;; esac >> "$files/comments.log" ;;
  *"/issues/7/comments"*".body"*".body") if [ -e "$files/comment.md" ]; then cat "$files/comment.md"; fi ;;
  *"/issues/7/comments"*) if [ -e "$files/comment.md" ]; then echo 41; fi ;;
  "issue list"*) if [ -e "$files/issue.md" ]; then echo 5; fi ;;
  "issue close"*) rm "$files/issue.md" ;;
  "issue create"*|"issue edit"*)
    while [ $# -gt 1 ]; do if [ "$1" = --body-file ]; then cp "$2" "$files/issue.md"; fi; shift; done ;;
  *) echo "gh was called with: $*" >&2; exit 64 ;;
esac
`;

/** Installs the command of this project, or one that a branch adds. */
const NPM = `#!/usr/bin/env bash
set -euo pipefail
if [ "$1" != ci ]; then echo "npm $*" >&2; exit 64; fi
rm -rf node_modules
mkdir -p node_modules/.bin
if [ -e genauth-users ]; then command=$PWD/genauth-users; else command=$(dirname "$0")/genauth-users; fi
ln -s "$command" node_modules/.bin/genauth-users
`;

/** Runs the command that is installed in the folder or the nearest parent, as the real one does. Downloads nothing. */
const NPX = `#!/usr/bin/env bash
set -euo pipefail
if [ "$1 $2" != "--no-install genauth-users" ]; then echo "npx $*" >&2; exit 64; fi
folder=$PWD
until [ -x "$folder/node_modules/.bin/genauth-users" ]; do
  if [ "$folder" = / ]; then echo "genauth-users is not installed" >&2; exit 64; fi
  folder=$(dirname "$folder")
done
exec "$folder/node_modules/.bin/genauth-users" "\${@:3}"
`;

/** Synthesises the example's stack if its packages are installed. Fails if it gets a key. */
const SYNTH = `#!/bin/sh
if [ -n "\${GENAUTH_ACCESS_KEY_ID-}\${GENAUTH_ACCESS_KEY_SECRET-}" ]; then echo "synth: was given the key" >&2; exit 1; fi
if [ ! -d node_modules ]; then echo "synth: the packages are not installed" >&2; exit 1; fi
exec "${process.execPath}" --import "${pathToFileURL(require.resolve("tsx")).href}" "${join(ROOT, "examples", "staff", "main.ts")}"
`;

/**
 * Makes a folder for the PATH with the programs of a pipeline: an engine, this project's command as shipped, `synth`, and
 * substitutes for the clients of the registry and of GitHub.
 *
 * @param engine the engine's program
 */
export function installTools(folder: string, engine: string): void {
  mkdirSync(folder);
  const command = `#!/bin/sh\nexec "${process.execPath}" "${COMMAND}" "$@"\n`;
  const programs = { npm: NPM, npx: NPX, synth: SYNTH, gh: GH, "genauth-users": command };
  for (const [name, text] of Object.entries(programs)) {
    writeFileSync(join(folder, name), text);
    chmodSync(join(folder, name), 0o755);
  }
  symlinkSync(engine, join(folder, "terraform"));
}

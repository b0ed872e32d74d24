import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const ROOT = resolve(__dirname, "../../..");
const COMMAND = join(ROOT, "dist", "genauth-users.js");

/** A substitute for GitHub's client, for `gh api` with a path, a method and a body on standard input. */
const GH = `#!${process.execPath}
const { readFileSync } = require("node:fs");
const [command, ...args] = process.argv.slice(2);
const options = { "--method": "GET" };
let path;
while (args.length > 0) {
  const each = args.shift();
  if (each === "--paginate") continue;
  if (each === "--method" || each === "--input") options[each] = args.shift();
  else if (each.startsWith("-") || path !== undefined) fail(64, "gh was called with " + process.argv.slice(2).join(" "));
  else path = each;
}
function fail(code, message) {
  process.stderr.write(message + "\\n");
  process.exit(code);
}
if (command !== "api") fail(64, "gh was called with " + command);
const token = process.env.GH_TOKEN;
if (!token) fail(4, "gh: To use GitHub CLI in a GitHub Actions workflow, set the GH_TOKEN environment variable.");
fetch(process.env.GITHUB_API_URL + "/" + path, {
  method: options["--method"],
  headers: { authorization: "Bearer " + token },
  ...(options["--input"] === "-" && { body: readFileSync(0) }),
}).then(async (response) => {
  const body = await response.text();
  process.stdout.write(body);
  if (!response.ok) fail(1, "gh: " + JSON.parse(body).message + " (HTTP " + response.status + ")");
});
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

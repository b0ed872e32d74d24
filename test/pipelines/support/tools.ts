import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bundle } from "../../support/bundle";
import { runChild } from "../../support/engine/child";

/** The example's stack, with CDKTF. */
export function bundledStack(): string {
  return bundle("stack-staff", "test/support/staff-stack.ts");
}

/** The command of gitlab-ci-local. A test checks the pipeline by GitLab's schema, which takes half of each start here. */
export function gitLabCiLocal(): readonly string[] {
  const script = bundle("gitlab-runner", "node_modules/gitlab-ci-local/src/index.js", keepCheckout);
  return [process.execPath, script, "--no-json-schema-validation"];
}

/** On GitLab, after_script finds what the script has left. gitlab-ci-local would copy the checkout anew, and delete that. */
function keepCheckout(program: string): string {
  const [before, copy, ...rest] = program.split(COPY_CHECKOUT);
  if (before === undefined || copy === undefined || rest.length > 0)
    throw new Error("gitlab-ci-local copies a checkout at another place than the tests expect.");
  return `${before}if (message.length === 0 && !imageName && this.argv.shellIsolation) {${copy}`;
}

const COPY_CHECKOUT = /if \(!imageName && this\.argv\.shellIsolation\) \{(?=\s*await \w+\.rsyncTrackedFiles)/;

/** Synthesises the example's stack. Fails if it gets a key. */
const synth = () => `#!/bin/sh
if [ -n "\${GENAUTH_ACCESS_KEY_ID-}\${GENAUTH_ACCESS_KEY_SECRET-}\${GENAUTH_PLAN_KEY-}" ]; then echo "synth: was given a key" >&2; exit 1; fi
exec "${process.execPath}" "${bundledStack()}"
`;

/** Only root can start a process of another user. Elsewhere, the engine runs as the user of the tests. */
const SUDO = `#!/usr/bin/env bash
set -euo pipefail
if [ "$1" != --preserve-env ]; then echo "sudo $*" >&2; exit 64; fi
shift
if [ "$(id -u)" = 0 ]; then exec "$@"; fi
args=()
while [ $# -gt 0 ]; do
  case $1 in --user | --guard-user) shift 2 ;; *) args+=("$1"); shift ;; esac
done
exec "\${args[@]}"
`;

/**
 * Makes a folder for the PATH with the programs of a pipeline: an engine, \`synth\`, and \`sudo\`. npm and git are the real ones.
 *
 * @param engine the engine, by its name in the settings
 */
export function installTools(folder: string, engine: { readonly name: string; readonly path: string }): void {
  mkdirSync(folder);
  for (const [name, text] of Object.entries({ synth: synth(), sudo: SUDO })) {
    writeFileSync(join(folder, name), text);
    chmodSync(join(folder, name), 0o755);
  }
  symlinkSync(engine.path, join(folder, engine.name));
}

/** A package, as npm installs it from a file. */
export interface FakePackage {
  readonly name: string;
  readonly bin: Readonly<Record<string, string>>;
  readonly files: Readonly<Record<string, string>>;
}

/** Packs files as a package for npm. @returns the name of the archive in the folder */
export async function packPackage(folder: string, { name, bin, files }: FakePackage): Promise<string> {
  const source = join(folder, `.${name}`, "package");
  mkdirSync(source, { recursive: true });
  writeFileSync(join(source, "package.json"), JSON.stringify({ name, version: "1.0.0", bin }));
  for (const [file, text] of Object.entries(files)) writeFileSync(join(source, file), text, { mode: 0o755 });
  return pack(folder, name, join(folder, `.${name}`));
}

/** Packs a folder that holds a package in `package`. @returns the name of the archive in the folder */
export async function pack(folder: string, name: string, source: string): Promise<string> {
  const archive = `${name}.tgz`;
  const env = { PATH: process.env.PATH ?? "" };
  const { code, text } = await runChild("tar", ["-czf", join(folder, archive), "-C", source, "package"], {
    cwd: folder,
    env,
  });
  if (code !== 0) throw new Error(`${name} was not packed:\n${text}`);
  return archive;
}

import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { newFolder } from "../../support/at-end";
import { NO_ENGINE, buildOpenTofu } from "../../../scripts/demo/build-opentofu";
import type { Child } from "../../support/engine/child";
import { findEngine } from "../../../scripts/demo/find-engine";
import { OPENTOFU, cachedOpenTofu } from "../../support/engine/opentofu-cache";

const { PATH, XDG_CACHE_HOME, TERRAFORM_BINARY_NAME } = process.env;
let folder: string;

beforeEach(() => {
  folder = newFolder();
  mkdirSync(join(folder, "bin"));
  process.env.PATH = join(folder, "bin");
  process.env.XDG_CACHE_HOME = join(folder, "cache");
  delete process.env.TERRAFORM_BINARY_NAME;
});
afterEach(() => {
  Object.assign(process.env, { PATH, XDG_CACHE_HOME, TERRAFORM_BINARY_NAME });
  for (const [name, value] of Object.entries({ PATH, XDG_CACHE_HOME, TERRAFORM_BINARY_NAME })) {
    if (value === undefined) Reflect.deleteProperty(process.env, name);
  }
});

/** Installs a `go` that answers like the real one, and builds a program that identifies itself as OpenTofu. */
function installGo({ sum = OPENTOFU.sum, build = "" }: { sum?: string; build?: string }): void {
  const program = join(folder, "bin", "go");
  const answer = JSON.stringify({ Dir: folder, Sum: sum });
  const made = `#!/bin/sh\\necho OpenTofu v${OPENTOFU.version}\\n`;
  writeFileSync(
    program,
    `#!/bin/sh
PATH=/usr/bin:/bin
echo "$@" >>'${join(folder, "asked")}'
if [ "$1" = mod ]; then echo '${answer}'; exit 0; fi
${build}
while [ "$1" != -o ]; do shift; done
printf '${made}' >"$2" && chmod 755 "$2"
`,
  );
  chmodSync(program, 0o755);
}

const ignore = () => undefined;

test("builds the pinned release into the cache, where later runs find it", async () => {
  installGo({});
  expect(findEngine()).toBeUndefined();
  await buildOpenTofu(ignore);

  expect(findEngine()).toEqual({ name: "OpenTofu", version: OPENTOFU.version, path: cachedOpenTofu() });
  expect(readFileSync(join(folder, "asked"), "utf8")).toContain(
    `mod download -json ${OPENTOFU.module}@v${OPENTOFU.version}`,
  );
  expect(readdirSync(join(folder, "cache", "cdktf-genauth"))).toEqual([`opentofu-${OPENTOFU.version}`]);
});

test("source with another checksum is not built", async () => {
  installGo({ sum: "h1:forged" });
  await expect(buildOpenTofu(ignore)).rejects.toThrow(/checksum h1:forged instead of/);

  expect(readFileSync(join(folder, "asked"), "utf8")).not.toContain("build");
  expect(existsSync(cachedOpenTofu())).toBe(false);
});

test("a failed build reports Go's error and leaves no files", async () => {
  installGo({ build: "echo 'no space left on device' >&2; exit 1" });
  await expect(buildOpenTofu(ignore)).rejects.toThrow(/no space left on device\nInstall OpenTofu/);

  expect(readdirSync(join(folder, "cache", "cdktf-genauth"))).toEqual([]);
});

test("an interrupted build leaves no files", async () => {
  installGo({ build: "kill -INT $$" });
  const children: Child[] = [];
  await expect(buildOpenTofu((child) => children.push(child))).rejects.toThrow(/could not be built/);

  expect(children).toHaveLength(2);
  expect(readdirSync(join(folder, "cache", "cdktf-genauth"))).toEqual([]);
});

test("without Go, two sentences say what to install", async () => {
  await expect(buildOpenTofu(ignore)).rejects.toThrow(NO_ENGINE);
  expect(NO_ENGINE.match(/[.](?= |$)/g)).toHaveLength(2);
});

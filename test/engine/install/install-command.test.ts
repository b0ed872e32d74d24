import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runInNewContext } from "node:vm";
import { beforeEach, expect, jest, test } from "@jest/globals";
import { newFolder } from "../../support/at-end";
import { version } from "../../../package.json";
import { COMMAND_SCRIPT, installCommand } from "../../../src/install";

let folder: string;
let script: string;
beforeEach(() => {
  folder = newFolder();
  installCommand(folder);
  script = join(folder, COMMAND_SCRIPT);
});

test("the command runs where it was installed, even inside a project of ES modules", () => {
  writeFileSync(join(folder, "package.json"), '{"type":"module"}');
  installCommand(folder);
  expect(readdirSync(join(folder, "genauth")).sort()).toEqual(["cdktf-genauth", "cdktf-genauth.cjs"]);
  const { status, stdout } = spawnSync("/bin/sh", [script, "--version"], { encoding: "utf8" });
  expect({ status, stdout }).toEqual({ status: 0, stdout: `${version}\n` });
});

test.each([
  {
    what: "no Node.js",
    node: undefined,
    status: 1,
    says: /^Nobody was deleted: this needs Node\.js 20\.9 or later as node on the PATH .* found: none\.\n$/,
  },
  {
    what: "one that is too old",
    node: '[ "$1" = --version ] && echo v18.20.0',
    status: 1,
    says: /found: v18\.20\.0\.\n$/,
  },
  {
    what: "one that is new enough",
    node: '[ "$1" = -e ] || echo "run: $*" >&2',
    status: 0,
    says: /^run: .*genauth\/cdktf-genauth\.cjs a b c\n$/,
  },
])("with $what on the PATH, the script prints the reason or runs the command", ({ node, status, says }) => {
  const bin = join(folder, "bin");
  mkdirSync(bin);
  if (node !== undefined) {
    writeFileSync(join(bin, "node"), `#!/bin/sh\n${node}\n`);
    chmodSync(join(bin, "node"), 0o755);
  }
  const run = spawnSync("/bin/sh", [script, "a", "b c"], { env: { PATH: bin }, encoding: "utf8" });
  expect({ status: run.status, stderr: run.stderr }).toEqual({ status, stderr: expect.stringMatching(says) });
});

test.each([
  ["20.9.0", 0],
  ["20.20.2", 0],
  ["22.0.0", 0],
  ["100.1.0", 0],
  ["0.12.0", 1],
  ["18.20.8", 1],
  ["20.8.1", 1],
])("Node.js %s ends the check with %i", (nodeVersion, status) => {
  const [, check = ""] = /^check='(.*)'$/m.exec(readFileSync(script, "utf8")) ?? [];
  const exit = jest.fn();
  runInNewContext(check, { process: { versions: { node: nodeVersion }, exit } });
  expect(exit.mock.calls).toEqual([[status]]);
});

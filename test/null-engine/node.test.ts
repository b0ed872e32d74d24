import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { NullProvider } from "@cdktf/provider-null/lib/provider";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { TerraformStack, Testing } from "cdktf";
import { Engine, ManagedUserSet, Users } from "../../src";
import { scratchApps } from "../constructs/scratch";

const newApp = scratchApps();
let bin: string;
beforeEach(() => {
  bin = mkdtempSync(join(tmpdir(), "genauth-bin-"));
});
afterEach(() => rmSync(bin, { recursive: true, force: true }));

/** What Terraform gives the shell. */
function provisionerCommand(): string {
  const stack = new TerraformStack(newApp(), "stack");
  new NullProvider(stack, "null");
  new ManagedUserSet(stack, "staff", { engine: Engine.NULL_RESOURCE, users: Users.of(["a"]) });
  const { resource } = JSON.parse(Testing.synth(stack)) as {
    resource: { null_resource: { staff: { provisioner: [{ "local-exec": { command: string } }] } } };
  };
  return resource.null_resource.staff.provisioner[0]["local-exec"].command;
}

test.each([
  ["no Node.js", undefined, 1, "this needs Node.js 20.9 or later as node on the PATH .* found: none"],
  ["one that is too old", '[ "$1" = --version ] && echo v18.20.0', 1, "found: v18.20.0"],
  [
    "one that is new enough",
    'if [ "$1" != -e ]; then echo "run: $*" >&2; fi',
    0,
    "run: here.cjs apply-null-resource",
  ],
])(
  "with %s on the PATH, the provisioner says so in words or runs the command",
  (_what, node, status, says) => {
    if (node !== undefined) {
      writeFileSync(join(bin, "node"), `#!/bin/sh\n${node}\n`);
      chmodSync(join(bin, "node"), 0o755);
    }
    const env = { PATH: bin, GENAUTH_SET_COMMAND: "here.cjs" };
    const run = spawnSync("/bin/sh", ["-c", provisionerCommand()], { env, encoding: "utf8" });

    expect({ status: run.status, stderr: run.stderr }).toEqual({
      status,
      stderr: expect.stringMatching(new RegExp(`${says}\\.?\n$`)),
    });
  },
);

test.each(["20.9.0", "20.20.2", "22.0.0", "100.1.0"])("Node.js %s is new enough", (version) => {
  expect(checkOf(version)).toBe(0);
});

test.each(["0.12.0", "18.20.8", "20.8.1"])("Node.js %s is too old", (version) => {
  expect(checkOf(version)).toBe(1);
});

/** The exit code of the program with which the provisioner asks a Node.js for its version. */
function checkOf(version: string): number | null {
  const [, program = ""] = /node -e '([^']*)'/.exec(provisionerCommand()) ?? [];
  const pretend = `Object.defineProperty(process.versions,"node",{value:"${version}"});`;
  return spawnSync(process.execPath, ["-e", pretend + program]).status;
}

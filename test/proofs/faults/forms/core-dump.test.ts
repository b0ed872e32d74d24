import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { newFolder } from "../../../support/at-end";
import { startChild } from "../../../support/engine/child";
import { createCertificate } from "../../../../src/plugin/certificate";
import { programPath } from "../../../support/provider-form";
import { startVariables } from "../../../support/plugin/plugin-process";

const secret = "s3cr3t-that-nobody-may-see-0011223344";

/** Whether this machine writes core dumps into the folder of the process, instead of passing them to a program. */
function dumpsHere(): boolean {
  if (process.platform !== "linux") return false;
  const pattern = readFileSync("/proc/sys/kernel/core_pattern", "utf8").trim();
  return (
    pattern === "core" && execFileSync("/bin/sh", ["-c", "ulimit -H -c"], { encoding: "utf8" }) !== "0\n"
  );
}

/** The core dump of a program that holds the secret in its environment, and is ended once it prints that it is ready. */
async function dumpOf(file: string, args: readonly string[], ready: RegExp): Promise<Buffer> {
  const folder = newFolder();
  const dumping = 'ulimit -c "$(ulimit -H -c)" && exec "$0" "$@"';
  const child = startChild("/bin/sh", ["-c", dumping, file, ...args], {
    cwd: folder,
    env: { ...startVariables(createCertificate()), TMPDIR: folder, GENAUTH_ACCESS_KEY_SECRET: secret },
  });
  await child.waitFor(ready);
  child.signal("SIGABRT");
  await child.finished;
  const [dump = "", ...others] = readdirSync(folder).filter((name) => name.startsWith("core"));
  expect({ dump, others }).toEqual({ dump: expect.stringMatching(/^core/), others: [] });
  return readFileSync(join(folder, dump));
}

const whereDumped = dumpsHere() ? test : test.skip;

whereDumped("a core dump of another program contains the secret, so this can be seen in a dump", async () => {
  const idle = 'console.log("ready"); setInterval(() => undefined, 1000)';
  expect((await dumpOf(process.execPath, ["-e", idle], /ready/)).includes(secret)).toBe(true);
});

whereDumped.each([
  // The first line that a plugin prints: versions of the protocols, and its socket.
  { program: "provider", file: programPath("terraform-provider-genauth"), args: [], ready: /^1\|6\|unix\|/ },
  { program: "command", file: programPath("cdktf-genauth"), args: ["emulator"], ready: /The emulator at/ },
])("a core dump of the $program does not contain the secret", async ({ file, args, ready }) => {
  expect((await dumpOf(file, args, ready)).includes(secret)).toBe(false);
});

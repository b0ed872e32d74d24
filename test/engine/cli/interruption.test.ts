import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { EventEmitter, once } from "node:events";
import { join } from "node:path";
import { beforeEach, expect, test } from "@jest/globals";
import { newFolder } from "../../support/at-end";
import { runChild } from "../../support/engine/child";
import { cleanEnvironment } from "../../support/engine/clean-environment";
import { startCommand } from "../../support/command";
import { seedUsers, startEmulator } from "../../support/emulator";
import { serveHttp } from "../../support/http-server";

const COMMAND = join(__dirname, "../../../dist/cdktf-genauth.js");

let folder: string;
beforeEach(() => void (folder = newFolder()));

/** Runs a line in a shell with the command `cdktf-genauth`, and prints `$?` at the end. */
function shell(line: string, env: Readonly<Record<string, string>> = {}) {
  const script = `cdktf_genauth() { "${process.execPath}" "${COMMAND}" "$@"; }\n${line}`;
  return runChild("/bin/bash", ["-o", "pipefail", "-c", script], {
    cwd: folder,
    env: cleanEnvironment("", env),
  });
}

/** How a command ends that cannot write: with one sentence. */
const failing = (sentence: RegExp) => ({ code: 1, stderr: expect.stringMatching(sentence) as unknown });

const FULL = /^error: standard output cannot be written: the disk is full \(ENOSPC\)\. .*\n$/;

/** Every file below the folder. */
const files = (): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name)
    .sort();

test.each([
  { what: "the help", line: "cdktf_genauth help | head -1", code: 0 },
  { what: "wrong usage", line: "cdktf_genauth erase 2>&1 | true", code: 1 },
])("$what ends quietly if its reader has ended", async ({ line, code }) => {
  const finished = await shell(line);
  expect({ code: finished.code, stderr: finished.stderr }).toEqual({ code, stderr: "" });
});

test("the help on a full disk fails with one sentence", async () => {
  const full = await shell("cdktf_genauth help > /dev/full");
  expect(full).toMatchObject(failing(FULL));
  expect(full.stderr).toContain("Free some space.");
});

test("an export that does not fit keeps the old file, and fails with one sentence", async () => {
  const emulator = await startEmulator({ users: seedUsers(200) });
  const exported = emulator.environment();
  const line = "cdktf_genauth export --user-id-type email";
  writeFileSync(join(folder, "staff.csv"), "id,label\nformer@example.com,Former\n");
  const limited = `trap '' XFSZ; ulimit -f 1; ${line} --output staff.csv --force`;
  expect(await shell(limited, exported)).toMatchObject(
    failing(/^error: .*staff\.csv cannot be written: .*\(EFBIG\)\. .*\n$/),
  );
  expect(readFileSync(join(folder, "staff.csv"), "utf8")).toBe("id,label\nformer@example.com,Former\n");
  expect(files()).toEqual(["staff.csv"]);

  expect(await shell(`${line} --output /dev/full`, exported)).toMatchObject(
    failing(/^error: \/dev\/full cannot be written: the disk is full \(ENOSPC\)\. .*\n$/),
  );
  expect(await shell(`${line} > /dev/full`, exported)).toMatchObject(failing(FULL));
  const piped = await shell(`${line} --output /dev/stdout | cat`, exported);
  expect(piped.stdout).toMatch(/^user200@example\.com,User 200$/m);
});

test("a provider that does not fit leaves no partial file, and fails with one sentence", async () => {
  const limited = "trap '' XFSZ; ulimit -f 8; cdktf_genauth install-provider --dir .";
  expect(await shell(limited)).toMatchObject(failing(/^error: .* cannot be written: .*\(EFBIG\)\. .*\n$/));
  expect(files().filter((name) => /tmp|lock/.test(name))).toEqual([]);
});

test("SIGTERM while the provider is written leaves only complete files, and ends with 143", async () => {
  const preload = `const fs = require("fs"), { linkSync } = fs;
    fs.linkSync = (...args) => { fs.linkSync = linkSync; process.kill(process.pid, "SIGTERM"); return linkSync(...args); };`;
  const child = startCommand(["install-provider", "--dir", folder], {
    nodeOptions: [
      "--import",
      `data:text/javascript,import { createRequire } from "node:module"; const require = createRequire("/");${encodeURIComponent(preload)}`,
    ],
  });
  const { code, stderr } = await child.finished;
  expect({ code, stderr }).toEqual({
    code: 143,
    stderr: "error: interrupted by SIGTERM. No file is half-written; run this again.\n",
  });
  expect(files().filter((name) => name.endsWith(".tmp"))).toEqual([]);
});

test("Ctrl-C while an export waits for GenAuth leaves no file, and prints one sentence", async () => {
  const calls = new EventEmitter();
  const silent = await serveHttp(() => calls.emit("received"));
  const output = join(folder, "staff.csv");
  const asked = once(calls, "received");
  const child = startCommand(["export", "--user-id-type", "email", "--output", output], {
    env: {
      GENAUTH_HOST: silent,
      GENAUTH_ACCESS_KEY_ID: "0123456789abcdef01234567",
      GENAUTH_ACCESS_KEY_SECRET: "0123456789abcdef0123456789abcdef",
    },
  });
  await asked;
  child.signal("SIGINT");
  const { code, stderr } = await child.finished;
  expect({ code, stderr }).toEqual({
    code: 130,
    stderr: "error: interrupted by SIGINT. No file is half-written; run this again.\n",
  });
  expect(existsSync(output)).toBe(false);
});

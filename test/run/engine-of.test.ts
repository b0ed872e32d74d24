import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { type Child, startChild } from "../../scripts/engine/child";
import { engineOf } from "../../src/run";
import { readProcess } from "../../src/run/process";

let folder: string;
let child: Child | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "genauth-engine-"));
});
afterEach(async () => {
  child?.signal("SIGKILL");
  await child?.finished;
  rmSync(folder, { recursive: true, force: true });
});

test("the engine is the process that started the plugin, or that started what a version manager put between the two", async () => {
  const file = join(folder, "terraform-provider-genauth");
  // It waits, as the shim of a version manager does for the program that it stands for.
  writeFileSync(file, "process.stdout.write('ready'); setInterval(() => {}, 1000);\n");
  child = startChild(process.execPath, [file], { cwd: folder, env: {} });
  await child.waitFor(/ready/);

  const own = readProcess(String(process.pid)).key;
  expect(engineOf(String(process.pid), file).key).toBe(own);
  expect(engineOf(String(child.pid), file).key).toBe(own);
  expect(engineOf(String(child.pid), join(folder, "another")).key).not.toBe(own);
});

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { type Child, startChild } from "../../scripts/engine/child";
import { onPath } from "../../scripts/engine/engine";
import {
  findEngine,
  isRunning,
  type ProcessEntry,
  readFromProc,
  readFromPs,
  readProcess,
} from "../../src/operator/process";

const args = [
  "-e",
  "process.stdout.write('ready'); setInterval(() => {}, 1000)",
  "--",
  "a b",
  "x".repeat(300),
];

let child: Child;
beforeAll(async () => {
  child = startChild(process.execPath, args, { cwd: "/", env: {} });
  await child.waitFor(/ready/);
});
afterAll(async () => {
  child.signal("SIGKILL");
  await child.finished;
});

/** Both ways where the system has them: that of macOS is tried on Linux, too. */
const ways: [string, (pid: string) => ProcessEntry][] = [
  ...(process.platform === "linux" ? [["/proc", readFromProc] as [string, typeof readFromProc]] : []),
  ...(onPath("ps") ? [["ps", readFromPs] as [string, typeof readFromPs]] : []),
];

describe.each(ways)("a process, as %s tells it,", (_way, read) => {
  test("has the arguments with which it was started, and the process that started it", () => {
    const entry = read(String(child.pid));
    expect(entry.args.join(" ")).toBe([process.execPath, ...args].join(" "));
    expect(entry.parent).toBe(String(process.pid));
  });

  test("has a key of its own", async () => {
    const { key } = read(String(child.pid));
    await setTimeout(20);
    expect(read(String(child.pid)).key).toBe(key);
    expect(key).toMatch(new RegExp(`^${child.pid}-\\w.+`));
    expect(read(String(process.pid)).key).not.toBe(key);
  });
});

test("a process is running while it has its key, and not by its number alone", async () => {
  const short = startChild(process.execPath, args, { cwd: "/", env: {} });
  await short.waitFor(/ready/);
  const { key } = readProcess(String(short.pid));
  expect(isRunning(key)).toBe(true);
  expect(isRunning(`${short.pid}-1`)).toBe(false);
  short.signal("SIGKILL");
  await short.finished;
  expect(isRunning(key)).toBe(false);
});

test("the engine is the process that started the plugin, or that started what a version manager put between the two", async () => {
  const folder = mkdtempSync(join(tmpdir(), "genauth-engine-"));
  const file = join(folder, "terraform-provider-genauth");
  // It waits, as the shim of a version manager does for the program that it stands for.
  writeFileSync(file, "process.stdout.write('ready'); setInterval(() => {}, 1000);\n");
  const shim = startChild(process.execPath, [file], { cwd: folder, env: {} });
  try {
    await shim.waitFor(/ready/);
    const own = readProcess(String(process.pid)).key;
    expect(findEngine(String(process.pid), file).key).toBe(own);
    expect(findEngine(String(shim.pid), file).key).toBe(own);
    expect(findEngine(String(shim.pid), join(folder, "another")).key).not.toBe(own);
  } finally {
    shim.signal("SIGKILL");
    await shim.finished;
    rmSync(folder, { recursive: true, force: true });
  }
});

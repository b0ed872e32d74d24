import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { describe, expect, test } from "@jest/globals";
import { onPath } from "../../scripts/engine/engine";
import {
  findEngine,
  isRunning,
  type ProcessEntry,
  readFromProc,
  readFromPs,
  readProcess,
} from "../../src/operator/process";
import { kill, startWaiting, useWaitingChild, WAIT } from "../support/waiting-child";

const args = ["-e", WAIT, "--", "a b", "x".repeat(300)];
const child = useWaitingChild(args);

/** Both ways where the system has them: that of macOS is tried on Linux, too. */
const ways: [string, (pid: string) => ProcessEntry][] = [
  ...(process.platform === "linux" ? [["/proc", readFromProc] as [string, typeof readFromProc]] : []),
  ...(onPath("ps") ? [["ps", readFromPs] as [string, typeof readFromPs]] : []),
];

describe.each(ways)("a process, as %s tells it,", (_way, read) => {
  test("has the arguments with which it was started, and the process that started it", () => {
    const entry = read(child.pid);
    expect(entry.args.join(" ")).toBe([process.execPath, ...args].join(" "));
    expect(entry.parent).toBe(String(process.pid));
  });

  test("has a key of its own", async () => {
    const { key } = read(child.pid);
    await setTimeout(20);
    expect(read(child.pid).key).toBe(key);
    expect(key).toMatch(new RegExp(`^${child.pid}-\\w.+`));
    expect(read(String(process.pid)).key).not.toBe(key);
  });
});

test("a process is running while it has its key, and not by its number alone", async () => {
  const short = await startWaiting(args);
  const { key } = readProcess(String(short.pid));
  expect(isRunning(key)).toBe(true);
  expect(isRunning(`${short.pid}-1`)).toBe(false);
  await kill(short);
  expect(isRunning(key)).toBe(false);
});

test("the engine is the process that started the plugin, or that started what a version manager put between the two", async () => {
  const folder = mkdtempSync(join(tmpdir(), "genauth-engine-"));
  const file = join(folder, "terraform-provider-genauth");
  // It waits, as the shim of a version manager does for the program that it stands for.
  writeFileSync(file, WAIT);
  const shim = await startWaiting([file]);
  try {
    const own = readProcess(String(process.pid)).key;
    expect(findEngine(String(process.pid), file).key).toBe(own);
    expect(findEngine(String(shim.pid), file).key).toBe(own);
    expect(findEngine(String(shim.pid), join(folder, "another")).key).not.toBe(own);
  } finally {
    await kill(shim);
    rmSync(folder, { recursive: true, force: true });
  }
});

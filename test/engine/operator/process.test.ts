import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { describe, expect, test } from "@jest/globals";
import { newFolder } from "../../support/at-end";
import { onPath } from "../../support/engine/engine";
import {
  findEngine,
  isRunning,
  type ProcessEntry,
  readFromProc,
  readFromPs,
  readProcess,
} from "../../../src/operator/process";
import { kill, startWaiting, useWaitingChild, WAIT } from "../../support/waiting-child";

const args = ["-e", WAIT, "--", "a b", "x".repeat(300)];
const child = useWaitingChild(args);

/** The methods for Linux and macOS, as far as the system has them. */
const ways: [string, (pid: string) => ProcessEntry][] = [
  ...(process.platform === "linux" ? [["/proc", readFromProc] as [string, typeof readFromProc]] : []),
  ...(onPath("ps") ? [["ps", readFromPs] as [string, typeof readFromPs]] : []),
];

describe.each(ways)("a process, read by %s,", (_way, read) => {
  test("has its arguments and its parent", () => {
    const entry = read(child.pid);
    expect(entry.args.join(" ")).toBe([process.execPath, ...args].join(" "));
    expect(entry.parent).toBe(String(process.pid));
  });

  test("has a unique key", async () => {
    const { key } = read(child.pid);
    await setTimeout(20);
    expect(read(child.pid).key).toBe(key);
    expect(key).toMatch(new RegExp(`^${child.pid}-\\w.+`));
    expect(read(String(process.pid)).key).not.toBe(key);
  });
});

test("a process is running only if its key matches, not only its id", async () => {
  const short = await startWaiting(args);
  const { key } = readProcess(String(short.pid));
  expect(isRunning(key)).toBe(true);
  expect(isRunning(`${short.pid}-1`)).toBe(false);
  await kill(short);
  expect(isRunning(key)).toBe(false);
});

test("the engine is the process that started the plugin, or the parent of a version manager's process between the two", async () => {
  const folder = newFolder();
  const file = join(folder, "terraform-provider-genauth");
  // It waits, as the shim of a version manager waits for the real program.
  writeFileSync(file, WAIT);
  const shim = await startWaiting([file]);
  try {
    const own = readProcess(String(process.pid)).key;
    expect(findEngine(String(process.pid), file).key).toBe(own);
    expect(findEngine(String(shim.pid), file).key).toBe(own);
    expect(findEngine(String(shim.pid), join(folder, "another")).key).not.toBe(own);
  } finally {
    await kill(shim);
  }
});

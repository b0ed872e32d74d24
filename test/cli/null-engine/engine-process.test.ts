import { realpathSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { type Child, startChild } from "../../../scripts/engine/child";
import { onPath } from "../../../scripts/engine/engine";
import { type EngineProcess, readEngineProcess } from "../../../src/cli/null-engine/engine-process";
import { readFromProc } from "../../../src/cli/null-engine/proc";
import { readFromPs } from "../../../src/cli/null-engine/ps";

const script = "process.stdout.write('ready'); setInterval(() => {}, 1000)";
const args = ["-e", script, "--", "apply", "-var", "name=a b", "x".repeat(300), "the plan"];

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
const ways: [string, (pid: string) => EngineProcess][] = [
  ...(process.platform === "linux" ? [["/proc", readFromProc] as [string, typeof readFromProc]] : []),
  ...(onPath("ps") && onPath("lsof") ? [["ps", readFromPs] as [string, typeof readFromPs]] : []),
];

describe.each(ways)("the engine's process, as %s tells it,", (_way, read) => {
  test("has the arguments and the program with which it was started", () => {
    const engine = read(String(child.pid));
    expect(engine.args.join(" ")).toBe([process.execPath, ...args].join(" "));
    expect(realpathSync(engine.program)).toBe(realpathSync(process.execPath));
  });

  test("has a key of its own", async () => {
    const { key } = read(String(child.pid));
    await setTimeout(20);
    expect(read(String(child.pid)).key).toBe(key);
    expect(key).toMatch(new RegExp(`^${child.pid}-\\w.+`));
    expect(read(String(process.pid)).key).not.toBe(key);
  });
});

test.each(["", "1 2", "999999999"])(
  "process %j, of which nothing can be seen, is refused with words",
  (pid) => {
    expect(() => readEngineProcess(pid)).toThrow(/^Nobody was deleted: it cannot be seen what Terraform/);
  },
);

(process.platform === "linux" ? test : test.skip)("arguments keep their blanks on Linux", () => {
  expect(readEngineProcess(String(child.pid)).args.slice(1)).toEqual(args);
});

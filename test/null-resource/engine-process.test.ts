import { realpathSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { type Child, startChild } from "../../scripts/engine/child";
import { onPath } from "../../scripts/engine/engine";
import { readEngineProcess } from "../../src/null-resource/engine-task";
import { programFromLsof, programFromProc } from "../../src/null-resource/engine-task";

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
const ways: [string, (pid: string) => string][] = [
  ...(process.platform === "linux" ? [["/proc", programFromProc] as [string, typeof programFromProc]] : []),
  ...(onPath("lsof") ? [["lsof", programFromLsof] as [string, typeof programFromLsof]] : []),
];

test.each(ways)("the engine's program is the one with which it was started, as %s tells it", (_way, read) => {
  expect(realpathSync(read(String(child.pid)))).toBe(realpathSync(process.execPath));
});

test.each(["", "1 2", "999999999"])(
  "process %j, of which nothing can be seen, is refused with words",
  (pid) => {
    expect(() => readEngineProcess(pid)).toThrow(/^Nobody was deleted: the command line of Terraform/);
  },
);

(process.platform === "linux" ? test : test.skip)("arguments keep their blanks on Linux", () => {
  expect(readEngineProcess(String(child.pid)).args.slice(1)).toEqual(args);
});

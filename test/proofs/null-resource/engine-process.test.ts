import { realpathSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { onPath } from "../../support/engine/engine";
import { programFromLsof, programFromProc, readEngineProcess } from "../../../src/null-resource/engine-task";
import { useWaitingChild, WAIT } from "../../support/waiting-child";

/** A process of Node.js in the place of the engine, with what an apply has as arguments. */
const args = ["-e", WAIT, "--", "apply", "-var", "name=a b", "the plan"];
const engine = useWaitingChild(args);

const isLinux = process.platform === "linux";

/** How Linux and macOS show a process's program, as far as this system has the means. */
const means = [
  ...(isLinux ? [{ from: "/proc", read: programFromProc }] : []),
  ...(onPath("lsof") ? [{ from: "lsof", read: programFromLsof }] : []),
];

test.each(means)("the engine's program, read from $from, is the file that runs", ({ read }) => {
  expect(realpathSync(read(engine.pid))).toBe(realpathSync(process.execPath));
});

test.each([
  { what: "without an id", pid: "" },
  { what: "with two ids", pid: "1 2" },
  { what: "that does not exist", pid: "999999999" },
])("a process $what is refused, and the message says that nobody was deleted", ({ pid }) => {
  expect(() => readEngineProcess(pid)).toThrow(
    `Nobody was deleted: the command line of Terraform, process ${pid}, cannot be read. `,
  );
});

// The ps of macOS does not show where an argument ends.
(isLinux ? test : test.skip)("on Linux, an argument with spaces is read as one argument", () => {
  expect(readEngineProcess(engine.pid).args).toEqual([process.execPath, ...args]);
});

import { realpathSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { onPath } from "../../support/engine/engine";
import { programFromLsof, programFromProc, readEngineProcess } from "../../../src/null-resource/engine-task";
import { useWaitingChild, WAIT } from "../../support/waiting-child";

const args = ["-e", WAIT, "--", "apply", "-var", "name=a b", "x".repeat(300), "the plan"];

const child = useWaitingChild(args);

/** The methods for Linux and macOS, as far as the system has them. */
const ways: [string, (pid: string) => string][] = [
  ...(process.platform === "linux" ? [["/proc", programFromProc] as [string, typeof programFromProc]] : []),
  ...(onPath("lsof") ? [["lsof", programFromLsof] as [string, typeof programFromLsof]] : []),
];

test.each(ways)("the engine's program is the one that was started, by %s", (_way, read) => {
  expect(realpathSync(read(child.pid))).toBe(realpathSync(process.execPath));
});

test.each(["", "1 2", "999999999"])(
  "process %j, which the system does not show, is refused with a message",
  (pid) => {
    expect(() => readEngineProcess(pid)).toThrow(/^Nobody was deleted: the command line of Terraform/);
  },
);

(process.platform === "linux" ? test : test.skip)("arguments keep their spaces on Linux", () => {
  expect(readEngineProcess(child.pid).args.slice(1)).toEqual(args);
});

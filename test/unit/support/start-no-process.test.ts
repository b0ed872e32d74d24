import childProcess from "node:child_process";
import { expect, test } from "@jest/globals";

test.each(["spawn", "spawnSync", "exec", "execSync", "execFile", "execFileSync", "fork"] as const)(
  "a unit test cannot start a process by %s",
  (start) => {
    expect(() => childProcess[start](process.execPath)).toThrow("A unit test starts no process, such as");
  },
);

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { underKeeper } from "../../../src/guard";

describe("a guard that ends before the work that it guards", () => {
  const { argv, execArgv } = process;
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "genauth-keeper-"));
    const program = join(folder, "guard.js");
    // Gets: guard, the file for its process id, and the options of every guard.
    writeFileSync(
      program,
      `require("node:fs").writeFileSync(process.argv[3], String(process.pid));
       process.send("ready", () => process.exit(3));`,
    );
    Object.assign(process, { argv: [argv[0], program], execArgv: [] });
  });
  afterEach(() => {
    Object.assign(process, { argv, execArgv });
    rmSync(folder, { recursive: true });
  });

  const isRunning = (pid: number): boolean => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  };
  const afterItsEnd = (result: () => string) => {
    const file = join(folder, "pid");
    return underKeeper({ args: [file], users: {}, environment: {} }, async () => {
      while (isRunning(Number(readFileSync(file, "utf8")))) await new Promise((go) => setTimeout(go, 10));
      return result();
    });
  };

  const ENDED =
    "The guard ended with exit code 3 before the command did, so from then on the command could change nobody. Its summary and its audit may lack their end. Plan again to see who is left.";

  test("makes work fail that ends well", async () => {
    await expect(afterItsEnd(() => "done")).rejects.toEqual(new Error(ENDED));
  });

  test("is named after the reason of work that fails, because it may be the cause", async () => {
    const failed = afterItsEnd(() => {
      throw new Error("staff was not planned: 127.0.0.1 did not answer.");
    });
    await expect(failed).rejects.toEqual(
      new Error(`staff was not planned: 127.0.0.1 did not answer.\n${ENDED}`),
    );
  });
});

import { execFileSync } from "node:child_process";
import { existsSync, renameSync } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { newFolder } from "../../support/at-end";
import { Appender } from "../../../src/operator/deletion-record";

/** More than a pipe accepts at once. */
const LONG = "x".repeat(1024 * 1024);

test("a line is not appended after another one that was written only in part", async () => {
  const scratch = newFolder();
  const path = join(scratch, "lines");
  execFileSync("mkfifo", [path]);
  const appender = new Appender(scratch, () => Promise.resolve("lines"));
  const outcomes = Promise.allSettled([appender.append([LONG]), appender.append(["behind it"])]);
  const reader = await open(path, "r");
  await reader.read(Buffer.alloc(1));
  // The next opened file accepts everything.
  renameSync(path, `${path}.half`);
  await reader.close();
  expect((await outcomes).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  expect(existsSync(path)).toBe(false);
  await expect(appender.append(["later"])).rejects.toThrow("EPIPE");
});

import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { newFolder } from "../../../support/at-end";
import { readUserFile, UserFileError } from "../../../../src/user-files";
import { seededRuns } from "../../../support/seed";

let folder: string;
beforeEach(() => void (folder = newFolder()));

/** The error of reading the file, which must be one line. */
function refusal(file: string): string {
  try {
    readUserFile(file, {});
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(UserFileError);
    const { message } = thrown as UserFileError;
    expect(message.startsWith(file)).toBe(true);
    return message;
  }
  return "none";
}

test.each<[string, (file: string) => void, string]>([
  [".txt", (file) => execFileSync("mkfifo", [file]), "not a regular file"],
  [".csv", (file) => symlinkSync("/dev/zero", file), "not a regular file"],
  [".json", (file) => mkdirSync(file), "not a regular file"],
  [".txt", (file) => inflate(file, 32_000_001), "larger than the limit of 32 MB"],
  [".json", (file) => inflate(file, 100_000_000), "larger than the limit of 32 MB"],
  [".txt", (file) => fill(file, "", "a\n", 250_001), "more than 250,000 users"],
  [".csv", (file) => fill(file, "id\n", "a\n", 250_001), "more than 250,000 users"],
  [".json", (file) => fill(file, "[1", ",1", 250_000, "]"), "more than 250,000"],
  [".json", (file) => fill(file, "[1", ",1", 1e6, "]"), "more than 1,000,000 values and lines"],
  [".yaml", (file) => fill(file, "", "- a\n", 500_001), "more than 1,000,000 values and lines"],
  [".json", (file) => writeFileSync(file, "[".repeat(100_000)), "cannot be read"],
  [".yaml", (file) => writeFileSync(file, "{a: ".repeat(20_000)), "cannot be read"],
  [".yaml", (file) => writeFileSync(file, bomb()), "plain text"],
  [".csv", (file) => writeFileSync(file, `id\n"${"x".repeat(1e6)}`), "a quote is opened here"],
])("%s, case %#, is refused with a message", (ending, make, reason) => {
  const file = join(folder, `staff${ending}`);
  make(file);
  expect(refusal(file)).toContain(reason);
});

function inflate(file: string, bytes: number): void {
  writeFileSync(file, "");
  truncateSync(file, bytes);
}

function fill(file: string, head: string, unit: string, times: number, tail = ""): void {
  writeFileSync(file, head + unit.repeat(times) + tail);
}

/** Nine lines, each with nine aliases of the line before. */
function bomb(): string {
  const lines = Array.from({ length: 9 }, (_, line) => {
    const item = line === 0 ? "x" : `*a${line - 1}`;
    return `k${line}: &a${line} [${Array(9).fill(item).join(", ")}]`;
  });
  return lines.join("\n");
}

test.each([".txt", ".csv", ".json", ".yaml"])("a random %s file gives users or a message", (ending) => {
  const file = join(folder, `staff${ending}`);
  const marks = fc.constantFrom(...Array.from(`\n \t",:;[]{}#&*-?|>'%$@\\\u0000\ufeff\r`));
  const words = fc.constantFrom("id", "label", "a@x", "__proto__", "- ", "? ", "<<: ", "!!binary ");
  fc.assert(
    fc.property(fc.array(fc.oneof(marks, words, fc.string()), { maxLength: 30 }), (pieces) => {
      writeFileSync(file, pieces.join(""));
      refusal(file);
    }),
    seededRuns("FAULT_FUZZ", 300),
  );
});

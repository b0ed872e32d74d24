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

test.each<[string, string, (file: string) => void, string]>([
  ["a pipe without a writer", ".txt", (file) => execFileSync("mkfifo", [file]), "not a regular file"],
  ["a device without end", ".csv", (file) => symlinkSync("/dev/zero", file), "not a regular file"],
  ["a folder", ".json", (file) => mkdirSync(file), "not a regular file"],
  ["more than 32 MB", ".txt", (file) => inflate(file, 32_000_001), "larger than the limit of 32 MB"],
  ["100 MB", ".json", (file) => inflate(file, 100_000_000), "larger than the limit of 32 MB"],
  [
    "users beyond 250,000 as text",
    ".txt",
    (file) => fill(file, "", "a\n", 250_001),
    "more than 250,000 users",
  ],
  [
    "users beyond 250,000 as CSV",
    ".csv",
    (file) => fill(file, "id\n", "a\n", 250_001),
    "more than 250,000 users",
  ],
  [
    "users beyond 250,000 as JSON",
    ".json",
    (file) => fill(file, "[1", ",1", 250_000, "]"),
    "more than 250,000",
  ],
  [
    "values beyond a million in JSON",
    ".json",
    (file) => fill(file, "[1", ",1", 1e6, "]"),
    "more than 1,000,000 values and lines",
  ],
  [
    "values beyond a million in YAML",
    ".yaml",
    (file) => fill(file, "", "- a\n", 500_001),
    "more than 1,000,000 values and lines",
  ],
  ["brackets 100,000 deep", ".json", (file) => writeFileSync(file, "[".repeat(100_000)), "cannot be read"],
  ["maps 20,000 deep", ".yaml", (file) => writeFileSync(file, "{a: ".repeat(20_000)), "cannot be read"],
  ["aliases that unfold to a thousand million", ".yaml", (file) => writeFileSync(file, bomb()), "plain text"],
  ["a quote that never ends", ".csv", (file) => writeFileSync(file, `id\n"${"x".repeat(1e6)}`), "CSV"],
])("%s is refused with a message", (_what, ending, make, reason) => {
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

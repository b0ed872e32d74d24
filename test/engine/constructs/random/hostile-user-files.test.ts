import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "@jest/globals";
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

interface HostileFile {
  readonly what: string;
  readonly ending: string;
  readonly make: (file: string) => void;
  readonly says: string;
}

describe("a file is refused with a message that is", () => {
  test.each<HostileFile>([
    {
      what: "a pipe",
      ending: ".txt",
      make: (file) => execFileSync("mkfifo", [file]),
      says: "not a regular file",
    },
    {
      what: "a link to a device that never ends",
      ending: ".csv",
      make: (file) => symlinkSync("/dev/zero", file),
      says: "not a regular file",
    },
    { what: "a folder", ending: ".json", make: (file) => mkdirSync(file), says: "not a regular file" },
    {
      what: "text of more than 32 MB",
      ending: ".txt",
      make: (file) => inflate(file, 32_000_001),
      says: "larger than the limit of 32 MB",
    },
    {
      what: "JSON of more than 32 MB",
      ending: ".json",
      make: (file) => inflate(file, 100_000_000),
      says: "larger than the limit of 32 MB",
    },
    {
      what: "text of too many users",
      ending: ".txt",
      make: (file) => writeFileSync(file, "a\n".repeat(250_001)),
      says: "more than 250,000 users",
    },
    {
      what: "CSV of too many users",
      ending: ".csv",
      make: (file) => writeFileSync(file, `id\n${"a\n".repeat(250_001)}`),
      says: "more than 250,000 users",
    },
    {
      what: "JSON of too many users",
      ending: ".json",
      make: (file) => writeFileSync(file, `[1${",1".repeat(250_000)}]`),
      says: "more than 250,000",
    },
    {
      what: "JSON of too many values",
      ending: ".json",
      make: (file) => writeFileSync(file, `[1${",1".repeat(1e6)}]`),
      says: "more than 1,000,000 values and lines",
    },
    {
      what: "YAML of too many lines",
      ending: ".yaml",
      make: (file) => writeFileSync(file, "- a\n".repeat(500_001)),
      says: "more than 1,000,000 values and lines",
    },
    {
      what: "JSON of lists in lists",
      ending: ".json",
      make: (file) => writeFileSync(file, "[".repeat(100_000)),
      says: "cannot be read",
    },
    {
      what: "YAML of maps in maps",
      ending: ".yaml",
      make: (file) => writeFileSync(file, "{a: ".repeat(20_000)),
      says: "cannot be read",
    },
    {
      what: "YAML whose aliases multiply",
      ending: ".yaml",
      make: (file) => writeFileSync(file, bomb()),
      says: "plain text",
    },
    {
      what: "CSV with a quote that never closes",
      ending: ".csv",
      make: (file) => writeFileSync(file, `id\n"${"x".repeat(1e6)}`),
      says: "a quote is opened here",
    },
  ])("$what", ({ ending, make, says }) => {
    const file = join(folder, `staff${ending}`);
    make(file);
    expect(refusal(file)).toContain(says);
  });
});

function inflate(file: string, bytes: number): void {
  writeFileSync(file, "");
  truncateSync(file, bytes);
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

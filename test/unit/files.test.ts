import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, test } from "@jest/globals";
import { newFolder } from "../support/at-end";
import { explainWriteError, makeFolder, replaceFile, writeOutput } from "../../src/files";

let folder: string;
beforeEach(() => void (folder = newFolder()));

test("creates missing folders, with their permissions", () => {
  makeFolder(join(folder, "a/b"), 0o700);
  expect([statSync(join(folder, "a")).mode & 0o777, statSync(join(folder, "a/b")).mode & 0o777]).toEqual([
    0o700, 0o700,
  ]);
});

test("ends if a file system reports the parent folder as missing", () => {
  expect(() => makeFolder("/proc/x/y")).toThrow(/^\/proc\/x cannot be written: .* \(E[A-Z]+\)\. /);
});

test.each([
  ["held", /held cannot be written: a folder of that name is in the way \(EISDIR\)\. Check the path\.$/],
  ["file/new", /file\S* cannot be written: .* \((ENOTDIR|EEXIST)\)\. Check the path\.$/],
])("writing to %s is an error with a message, and leaves no temporary file", (path, says) => {
  mkdirSync(join(folder, "held"));
  writeFileSync(join(folder, "file"), "");
  expect(() => replaceFile(join(folder, path), Buffer.from("new"))).toThrow(says);
  expect(readdirSync(folder).sort()).toEqual(["file", "held"]);
});

test("an output keeps the existing link and permissions", () => {
  const file = join(folder, "file");
  const link = join(folder, "link");
  writeFileSync(file, "old", { mode: 0o600 });
  symlinkSync(file, link);
  writeOutput(link, "new");
  expect([lstatSync(link).isSymbolicLink(), readFileSync(file, "utf8"), statSync(file).mode & 0o777]).toEqual(
    [true, "new", 0o600],
  );
});

test.each(["ENOSPC", "EDQUOT", "EFBIG", "EROFS", "EACCES", "EPERM", "ENOENT", "ENOTDIR", "EEXIST", "EISDIR"])(
  "%s is reported with advice",
  (code) => {
    const error = Object.assign(new Error(`${code}: terse`), { code });
    expect(explainWriteError(error)).toMatch(new RegExp(`^[a-z].* \\(${code}\\)\\. [A-Z].*\\.$`));
    expect(explainWriteError(new Error("wrapped", { cause: error }))).toBe(explainWriteError(error));
    expect(explainWriteError(error)).not.toContain("terse");
  },
);

test("an unknown code is reported with the system's message", () => {
  expect(explainWriteError(Object.assign(new Error("EIO: i/o error, write"), { code: "EIO" }))).toBe(
    "EIO: i/o error, write.",
  );
});

test("a link that waits under a name of this process leads no writer to another file", () => {
  const victim = join(folder, "victim");
  writeFileSync(victim, "untouched");
  const path = join(folder, "report");
  symlinkSync(victim, `${path}.${process.pid}.tmp`);
  replaceFile(path, Buffer.from("new"));
  expect([readFileSync(victim, "utf8"), readFileSync(path, "utf8")]).toEqual(["untouched", "new"]);
  expect(readdirSync(folder).sort()).toEqual(["report", `report.${process.pid}.tmp`, "victim"]);
});

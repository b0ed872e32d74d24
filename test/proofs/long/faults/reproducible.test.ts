import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  constants,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";

const root = join(__dirname, "../../../..");

let scratch: string;
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), "genauth-build-"));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

test("builds of the last commit in two folders give the same bytes", () => {
  const one = join(scratch, "one");
  mkdirSync(one);
  const commit = execFileSync("git", ["archive", "HEAD"], { cwd: root, maxBuffer: Infinity });
  execFileSync("tar", ["-x"], { cwd: one, input: commit });
  const modules = { recursive: true, verbatimSymlinks: true, mode: constants.COPYFILE_FICLONE };
  cpSync(join(root, "node_modules"), join(one, "node_modules"), modules);

  const first = build(one);
  const other = join(scratch, "another folder", "deeper");
  mkdirSync(join(other, ".."));
  renameSync(one, other);
  expect(build(other)).toEqual(first);
  expect(Object.keys(first)).toEqual(
    expect.arrayContaining(["dist/terraform-provider-genauth", "dist/genauth-users.js", "lib/index.js"]),
  );
});

/** Builds from scratch, and returns the hash of every shipped file. */
function build(folder: string): Record<string, string> {
  for (const name of ["dist", "lib"]) rmSync(join(folder, name), { recursive: true, force: true });
  execFileSync(process.execPath, ["scripts/build.mjs"], { cwd: folder, stdio: "inherit" });
  const files = ["dist", "lib"]
    .flatMap((name) =>
      readdirSync(join(folder, name), { recursive: true, encoding: "utf8" }).map((file) => join(name, file)),
    )
    .filter((file) => statSync(join(folder, file)).isFile());
  return Object.fromEntries(files.map((file) => [file, hashOf(join(folder, file))]));
}

function hashOf(file: string): string {
  return createHash("sha256").update(readFileSync(file)).digest("hex");
}

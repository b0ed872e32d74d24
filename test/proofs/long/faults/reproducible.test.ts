import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  constants,
  cpSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "@jest/globals";
import { newFolder } from "../../../support/at-end";
import { version } from "../../../../package.json";
import { EDITIONS, pythonModule } from "../../../../scripts/jsii/editions";
import { goArchiveName } from "../../../../scripts/jsii/languages";
import { onPath } from "../../../support/engine/engine";

const root = join(__dirname, "../../../..");

/** The built folders. That of the packages for other languages needs Python to build. */
const withPython = onPath("python3") !== undefined;
const BUILT = withPython ? ["dist", "lib", "jsii"] : ["dist", "lib"];
const PACKAGES = EDITIONS.map(
  (edition) => `jsii/${pythonModule(edition)}-${version}-py3-none-any.whl`,
).concat(
  EDITIONS.filter(({ languages }) => languages.includes("go")).map(
    (edition) => `jsii/${goArchiveName(edition, version)}`,
  ),
);
if (!withPython) console.warn("Python is not installed, so the packages for other languages are not built.");

let scratch: string;
beforeAll(() => void (scratch = newFolder()));

test("builds of the last commit in two folders, under two masks and in two time zones, give the same bytes", () => {
  const one = join(scratch, "one");
  mkdirSync(one);
  const commit = execFileSync("git", ["archive", "HEAD"], { cwd: root, maxBuffer: Infinity });
  execFileSync("tar", ["-x"], { cwd: one, input: commit });
  const modules = { recursive: true, verbatimSymlinks: true, mode: constants.COPYFILE_FICLONE };
  cpSync(join(root, "node_modules"), join(one, "node_modules"), modules);

  const first = build(one, { mask: "022", zone: "UTC" });
  const other = join(scratch, "another folder", "deeper");
  mkdirSync(join(other, ".."));
  renameSync(one, other);
  expect(build(other, { mask: "077", zone: "Asia/Shanghai" })).toEqual(first);
  expect(Object.keys(first)).toEqual(
    expect.arrayContaining([
      "dist/terraform-provider-genauth",
      "dist/cdktf-genauth.js",
      "lib/index.js",
      ...(withPython ? PACKAGES : []),
    ]),
  );
});

interface Builder {
  /** Of the modes of new files. */
  readonly mask: string;
  readonly zone: string;
}

/** Builds from scratch, and returns the hash of every built file. */
function build(folder: string, { mask, zone }: Builder): Record<string, string> {
  for (const name of BUILT) rmSync(join(folder, name), { recursive: true, force: true });
  const script = withPython ? "jsii:build" : "build";
  const env = { ...process.env, TZ: zone, SOURCE_DATE_EPOCH: "1700000000" };
  execFileSync("sh", ["-c", `umask ${mask} && npm run ${script}`], { cwd: folder, env, stdio: "inherit" });
  const files = BUILT.flatMap((name) =>
    readdirSync(join(folder, name), { recursive: true, encoding: "utf8" }).map((file) => join(name, file)),
  ).filter((file) => statSync(join(folder, file)).isFile());
  return Object.fromEntries(files.map((file) => [file, hashOf(join(folder, file))]));
}

function hashOf(file: string): string {
  return createHash("sha256").update(readFileSync(file)).digest("hex");
}

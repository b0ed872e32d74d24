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
import { beforeAll, describe, expect, test } from "@jest/globals";
import { newFolder } from "../../../support/at-end";
import { version } from "../../../../package.json";
import { EDITIONS, pythonModule } from "../../../../scripts/jsii/editions";
import { goArchiveName } from "../../../../scripts/jsii/languages";
import { onPath } from "../../../support/engine/engine";

const root = join(__dirname, "../../../..");

const hasPython = onPath("python3") !== undefined;
const withPython = hasPython ? test : test.skip;

describe("two builds of the last commit, in other folders, time zones and umasks, give the same bytes", () => {
  let first: BuiltFiles;
  let second: BuiltFiles;

  beforeAll(() => {
    const scratch = newFolder();
    const folder = join(scratch, "folder");
    mkdirSync(folder);
    const commit = execFileSync("git", ["archive", "HEAD"], { cwd: root, maxBuffer: Infinity });
    execFileSync("tar", ["-x"], { cwd: folder, input: commit });
    const modules = { recursive: true, verbatimSymlinks: true, mode: constants.COPYFILE_FICLONE };
    cpSync(join(root, "node_modules"), join(folder, "node_modules"), modules);
    first = build(folder, { umask: "022", zone: "UTC" });

    const other = join(scratch, "another folder", "deeper");
    mkdirSync(join(other, ".."));
    renameSync(folder, other);
    second = build(other, { umask: "077", zone: "Asia/Shanghai" });
  });

  test.each([
    { what: "the programs", folder: "dist", with: ["terraform-provider-genauth", "cdktf-genauth.js"] },
    { what: "the library", folder: "lib", with: ["index.js"] },
  ])("in $what", ({ folder, with: files }) => {
    const built = hashesIn(folder, first);
    expect(Object.keys(built)).toEqual(expect.arrayContaining(files.map((file) => join(folder, file))));
    expect(hashesIn(folder, second)).toEqual(built);
  });

  withPython("in the packages for Python and Go, which are built with Python", () => {
    const wheels = EDITIONS.map((edition) => `jsii/${pythonModule(edition)}-${version}-py3-none-any.whl`);
    const archives = EDITIONS.filter(({ languages }) => languages.includes("go")).map(
      (edition) => `jsii/${goArchiveName(edition, version)}`,
    );
    const built = hashesIn("jsii", first);
    expect(Object.keys(built)).toEqual(expect.arrayContaining([...wheels, ...archives]));
    expect(hashesIn("jsii", second)).toEqual(built);
  });
});

/** The hash of each built file, by its path. */
type BuiltFiles = Readonly<Record<string, string>>;

/** The moment that the packages name as the time of their files. The folder is no repository, which would name that of the commit. */
const TIME_OF_FILES = "1700000000";

/** Builds from scratch. */
function build(folder: string, { umask, zone }: { umask: string; zone: string }): BuiltFiles {
  const folders = hasPython ? ["dist", "lib", "jsii"] : ["dist", "lib"];
  for (const name of folders) rmSync(join(folder, name), { recursive: true, force: true });
  const script = hasPython ? "jsii:build" : "build";
  const env = { ...process.env, TZ: zone, SOURCE_DATE_EPOCH: TIME_OF_FILES };
  execFileSync("sh", ["-c", `umask ${umask} && npm run ${script}`], { cwd: folder, env, stdio: "inherit" });
  const files = folders
    .flatMap((name) =>
      readdirSync(join(folder, name), { recursive: true, encoding: "utf8" }).map((file) => join(name, file)),
    )
    .filter((file) => statSync(join(folder, file)).isFile());
  return Object.fromEntries(files.map((file) => [file, hashOf(join(folder, file))]));
}

function hashesIn(folder: string, files: BuiltFiles): BuiltFiles {
  return Object.fromEntries(Object.entries(files).filter(([file]) => file.startsWith(`${folder}/`)));
}

function hashOf(file: string): string {
  return createHash("sha256").update(readFileSync(file)).digest("hex");
}

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { buildSync } from "esbuild";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "genauth-compile-cache-"));
  const source = join(__dirname, "../../../src/provider/compile-cache.ts");
  const outfile = join(folder, "compile-cache.js");
  buildSync({ entryPoints: [source], outfile, bundle: true, platform: "node", format: "cjs" });
  writeFileSync(join(folder, "module.js"), `exports.dash = () => "\u2013" + __filename;`);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Loads the module in a process of its own, as the provider does. */
function load(environment: NodeJS.ProcessEnv, { operates = false } = {}): string {
  const script = `const { requireKept } = require("./compile-cache.js");
    const kept = requireKept(${JSON.stringify(join(folder, "module.js"))}, ${JSON.stringify(environment)});
    if (${operates}) kept.operates();
    process.stdout.write(kept.exports.dash());`;
  const { stdout, stderr, status } = spawnSync(process.execPath, ["-e", script], {
    cwd: folder,
    encoding: "utf8",
    timeout: 20_000,
  });
  expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
  return stdout;
}

const cachesOf = (home: string) => join(home, process.platform === "darwin" ? "Library/Caches" : ".cache");
const stages = (caches: string) =>
  readdirSync(join(caches, "cdktf-genauth", "compiled")).map((name) => name.split("-").at(-1));

test("compiled code is kept in the folder that the user names, for this user only", () => {
  const caches = join(folder, "c");
  expect(load({ HOME: "/nowhere", XDG_CACHE_HOME: caches })).toBe(`\u2013${join(folder, "module.js")}`);
  expect(stages(caches)).toEqual(["description"]);
  const kept = join(caches, "cdktf-genauth", "compiled");
  expect(statSync(kept).mode & 0o777).toBe(0o700);
  expect(readdirSync(kept).map((name) => statSync(join(kept, name)).mode & 0o777)).toEqual([0o600]);
});

test("compiled code is kept in the platform's folder", () => {
  if (process.platform === "darwin") mkdirSync(join(folder, "Library"));
  load({ HOME: folder });
  expect(stages(cachesOf(folder))).toEqual(["description"]);
});

test("an operation keeps its code beside, and every later process uses that", () => {
  const environment = { XDG_CACHE_HOME: join(folder, "c") };
  load(environment);
  load(environment, { operates: true });
  expect(stages(environment.XDG_CACHE_HOME)).toEqual(["description", "operation"]);
});

test.each(["/proc/none", "/dev/null/none", undefined])(
  "the module is loaded with the caches in %s",
  (caches) => {
    expect(load({ XDG_CACHE_HOME: caches })).toContain("module.js");
  },
);

test.each(["", "torn"])("a damaged cache is not used: %p", (content) => {
  const environment = { XDG_CACHE_HOME: join(folder, "c") };
  load(environment);
  const kept = join(environment.XDG_CACHE_HOME, "cdktf-genauth", "compiled");
  const [name = ""] = readdirSync(kept);
  const before = readFileSync(join(kept, name));
  writeFileSync(join(kept, name), content);
  expect(load(environment)).toContain("module.js");
  expect(readFileSync(join(kept, name)).length).toBeGreaterThan(before.length / 2);
});

test("another source of the same length is compiled", () => {
  const environment = { XDG_CACHE_HOME: join(folder, "c") };
  load(environment);
  const file = join(folder, "module.js");
  writeFileSync(file, readFileSync(file, "utf8").replace("\u2013", "\u2014"));
  expect(load(environment)).toBe(`\u2014${file}`);
});

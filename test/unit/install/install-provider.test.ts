import { beforeEach, describe, expect, test } from "@jest/globals";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { newFolder } from "../../support/at-end";
import { installProvider } from "../../../src/install";

const PLATFORMS = ["linux_amd64", "linux_arm64", "darwin_amd64", "darwin_arm64"];

describe("installProvider", () => {
  let root: string;
  let dir: string;
  let executable: string;
  let module: string;

  const install = (locked = false) =>
    installProvider({ dir, locked, provider: { executable, modules: [module], version: "1.2.3" } });
  const installed = (platform: string) =>
    join(
      dir,
      "terraform.d/plugins/terraform.local/genauth/genauth/1.2.3",
      platform,
      "terraform-provider-genauth_v1.2.3",
    );
  const lockFile = () => readFileSync(join(dir, ".terraform.lock.hcl"), "utf8");
  const changeLock = (change: (lock: string) => string) =>
    writeFileSync(join(dir, ".terraform.lock.hcl"), change(lockFile()));

  beforeEach(() => {
    root = newFolder();
    dir = join(root, "stack");
    executable = join(root, "bundle");
    writeFileSync(executable, "#!/usr/bin/env node\n");
    module = join(root, "module.js");
    writeFileSync(module, "exports.loaded = true;\n");
  });

  test.each(PLATFORMS)(
    "writes an executable for %s, which Node.js reads as CommonJS, and what it loads",
    (platform) => {
      const { folder, version } = install();
      expect(version).toBe("1.2.3");
      expect(installed(platform).startsWith(folder)).toBe(true);
      const beside = join(installed(platform), "..");
      const written = readdirSync(beside).map((name) => {
        const { mode } = statSync(join(beside, name));
        return [name, mode & 0o111 ? "executable" : "plain", readFileSync(join(beside, name), "utf8").trim()];
      });
      expect(written.sort()).toEqual([
        ["module.js", "plain", "exports.loaded = true;"],
        ["package.json", "plain", '{"type":"commonjs"}'],
        ["terraform-provider-genauth_v1.2.3", "executable", "#!/usr/bin/env node"],
      ]);
      expect(statSync(installed(platform)).mode & 0o777).toBe(0o755);
      expect(readdirSync(dir).sort()).toEqual([".terraform.lock.hcl", "terraform.d"]);
    },
  );

  test("changes nothing when it is installed again", () => {
    install();
    const before = [...PLATFORMS.map((platform) => statSync(installed(platform)).ino), lockFile()];
    install();

    expect([...PLATFORMS.map((platform) => statSync(installed(platform)).ino), lockFile()]).toEqual(before);
  });

  test("replaces an older build, a foreign file, a link and lost permissions", () => {
    install();
    writeFileSync(executable, "#!/usr/bin/env node\n// newer\n");
    rmSync(installed("linux_amd64"));
    symlinkSync(executable, installed("linux_amd64"));
    rmSync(installed("darwin_arm64"));
    writeFileSync(installed("darwin_arm64"), "foreign");
    chmodSync(installed("linux_arm64"), 0o644);
    install();

    for (const platform of PLATFORMS) {
      expect(readFileSync(installed(platform), "utf8")).toContain("newer");
      expect(statSync(installed(platform)).mode & 0o777).toBe(0o755);
    }
    expect(readFileSync(executable, "utf8")).toContain("newer");
  });

  test("works after it is copied elsewhere", () => {
    install();
    const copy = join(root, "copy");
    cpSync(dir, copy, { recursive: true });
    rmSync(dir, { recursive: true });
    dir = copy;

    for (const platform of PLATFORMS) expect(readFileSync(installed(platform), "utf8")).toContain("node");
  });

  test("locks the version with the hash of the installed provider, and keeps the entries of others", () => {
    mkdirSync(dir);
    const other = `provider "registry.terraform.io/hashicorp/null" {\n  version = "3.2.4"\n}\n`;
    writeFileSync(join(dir, ".terraform.lock.hcl"), other);
    install();
    const locks = [lockFile()];
    for (const file of [executable, module]) {
      writeFileSync(file, "// newer\n");
      install();
      locks.push(lockFile());
    }

    expect(new Set(locks).size).toBe(3);
    for (const lock of locks) {
      expect(lock).toContain(other);
      expect(lock).toMatch(/version {5}= "1\.2\.3"\n {2}constraints = "1\.2\.3"/);
      expect(lock.match(/h1:/g)).toHaveLength(1);
    }
  });

  test("with `locked`, installs the provider that the lock file names, and does not change the file", () => {
    install();
    const committed = `# as init wrote it\n${lockFile()}`;
    rmSync(join(dir, "terraform.d"), { recursive: true });
    writeFileSync(join(dir, ".terraform.lock.hcl"), committed);
    install(true);

    expect(existsSync(installed("linux_amd64"))).toBe(true);
    expect(lockFile()).toBe(committed);
  });

  test.each<[string, () => void]>([
    ["the lock file names another version", () => changeLock((lock) => lock.replaceAll("1.2.3", "1.2.2"))],
    ["the lock file names no hash", () => changeLock((lock) => lock.replace(/h1:.*=/, ""))],
    ["a file of it has changed", () => writeFileSync(module, "// newer\n")],
  ])("with `locked`, installs nothing if %s", (_why, change) => {
    install();
    rmSync(join(dir, "terraform.d"), { recursive: true });
    change();
    const before = readdirSync(dir);

    expect(() => install(true)).toThrow(
      /\.terraform\.lock\.hcl does not lock this GenAuth provider \(1\.2\.3, h1:.*=\), so nothing was installed/,
    );
    expect(readdirSync(dir)).toEqual(before);
  });

  test("with `locked`, installs nothing if there is no lock file", () => {
    mkdirSync(dir);

    expect(() => install(true)).toThrow(
      /^There is no .*\.terraform\.lock\.hcl, so nothing says .* nothing was installed/,
    );
    expect(readdirSync(dir)).toEqual([]);
  });

  test("names the file that cannot be written", () => {
    writeFileSync(dir, "a file, not a folder");

    expect(() => install()).toThrow(
      /stack\S* cannot be written: .* is a file, not a folder \(ENOTDIR\)\. Check the path\.$/,
    );
    expect(existsSync(join(root, "terraform.d"))).toBe(false);
  });
});

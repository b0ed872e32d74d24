import { beforeEach, describe, expect, test } from "@jest/globals";
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { newFolder } from "../../support/at-end";
import { version } from "../../../package.json";
import { installProvider, installRelease, ownPlatform, type ProviderPlatform } from "../../../src/install";
import { hasMusl } from "../../../src/install/install-release";
import { archive, H1, writeRelease, zipHash } from "../../support/release-folder";

let root: string;
let dir: string;
let release: string;
beforeEach(() => {
  root = newFolder();
  dir = join(root, "stack");
  release = join(root, "release");
  writeRelease(release, "linux_amd64", "linux_arm64");
});

const plugins = () => join(dir, "terraform.d/plugins/terraform.local/genauth/genauth");
const lockFile = () => readFileSync(join(dir, ".terraform.lock.hcl"), "utf8");

const install = (platforms: readonly ProviderPlatform[] = ["linux_arm64"], locked = false) =>
  installRelease({ dir, release, version, platforms, locked });

describe("installRelease", () => {
  test("writes the archives of the platforms, as links, and the hashes of all platforms", () => {
    expect(install()).toEqual({ folder: plugins(), version });
    expect(readdirSync(plugins())).toEqual([archive("linux_arm64")]);
    const { ino, mode } = statSync(join(plugins(), archive("linux_arm64")));
    expect(ino).toBe(statSync(join(release, archive("linux_arm64"))).ino);
    expect(mode & 0o777).toBe(0o644);
    expect(lockFile().match(/"(h1|zh):.*"/g)).toEqual(
      [H1, H1, zipHash("linux_amd64"), zipHash("linux_arm64")].sort().map((hash) => `"${hash}"`),
    );
  });

  test("by default, installs for this machine", () => {
    const own = ownPlatform();
    if (own === undefined) throw new Error("The tests run on a supported platform.");
    writeRelease(release, own);
    installRelease({ dir, release, version });
    expect(readdirSync(plugins())).toEqual([archive(own)]);
  });

  test("takes the place of the script, and the script its place", () => {
    const script = join(root, "script");
    writeFileSync(script, "#!/bin/sh\n");
    const installScript = () =>
      installProvider({ dir, provider: { executable: script, modules: [], version } });
    installScript();
    install();
    expect(readdirSync(plugins())).toEqual([archive("linux_arm64")]);
    installScript();
    expect(readdirSync(plugins())).toEqual([version]);
    expect(lockFile().match(/"(h1|zh):.*"/g)).toHaveLength(1);
  });

  test("with `locked`, installs what the lock file names, and does not change it", () => {
    install();
    const before = lockFile();
    install(["linux_amd64"], true);
    expect(readdirSync(plugins())).toEqual([archive("linux_amd64"), archive("linux_arm64")]);
    expect(lockFile()).toBe(before);
  });

  test("with `locked`, installs nothing if the lock file does not name an archive", () => {
    install();
    writeFileSync(
      join(dir, ".terraform.lock.hcl"),
      lockFile().replace(zipHash("linux_amd64"), `zh:${"0".repeat(64)}`),
    );
    expect(() => install(["linux_amd64"], true)).toThrow(
      /does not lock this GenAuth provider .*nothing was installed/,
    );
    expect(readdirSync(plugins())).toEqual([archive("linux_arm64")]);
  });
});

describe("installRelease installs nothing", () => {
  test("from an address, and says to download first", () => {
    release = "https://example.com/genauth/0.1.0";
    expect(() => install()).toThrow(
      "https://example.com/genauth/0.1.0 is an address. Download the release first, such as with curl -fLO, and name its folder. Nothing was installed.",
    );
    expect(existsSync(dir)).toBe(false);
  });

  test.each<{ readonly what: string; readonly change: () => unknown; readonly says: string }>([
    {
      what: "from a folder that is not there",
      change: () => rmSync(release, { recursive: true }),
      says: `holds no release ${version} of the GenAuth provider; it holds none`,
    },
    {
      what: "from the folder of another version",
      change: () => {
        rmSync(join(release, `${version}.json`));
        writeFileSync(join(release, "9.8.7.json"), "{}");
      },
      says: "it holds 9.8.7",
    },
    {
      what: "from a release whose list of files is none",
      change: () => writeFileSync(join(release, `${version}.json`), "[]"),
      says: "is not that of a release",
    },
    {
      what: "for a platform that the release lacks",
      change: () => writeRelease(release, "darwin_arm64"),
      says: "has no executable for linux_arm64; it has darwin_arm64",
    },
    {
      what: "if the executable is missing",
      change: () => rmSync(join(release, archive("linux_arm64"))),
      says: "cannot be read",
    },
    {
      what: "if the executable is cut off",
      change: () => writeFileSync(join(release, archive("linux_arm64")), "zip of linux_arm6"),
      says: `does not match ${version}.json beside it`,
    },
  ])("$what", ({ change, says }) => {
    change();
    expect(() => install()).toThrow(says);
    expect(existsSync(dir)).toBe(false);
  });
});

test.each<{ readonly what: string; readonly musl: boolean; readonly machine: Parameters<typeof hasMusl> }>([
  {
    what: "glibc",
    musl: false,
    machine: ["linux", false, () => ({ header: { glibcVersionRuntime: "2.36" } })],
  },
  { what: "musl", musl: true, machine: ["linux", false, () => ({ header: {} })] },
  { what: "an executable, which needs glibc", musl: false, machine: ["linux", true, () => ({})] },
  { what: "macOS", musl: false, machine: ["darwin", false, () => ({})] },
])("recognises $what", ({ musl, machine }) => {
  expect(hasMusl(...machine)).toBe(musl);
});

import { beforeEach, describe, expect, test } from "@jest/globals";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { newFolder } from "../../support/at-end";
import { version } from "../../../package.json";
import { installProvider, installRelease, ownPlatform, type ProviderPlatform } from "../../../src/install";
import { hasMusl } from "../../../src/install/install-release";
import { archive, H1, writeRelease, zipHash } from "../../support/release-folder";

/** A release with an archive for each of two platforms, and a stack into which nothing is installed yet. */
let root: string;
let release: string;
let dir: string;
beforeEach(() => {
  root = newFolder();
  release = join(root, "release");
  dir = join(root, "stack");
  writeRelease(release, "linux_amd64", "linux_arm64");
});

function rewriteRelease(...platforms: string[]): void {
  rmSync(release, { recursive: true });
  writeRelease(release, ...platforms);
}

const plugins = () => join(dir, "terraform.d/plugins/terraform.local/genauth/genauth");
const lockFile = () => readFileSync(join(dir, ".terraform.lock.hcl"), "utf8");
const hashesInLockFile = () => lockFile().match(/(h1|zh):[^"]*/g);

const install = (platform: ProviderPlatform = "linux_arm64", { locked = false } = {}) =>
  installRelease({ dir, release, version, platforms: [platform], locked });

describe("installRelease", () => {
  test("links the archive of the named platform, and locks the hashes of all platforms", () => {
    expect(install("linux_arm64")).toEqual({ folder: plugins(), version });
    expect(readdirSync(plugins())).toEqual([archive("linux_arm64")]);
    const inodeIn = (folder: string) => statSync(join(folder, archive("linux_arm64"))).ino;
    expect(inodeIn(plugins())).toBe(inodeIn(release));
    // Sorted, as the engine writes them. Both archives have the same content, so its hash is there twice.
    const hashes = [H1, H1, zipHash("linux_amd64"), zipHash("linux_arm64")].sort();
    expect(hashesInLockFile()).toEqual(hashes);
  });

  test("lets everybody read the archive, also if a release can be read by one user only", () => {
    chmodSync(join(release, archive("linux_arm64")), 0o600);
    install("linux_arm64");
    expect(statSync(join(plugins(), archive("linux_arm64"))).mode & 0o777).toBe(0o644);
  });

  test("installs for this machine if no platform is named", () => {
    const own = ownPlatform();
    if (own === undefined)
      throw new Error("There is no executable for this machine, so this cannot be tested.");
    rewriteRelease(own);
    installRelease({ dir, release, version });
    expect(readdirSync(plugins())).toEqual([archive(own)]);
  });

  test("replaces the provider's script of this version, and installing the script again replaces the archive", () => {
    const script = join(root, "script");
    writeFileSync(script, "#!/bin/sh\n");
    const installScript = () =>
      installProvider({ dir, provider: { executable: script, modules: [], version } });
    installScript();
    install();
    expect(readdirSync(plugins())).toEqual([archive("linux_arm64")]);
    installScript();
    // The script is in a folder with the name of its version.
    expect(readdirSync(plugins())).toEqual([version]);
    expect(hashesInLockFile()).toEqual([expect.stringMatching(/^h1:/)]);
  });

  test("installs what a link in the release leads to", () => {
    const zip = archive("linux_arm64");
    renameSync(join(release, zip), join(root, "stored.zip"));
    symlinkSync("../stored.zip", join(release, zip));
    install();
    expect(lstatSync(join(plugins(), zip)).isFile()).toBe(true);
    expect(readFileSync(join(plugins(), zip), "utf8")).toBe("zip of linux_arm64");
  });

  // Only root can give a file to somebody else.
  (process.getuid?.() === 0 ? test : test.skip)(
    "copies an archive of another owner, whose permissions cannot be changed",
    () => {
      const zip = archive("linux_arm64");
      for (const shared of [root, release]) chmodSync(shared, 0o777);
      chmodSync(join(release, zip), 0o666);
      process.seteuid?.("nobody");
      try {
        install();
      } finally {
        process.seteuid?.(0);
      }
      expect(statSync(join(plugins(), zip)).mode & 0o777).toBe(0o644);
      expect(statSync(join(release, zip)).mode & 0o777).toBe(0o666);
    },
  );

  test("keeps the script if the archive cannot be written", () => {
    const script = join(root, "script");
    writeFileSync(script, "#!/bin/sh\n");
    installProvider({ dir, provider: { executable: script, modules: [], version } });
    const inTheWay = join(plugins(), archive("linux_arm64"));
    mkdirSync(inTheWay);
    expect(() => install()).toThrow(
      `${inTheWay} cannot be written: a folder of that name is in the way (EISDIR). Check the path.`,
    );
    expect(readdirSync(plugins()).sort()).toEqual([version, archive("linux_arm64")].sort());
  });

  test("with `locked`, installs another platform that the lock file names, and does not change that file", () => {
    install("linux_arm64");
    const before = lockFile();
    install("linux_amd64", { locked: true });
    expect(readdirSync(plugins())).toEqual([archive("linux_amd64"), archive("linux_arm64")]);
    expect(lockFile()).toBe(before);
  });

  test("with `locked`, installs nothing if the lock file has another hash for the archive", () => {
    install("linux_arm64");
    const changed = lockFile().replace(zipHash("linux_amd64"), `zh:${"0".repeat(64)}`);
    writeFileSync(join(dir, ".terraform.lock.hcl"), changed);
    expect(() => install("linux_amd64", { locked: true })).toThrow(
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

  test.each([{ locked: false }, { locked: true }])(
    "for no platform, and keeps the script that is there (locked: $locked)",
    ({ locked }) => {
      const script = join(root, "script");
      writeFileSync(script, "#!/bin/sh\n");
      installProvider({ dir, provider: { executable: script, modules: [], version } });
      const before = lockFile();
      expect(() => installRelease({ dir, release, version, platforms: [], locked })).toThrow(
        new Error("The list of platforms is empty. Name those where Terraform runs. Nothing was installed."),
      );
      expect(readdirSync(plugins())).toEqual([version]);
      expect(lockFile()).toBe(before);
    },
  );

  const index = () => join(release, `${version}.json`);
  const zip = () => join(release, archive("linux_arm64"));

  test.each<{ readonly what: string; readonly happens: () => void; readonly says: string }>([
    {
      what: "is not there",
      happens: () => rmSync(release, { recursive: true }),
      says: "release is no folder that can be read (ENOENT). Name the folder of the release. Nothing was installed.",
    },
    {
      what: "is a file",
      happens: () => {
        rmSync(release, { recursive: true });
        writeFileSync(release, "zip");
      },
      says: "release is no folder that can be read (ENOTDIR). Name the folder of the release. Nothing was installed.",
    },
    {
      what: "is an empty folder",
      happens: () => {
        rmSync(release, { recursive: true });
        mkdirSync(release);
      },
      says: `holds no release ${version} of the GenAuth provider; it holds none. Use the release of the same version as this package.`,
    },
    {
      what: "has another version",
      happens: () => renameSync(index(), join(release, "9.8.7.json")),
      says: `holds no release ${version} of the GenAuth provider; it holds 9.8.7. Use the release of the same version as this package.`,
    },
    {
      what: "has an index that names no archive",
      happens: () => writeFileSync(index(), "[]"),
      says: "is not that of a release, so nothing was installed. Get the release again.",
    },
    {
      what: "lacks the platform",
      happens: () => rewriteRelease("darwin_arm64"),
      says: "has no executable for linux_arm64; it has darwin_arm64. Nothing was installed.",
    },
    {
      what: "lacks the archive that its index names",
      happens: () => rmSync(zip()),
      says: `${archive("linux_arm64")} cannot be read, so nothing was installed. Get the release again.`,
    },
    {
      what: "has an archive with another hash than in its index",
      happens: () => writeFileSync(zip(), "damaged"),
      says: `${archive("linux_arm64")} does not match ${version}.json beside it, so nothing was installed. Get the release again.`,
    },
  ])("from a release that $what", ({ happens, says }) => {
    happens();
    expect(() => install("linux_arm64")).toThrow(says);
    expect(existsSync(dir)).toBe(false);
  });
});

describe("hasMusl, because the executable needs glibc to run", () => {
  const GLIBC = { header: { glibcVersionRuntime: "2.36" } };
  const NO_GLIBC = { header: {} };

  test.each([
    { what: "is false on Linux with glibc", platform: "linux", report: GLIBC, expected: false },
    { what: "is true on Linux without glibc", platform: "linux", report: NO_GLIBC, expected: true },
    { what: "is false on macOS", platform: "darwin", report: NO_GLIBC, expected: false },
  ])("$what", ({ platform, report, expected }) => {
    expect(hasMusl(platform, false, () => report)).toBe(expected);
  });

  test("is false in the executable itself, because it runs, although its runtime reports no glibc", () => {
    expect(hasMusl("linux", true, () => NO_GLIBC)).toBe(false);
  });
});

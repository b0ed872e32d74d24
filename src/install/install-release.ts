import { readFileSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { codeOf, replaceFile } from "../files";
import { parseJson } from "../text";
import { type Installation, type InstallOptions, finishInstallation, pluginsFolder } from "./installation";
import { requireLocked } from "./lock-file";
import {
  archiveName,
  hashArchive,
  ownPlatform,
  type ProviderPlatform,
  PLATFORMS,
  PROVIDER_ADDRESS,
} from "./provider-address";

/** Which executable is installed. */
export interface ExecutableSource {
  /** The folder of a release. */
  readonly release: string;
  /** @default this machine's platform */
  readonly platforms?: readonly ProviderPlatform[] | undefined;
}

/** Which executable is installed, and where. */
interface ReleaseInstallation extends InstallOptions, ExecutableSource {
  /** The version of this package, which must be that of the release. */
  readonly version: string;
}

/** The name of a release's index, which is also the one that a network mirror serves for a version. */
function releaseIndexName(version: string): string {
  return `${version}.json`;
}

/**
 * Writes the provider's executable, as the archive of the release, where `terraform init` and `tofu init`
 * find it without a registry and unpack it. The lock entry holds the hashes of all platforms of the release.
 * An archive in the same file system is linked, not copied. Repeating this changes nothing.
 *
 * @throws Error that says what to do, if the list of platforms is empty, if the release is not a folder, has
 *   another version, lacks a platform or is damaged, if the executable cannot run on this machine, if a file
 *   cannot be written, or if the provider is not the locked one
 */
export function installRelease(options: ReleaseInstallation): Installation {
  const { release, version, dir, platforms = [runnablePlatform()] } = options;
  if (platforms.length === 0)
    throw new Error(
      "The list of platforms is empty. Name those where Terraform runs. Nothing was installed.",
    );
  const archives = readReleaseIndex(options);
  const found = platforms.map((platform) => readArchive(platform, archives, options));
  const own = { address: PROVIDER_ADDRESS, version };
  if (options.locked) requireLocked(dir, { ...own, hashes: found.flatMap(({ hashes }) => hashes) });

  const folder = pluginsFolder(options);
  for (const { name, content } of found)
    replaceFile(join(folder, name), content, { sameAs: join(release, name) });
  // The script of this version: the engine would find both, and use either.
  rmSync(join(folder, version), { recursive: true, force: true });
  finishInstallation({ ...own, hashes: [...archives.values()].flat() }, options);
  return { folder, version };
}

/** The archives of a release, as its index names them: `zh:…` of the archive, and `h1:…` of what is in it. */
type ReleaseIndex = ReadonlyMap<ProviderPlatform, readonly string[]>;

/**
 * Reads a release's index.
 *
 * @throws Error that says what to do, if it is not the index of a release of this version
 */
function readReleaseIndex({ release, version }: ReleaseInstallation): ReleaseIndex {
  if (release.includes("://"))
    throw new Error(
      `${release} is an address. Download the release first, such as with curl -fLO, and name its folder. Nothing was installed.`,
    );
  const versions = listVersions(release);
  if (!versions.includes(version)) {
    throw new Error(
      `${release} holds no release ${version} of the GenAuth provider; it holds ${versions.join(", ") || "none"}. Use the release of ` +
        "the same version as this package. Nothing was installed.",
    );
  }
  const index = parseJson(readReleaseFile(release, releaseIndexName(version)).toString()) as
    | { archives?: Record<string, { hashes?: unknown } | undefined> }
    | undefined;
  const entries = PLATFORMS.flatMap((platform) => {
    const hashes = index?.archives?.[platform]?.hashes;
    const valid =
      Array.isArray(hashes) && hashes.every((hash) => typeof hash === "string" && HASH.test(hash));
    return valid ? [[platform, hashes as string[]] as const] : [];
  });
  if (entries.length === 0) {
    throw new Error(
      `The index in ${release} is not that of a release, so nothing was installed. Get the release again.`,
    );
  }
  return new Map(entries);
}

const HASH = /^(h1:[A-Za-z0-9+/]{43}=|zh:[0-9a-f]{64})$/;

/** Reads a platform's archive, and checks it against the index. */
function readArchive(
  platform: ProviderPlatform,
  archives: ReleaseIndex,
  { release, version }: ReleaseInstallation,
) {
  const hashes = archives.get(platform);
  if (hashes === undefined)
    throw new Error(
      `The release in ${release} has no executable for ${platform}; it has ${[...archives.keys()].join(", ")}. Nothing was installed.`,
    );
  const name = archiveName(version, platform);
  const content = readReleaseFile(release, name);
  if (hashes.includes(hashArchive(content))) return { name, content, hashes };
  throw new Error(
    `${join(release, name)} does not match ${releaseIndexName(version)} beside it, so nothing was installed. Get the release again.`,
  );
}

function listVersions(release: string): string[] {
  try {
    return readdirSync(release).flatMap((name) => /^(\d+\.\d+\.\d+.*)\.json$/.exec(name)?.[1] ?? []);
  } catch (cause) {
    throw new Error(
      `${release} is no folder that can be read (${codeOf(cause)}). Name the folder of the release. Nothing was installed.`,
      { cause },
    );
  }
}

function readReleaseFile(release: string, name: string): Buffer {
  try {
    return readFileSync(join(release, name));
  } catch (cause) {
    throw new Error(
      `${join(release, name)} cannot be read, so nothing was installed. Get the release again.`,
      { cause },
    );
  }
}

/**
 * The platform of this machine, where an executable can run.
 *
 * @throws Error that says what to do instead, if it cannot
 */
function runnablePlatform(): ProviderPlatform {
  const own = ownPlatform();
  if (own === undefined) {
    throw new Error(
      `There is no executable for ${process.platform} on ${process.arch}. Name the platforms where Terraform runs. ` +
        "Nothing was installed.",
    );
  }
  if (hasMusl()) {
    throw new Error(
      "The executable needs glibc, and this machine has musl, as on Alpine Linux. Here, use the script: leave the executable " +
        "out, and install Node.js 20.9 or later (apk add nodejs). If Terraform runs elsewhere, name the platform there. " +
        "Nothing was installed.",
    );
  }
  return own;
}

/**
 * Whether this process runs on Linux with another C library than glibc. An executable itself only runs on
 * glibc.
 */
export function hasMusl(
  platform: string = process.platform,
  isExecutable = process.versions.bun !== undefined,
  report: () => { readonly header?: { readonly glibcVersionRuntime?: string } } = () =>
    process.report.getReport(),
): boolean {
  return platform === "linux" && !isExecutable && report().header?.glibcVersionRuntime === undefined;
}

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { archiveName, hashArchive, hashPackage, programName } from "../../src/install";
import { type Platform } from "../executables/platforms";
import { type ArchiveFile, zipFiles } from "./archive";
import { runtimeNotices } from "./runtime-notices";
import { releasePage } from "./release-page";
import { type PackageFile, releaseSbom } from "./sbom";
import { type SigningKey, signDetached } from "./signature";

/** What a release is made of. */
export interface ReleaseBuild {
  /** The project's folder, built. */
  readonly root: string;
  /** The folder with the built executables: `<executables>/<platform>/…`. */
  readonly executables: string;
  /** The folder of `npm run jsii:build`, with the packages for other languages. */
  readonly packages: string;
  /** The folder to write to. */
  readonly out: string;
  readonly version: string;
  readonly platforms: readonly Platform[];
  /** Signs the checksums. @default they are not signed */
  readonly key?: SigningKey | undefined;
  /** The time of the signature. */
  readonly date: Date;
}

/**
 * Writes a release into a folder, in the form that provider registries, mirrors and `install-provider --executable` read. The
 * same executables, packages, key and date give the same bytes.
 */
export async function buildRelease({
  root,
  executables,
  packages,
  out,
  version,
  platforms,
  key,
  date,
}: ReleaseBuild): Promise<void> {
  mkdirSync(out, { recursive: true });
  const write = (name: string, content: Buffer | string) => writeFileSync(join(out, name), content);
  const read = (...path: string[]): ArchiveFile => ({
    content: readFileSync(join(root, ...path)),
    mode: 0o644,
  });
  const packaged = readFileSync(join(root, "dist", "THIRD-PARTY-NOTICES.txt"), "utf8");
  const notices = Buffer.from(`${packaged}\n${"-".repeat(80)}\n\n${runtimeNotices()}`);
  const documents = {
    LICENSE: read("LICENSE"),
    "CHANGELOG.md": read("CHANGELOG.md"),
    "THIRD-PARTY-NOTICES.txt": { content: notices, mode: 0o644 },
  };
  const program = (platform: Platform, name: string): ArchiveFile => ({
    content: readFileSync(join(executables, platform, name)),
    mode: 0o755,
  });

  const archives: Record<string, { readonly url: string; readonly hashes: readonly string[] }> = {};
  const providerSums: string[] = [];
  const commandSums: string[] = [];
  for (const platform of platforms) {
    const files = { ...documents, [programName(version)]: program(platform, "terraform-provider-genauth") };
    const provider = await zipFiles(files);
    const name = archiveName(version, platform);
    write(name, provider);
    providerSums.push(sumLine(provider, name));
    const contents = Object.fromEntries(Object.entries(files).map(([file, { content }]) => [file, content]));
    archives[platform] = { url: name, hashes: [hashPackage(contents), hashArchive(provider)] };

    const command = await zipFiles({ ...documents, "cdktf-genauth": program(platform, "cdktf-genauth") });
    const commandName = `cdktf-genauth_${version}_${platform}.zip`;
    write(commandName, command);
    commandSums.push(sumLine(command, commandName));
  }

  const packed = packageFiles(packages);
  for (const { name, content } of packed) write(name, content);

  const manifest = read("terraform-registry-manifest.json").content;
  const manifestName = `terraform-provider-genauth_${version}_manifest.json`;
  write(manifestName, manifest);
  providerSums.push(sumLine(manifest, manifestName));
  // A registry reads only the provider's checksums, and knows every file in them.
  for (const [name, lines] of [
    [`terraform-provider-genauth_${version}_SHA256SUMS`, providerSums],
    [`cdktf-genauth_${version}_SHA256SUMS`, commandSums],
    [`packages_${version}_SHA256SUMS`, packed.map(({ name, content }) => sumLine(content, name))],
  ] as const) {
    const sums = Buffer.from(lines.sort().join(""));
    write(name, sums);
    if (key) write(`${name}.sig`, await signDetached(sums, key, date));
  }

  // The names and form of the network mirror protocol.
  write("index.json", json({ versions: { [version]: {} } }));
  write(`${version}.json`, json({ archives }));
  write("README.md", releasePage(root, version));
  write("CHANGELOG.md", documents["CHANGELOG.md"].content);
  write("THIRD-PARTY-NOTICES.txt", notices);
  write("sbom.cdx.json", releaseSbom(root, platforms, packed));
}

/** @throws Error if none is there */
function packageFiles(folder: string): PackageFile[] {
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => /\.(whl|zip)$/.test(name)) : [];
  if (names.length === 0)
    throw new Error(`There are no packages for other languages in ${folder}. Run: npm run jsii:build`);
  return names.map((name) => ({ name, content: readFileSync(join(folder, name)) }));
}

function sumLine(content: Buffer, name: string): string {
  return `${createHash("sha256").update(content).digest("hex")}  ${name}\n`;
}

function json(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

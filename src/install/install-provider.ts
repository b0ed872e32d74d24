import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { replaceFile } from "../files";
import { type LockEntry, lockProviders, requireLocked } from "./lock-file";
import { findProviderPackage, type ProviderPackage } from "./package-files";

/**
 * The provider's source address. The host does not exist: Terraform and OpenTofu only find the files beside the
 * configuration, and never ask a registry.
 */
export const PROVIDER_ADDRESS = "terraform.local/genauth/genauth";

/** Operating system and processor, in Terraform's names. */
const PLATFORMS = ["linux_amd64", "linux_arm64", "darwin_amd64", "darwin_arm64"] as const;

/** Makes Node.js read the provider, which has no extension, as CommonJS. */
const COMMONJS = Buffer.from('{"type":"commonjs"}\n');

/** Where and how the provider is installed. */
export interface InstallOptions {
  /** The folder where Terraform or OpenTofu is run; created if it is missing. */
  readonly dir: string;
  /**
   * Other providers that the configuration pins to one version. Their missing entries are added to the lock file, since
   * `cdktf` requires an entry for every provider; `init` adds the hashes.
   *
   * @default none
   */
  readonly pinned?: readonly LockEntry[];
  /**
   * Fail unless the lock file already locks exactly this provider, and do not change it. For pipelines.
   *
   * @default false: the lock file is updated
   */
  readonly locked?: boolean;
  /** @default the provider that this package ships */
  readonly provider?: ProviderPackage;
}

/** What was installed. */
export interface Installation {
  /** The provider's folder below `dir`: `…/terraform.d/plugins/terraform.local/genauth/genauth/<version>`. */
  readonly folder: string;
  readonly version: string;
}

/**
 * Writes the provider, for every supported platform, where `terraform init` and `tofu init` find it without a registry, and
 * its entry in `.terraform.lock.hcl`. Repeating this changes nothing.
 *
 * @throws Error if the bundle is missing, the folder cannot be written, or the provider is not the locked one
 */
export function installProvider(options: InstallOptions): Installation {
  const provider = options.provider ?? findProviderPackage();
  const { version } = provider;
  const folder = join(options.dir, folderOf(version));
  const name = executableOf(version);
  const files = filesOf(provider);
  const own = { address: PROVIDER_ADDRESS, version, hash: hashPackage(files) };
  if (options.locked) requireLocked(options.dir, own);
  for (const [file, content] of Object.entries(files)) {
    const mode = file === name ? 0o755 : 0o644;
    const [first, ...others] = PLATFORMS.map((platform) => join(folder, platform, file));
    if (first === undefined) continue;
    replaceFile(first, content, { mode });
    for (const path of others) replaceFile(path, content, { mode, sameAs: first });
  }

  if (!options.locked) lockProviders(options.dir, [own, ...(options.pinned ?? [])]);
  return { folder, version };
}

/**
 * The files of the provider that this package ships, by their path in a stack's folder.
 *
 * @throws Error if the bundle is missing
 */
export function providerFiles(): Readonly<Record<string, Buffer>> {
  const provider = findProviderPackage();
  const files = Object.entries(filesOf(provider));
  return Object.fromEntries(
    PLATFORMS.flatMap((platform) =>
      files.map(([name, content]) => [join(folderOf(provider.version), platform, name), content]),
    ),
  );
}

function folderOf(version: string): string {
  return join("terraform.d", "plugins", PROVIDER_ADDRESS, version);
}

function executableOf(version: string): string {
  return `terraform-provider-genauth_v${version}`;
}

function filesOf({ executable, modules, version }: ProviderPackage): Readonly<Record<string, Buffer>> {
  return {
    [executableOf(version)]: readFileSync(executable),
    ...Object.fromEntries(modules.map((path) => [basename(path), readFileSync(path)])),
    "package.json": COMMONJS,
  };
}

/**
 * Terraform's `h1:` hash of a provider's folder, for the lock file: SHA-256 over one line per file, sorted by name. Each line
 * is the file's SHA-256, two spaces and its name.
 *
 * @param files the folder's files: name to content
 */
function hashPackage(files: Readonly<Record<string, Buffer>>): string {
  const lines = Object.keys(files)
    .sort()
    .map((name) => `${sha256(files[name] ?? "").digest("hex")}  ${name}\n`);
  return `h1:${sha256(lines.join("")).digest("base64")}`;
}

function sha256(data: Buffer | string) {
  return createHash("sha256").update(data);
}

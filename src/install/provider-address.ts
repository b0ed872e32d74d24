import { createHash } from "node:crypto";

/**
 * The provider's source address. The host does not exist: Terraform and OpenTofu only find the files beside
 * the configuration, and never ask a registry.
 */
export const PROVIDER_ADDRESS = "terraform.local/genauth/genauth";

/** Operating system and processor, in Terraform's names. */
export const PLATFORMS = ["linux_amd64", "linux_arm64", "darwin_amd64", "darwin_arm64"] as const;

export type ProviderPlatform = (typeof PLATFORMS)[number];

/** The platform of this machine; undefined if the provider does not support it. */
export function ownPlatform(): ProviderPlatform | undefined {
  const architecture = process.arch === "x64" ? "amd64" : process.arch;
  return PLATFORMS.find((platform) => platform === `${process.platform}_${architecture}`);
}

/** The name of the archive that holds an executable, as engines and registries expect it. */
export function archiveName(version: string, platform: ProviderPlatform): string {
  return `terraform-provider-genauth_${version}_${platform}.zip`;
}

/** The name of the provider's program in its folder or archive. */
export function programName(version: string): string {
  return `terraform-provider-genauth_v${version}`;
}

/**
 * Terraform's `h1:` hash of a provider's folder, for the lock file: SHA-256 over one line per file, sorted by
 * name. Each line is the file's SHA-256, two spaces and its name.
 *
 * @param files the folder's files: name to content
 */
export function hashPackage(files: Readonly<Record<string, Buffer>>): string {
  const lines = Object.keys(files)
    .sort()
    .map((name) => `${sha256(files[name] ?? "").digest("hex")}  ${name}\n`);
  return `h1:${sha256(lines.join("")).digest("base64")}`;
}

/** Terraform's `zh:` hash of a provider's archive. */
export function hashArchive(content: Buffer): string {
  return `zh:${sha256(content).digest("hex")}`;
}

function sha256(data: Buffer | string) {
  return createHash("sha256").update(data);
}

import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { PLATFORMS, PROVIDER_ADDRESS } from "./address";
import type { LockEntry } from "./lock-file";
import { lockProviders, requireLocked } from "./lock-providers";
import { packageHash } from "./package-hash";
import { placeFile } from "./place-file";
import { findProviderPackage, type ProviderPackage } from "./provider-package";

/** Where and how the provider is laid. */
export interface InstallOptions {
  /** The folder where Terraform or OpenTofu is run; made where it is missing. */
  readonly dir: string;
  /**
   * Other providers that the configuration there pins to one version. Their entries in the lock file are laid
   * too where they are missing, since `cdktf` asks for the lot; `init` adds the hashes.
   *
   * @default none
   */
  readonly pinned?: readonly LockEntry[];
  /**
   * Whether the lock file there must name this very provider already, and stays as it is: what a pipeline wants.
   *
   * @default false: the lock file is made to name it
   */
  readonly locked?: boolean;
  /** @default the provider that this package ships */
  readonly provider?: ProviderPackage;
}

/** What was laid. */
export interface Installation {
  /** The provider's folder below `dir`: `…/terraform.d/plugins/terraform.local/genauth/genauth/<version>`. */
  readonly folder: string;
  readonly version: string;
}

/** Node takes the extensionless provider for CommonJS only where the nearest package.json says so. */
const COMMONJS = Buffer.from('{"type":"commonjs"}\n');

/**
 * Lays the provider where `terraform init` and `tofu init` find it without a registry, for every platform it
 * runs on, and its entry in `.terraform.lock.hcl`. Laying it again changes nothing.
 *
 * @throws Error if the bundle is missing, the folder cannot be written, or the provider is not the locked one
 */
export function installProvider(options: InstallOptions): Installation {
  const { executable, modules, version } = options.provider ?? findProviderPackage();
  const folder = join(options.dir, "terraform.d", "plugins", PROVIDER_ADDRESS, version);
  const name = `terraform-provider-genauth_v${version}`;
  const files: Readonly<Record<string, Buffer>> = {
    [name]: readFileSync(executable),
    ...Object.fromEntries(modules.map((path) => [basename(path), readFileSync(path)])),
    "package.json": COMMONJS,
  };
  const own = { address: PROVIDER_ADDRESS, version, hash: packageHash(files) };
  if (options.locked) requireLocked(options.dir, own);
  for (const [file, content] of Object.entries(files)) {
    let twin: string | undefined;
    for (const platform of PLATFORMS) {
      const path = join(folder, platform, file);
      placeFile(path, content, file === name ? 0o755 : 0o644, twin);
      twin = path;
    }
  }

  if (!options.locked) lockProviders(options.dir, [own, ...(options.pinned ?? [])]);
  return { folder, version };
}

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { PLATFORMS, PROVIDER_ADDRESS } from "./address";
import { withLockEntry } from "./lock-file";
import { packageHash } from "./package-hash";
import { placeFile } from "./place-file";
import { findProviderPackage, type ProviderPackage } from "./provider-package";

export interface InstallOptions {
  /** The folder where Terraform or OpenTofu is run; made where it is missing. */
  readonly dir: string;
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
 * Lays the provider where `terraform init` and `tofu init` find it without a registry, for every platform it runs on, and
 * its entry in `.terraform.lock.hcl`. Laying it again changes nothing.
 *
 * @throws Error if the bundle is missing or the folder cannot be written
 */
export function installProvider(options: InstallOptions): Installation {
  const { executable, version } = options.provider ?? findProviderPackage();
  const folder = join(options.dir, "terraform.d", "plugins", PROVIDER_ADDRESS, version);
  const name = `terraform-provider-genauth_v${version}`;
  const content = readFileSync(executable);

  let twin: string | undefined;
  for (const platform of PLATFORMS) {
    const path = join(folder, platform, name);
    placeFile(path, content, 0o755, twin);
    twin = path;
    placeFile(join(folder, platform, "package.json"), COMMONJS, 0o644);
  }

  const lock = join(options.dir, ".terraform.lock.hcl");
  const entries = existsSync(lock) ? readFileSync(lock, "utf8") : "";
  const hash = packageHash({ [name]: content, "package.json": COMMONJS });
  placeFile(lock, Buffer.from(withLockEntry(entries, version, hash)), 0o644);
  return { folder, version };
}

import { join } from "node:path";
import { type LockEntry, lockProviders } from "./lock-file";
import { PROVIDER_ADDRESS } from "./provider-address";

/** Where and how the provider is installed. */
export interface InstallOptions {
  /** The folder where Terraform or OpenTofu is run, or a home folder with `forUser`; created if it is missing. */
  readonly dir: string;
  /**
   * Install for all configurations of a person. No lock entry is written: `init` writes that of each configuration.
   *
   * @default false: for the configuration in `dir`
   */
  readonly forUser?: boolean;
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
}

/** What was installed. */
export interface Installation {
  /** The provider's folder below `dir`. */
  readonly folder: string;
  readonly version: string;
}

/** The folder where the engine looks for the provider: `…/terraform.local/genauth/genauth`. */
export function pluginsFolder({ dir, forUser = false }: InstallOptions): string {
  return join(dir, forUser ? ".terraform.d" : "terraform.d", "plugins", PROVIDER_ADDRESS);
}

/** Writes the lock entry of what was installed, unless the lock file stays as it is. */
export function lockInstalled(
  own: LockEntry,
  { dir, locked = false, forUser = false, pinned = [] }: InstallOptions,
): void {
  if (!locked && !forUser) lockProviders(dir, [own, ...pinned]);
}

import { join } from "node:path";
import type { LockEntry } from "./lock-file";
import { PROVIDER_ADDRESS } from "./provider-address";

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
}

/** What was installed. */
export interface Installation {
  /** The provider's folder below `dir`. */
  readonly folder: string;
  readonly version: string;
}

/** The folder where the engine that runs in `dir` looks for the provider: `…/terraform.local/genauth/genauth`. */
export function pluginsFolder(dir: string): string {
  return join(dir, "terraform.d", "plugins", PROVIDER_ADDRESS);
}

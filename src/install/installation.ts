import { existsSync } from "node:fs";
import { join } from "node:path";
import { replaceFile } from "../files";
import { type LockEntry, lockProviders } from "./lock-file";
import { PROVIDER_ADDRESS } from "./provider-address";

/** Where and how the provider is installed. */
export interface InstallOptions {
  /**
   * The folder where Terraform or OpenTofu is run, or a home folder with `forUser`; created if it is missing.
   */
  readonly dir: string;
  /**
   * Install for all configurations of a person. No lock entry is written: `init` writes that of each
   * configuration.
   *
   * @default false: for the configuration in `dir`
   */
  readonly forUser?: boolean;
  /**
   * Other providers that the configuration pins to one version. Their missing entries are added to the lock
   * file, since `cdktf` requires an entry for every provider; `init` adds the hashes.
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

/** Hides what was installed from Git, and writes its lock entry, unless the lock file stays as it is. */
export function finishInstallation(
  own: LockEntry,
  { dir, locked = false, forUser = false, pinned = [] }: InstallOptions,
): void {
  if (forUser) return;
  // `git add -A` would commit 131,000 lines of the provider.
  replaceFile(join(dir, "terraform.d", GIT_IGNORE), Buffer.from("*\n"));
  if (!locked) lockProviders(dir, [own, ...pinned]);
}

/**
 * The file in which Git reads what it leaves out of a folder. npm drops it from packages, so it is written.
 */
export const GIT_IGNORE = ".gitignore";

/**
 * What stands beside plain HCL and is not to be committed: programs, and states and plans, which name people.
 */
export const IGNORED_BESIDE_HCL = [
  "node_modules/",
  "/genauth-run/",
  ".terraform/",
  "terraform.d/",
  "*.tfstate*",
  "*.tfplan",
  "tfplan",
  "messages.jsonl",
  "*.bak",
] as const;

/** Has Git leave out {@link IGNORED_BESIDE_HCL} in a folder that does not say yet what Git leaves out. */
export function ignoreBesideHcl(dir: string): void {
  const file = join(dir, GIT_IGNORE);
  if (!existsSync(file)) replaceFile(file, Buffer.from(`${IGNORED_BESIDE_HCL.join("\n")}\n`));
}

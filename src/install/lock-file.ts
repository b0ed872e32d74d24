import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { replaceFile } from "../files";

/** A provider's version in `.terraform.lock.hcl`. */
export interface LockEntry {
  /** Such as `registry.terraform.io/hashicorp/null`. */
  readonly address: string;
  /** The one version that the configuration asks for, such as `3.2.4`. */
  readonly version: string;
  /**
   * The hashes of the provider's packages: `h1:…` of a folder, `zh:…` of an archive. Absent if only `init`
   * will know them, which then adds them.
   */
  readonly hashes?: readonly string[];
}

/** Adds entries to the `.terraform.lock.hcl` of a folder. Other entries stay unchanged. */
export function lockProviders(dir: string, entries: readonly LockEntry[]): void {
  const text = entries.reduce(withLockEntry, readLock(dir));
  replaceFile(lockIn(dir), Buffer.from(text));
}

/**
 * Checks a provider against the `.terraform.lock.hcl` of a folder.
 *
 * @throws Error that says what to do, if the file does not lock exactly this provider
 */
export function requireLocked(dir: string, { address, version, hashes }: Required<LockEntry>): void {
  const locked = lockedHashes(readLock(dir), address, version);
  const hash = hashes.find((each) => !locked.includes(each));
  if (hash === undefined) return;
  if (!existsSync(lockIn(dir)))
    throw new Error(
      `There is no ${lockIn(dir)}, so nothing says which provider was reviewed, and nothing was installed. Run this once without --locked, then init, and commit that file.`,
    );
  throw new Error(
    `${lockIn(dir)} does not lock this GenAuth provider (${version}, ${hash}), so nothing was installed. The first time, and ` +
      `after an upgrade of cdktf-genauth, run this without --locked, then init, and commit that file. Otherwise, first find ` +
      `out where the package comes from.`,
  );
}

function lockIn(dir: string): string {
  return join(dir, ".terraform.lock.hcl");
}

function readLock(dir: string): string {
  const lock = lockIn(dir);
  return existsSync(lock) ? readFileSync(lock, "utf8") : "";
}

/**
 * Adds an entry to the text of a `.terraform.lock.hcl`. Other entries stay unchanged.
 *
 * If each required provider has an entry with `version` and `constraints`, `cdktf diff` and `cdktf deploy` do
 * not run `terraform providers lock`. That command would ask the host of each provider, and this provider's
 * host does not exist. An entry with the same version keeps the hashes that `init` added, unless hashes are
 * given: a stale one, from an earlier build, would make `init` fail.
 *
 * An entry without a hash is a comment if there is one of the same namespace and type at another host.
 * OpenTofu's `init` locks `hashicorp/null` at its own registry, and with a second entry OpenTofu would refuse
 * to plan until the next `init`. `cdktf` looks for the entry at Terraform's registry, and finds it in a
 * comment too.
 *
 * @param text the current content; empty if there is no file
 */
export function withLockEntry(text: string, entry: LockEntry): string {
  const block = blockOf(entry.address);
  const [found] = block.exec(text) ?? [];
  if (found !== undefined && entry.hashes === undefined && locks(found, entry.version)) return text;
  if (found !== undefined) return text.replace(block, () => render(entry));
  const added =
    entry.hashes === undefined && isLockedElsewhere(text, entry.address) ? remark(entry) : render(entry);
  const gap = text === "" || text.endsWith("\n\n") ? "" : text.endsWith("\n") ? "\n" : "\n\n";
  return text + gap + added;
}

/**
 * The hashes for which the text of a `.terraform.lock.hcl` locks a provider's version; none if it does not
 * lock that version.
 */
export function lockedHashes(text: string, address: string, version: string): readonly string[] {
  const [block = ""] = blockOf(address).exec(text) ?? [];
  return locks(block, version) ? [...block.matchAll(/^\s*"(.*)",?\s*$/gm)].map(([, hash = ""]) => hash) : [];
}

/** Whether a provider of the same namespace and type has an entry at another host. */
function isLockedElsewhere(text: string, address: string): boolean {
  const nameOf = (full: string): string => full.slice(full.indexOf("/"));
  const addresses = [...text.matchAll(/^provider "(.*)" \{/gm)].map(([, locked = ""]) => locked);
  return addresses.some((locked) => nameOf(locked) === nameOf(address));
}

/** Matches the whole block: only its closing brace is at the start of a line. */
function blockOf(address: string): RegExp {
  const name = address.replaceAll(".", "\\.");
  return new RegExp(`^provider "${name}" \\{\\r?\\n(?:[^\\n]*\\n)*?\\}[^\\n]*(?:\\n|$)`, "m");
}

function locks(block: string, version: string): boolean {
  return /^\s*version\s*=\s*"(.*)"/m.exec(block)?.[1] === version && /^\s*constraints\s*=/m.test(block);
}

function remark(entry: LockEntry): string {
  return `/* For the cdktf command. The provider is locked at another registry.\n${render(entry)}*/\n`;
}

function render({ address, version, hashes }: LockEntry): string {
  const lines = [`  version     = "${version}"`, `  constraints = "${version}"`];
  if (hashes !== undefined) {
    // Sorted, as the engine writes them.
    lines.push(`  hashes = [`, ...[...hashes].sort().map((hash) => `    "${hash}",`), `  ]`);
  }
  return [`provider "${address}" {`, ...lines, `}`, ``].join("\n");
}

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { replaceFile } from "../files";

/** A provider's version in `.terraform.lock.hcl`. */
export interface LockEntry {
  /** Such as `registry.terraform.io/hashicorp/null`. */
  readonly address: string;
  /** The one version that the configuration asks for, such as `3.2.4`. */
  readonly version: string;
  /** The hash of the provider's folder, `h1:…`; absent where only `init` will know it, which then adds it. */
  readonly hash?: string;
}

/** Adds entries to the `.terraform.lock.hcl` of a folder and leaves all others as they are. */
export function lockProviders(dir: string, entries: readonly LockEntry[]): void {
  const text = entries.reduce(withLockEntry, readLock(dir));
  replaceFile(lockIn(dir), Buffer.from(text));
}

/**
 * Checks a provider against the `.terraform.lock.hcl` of a folder, which stays as it is.
 *
 * @throws Error if the file does not lock this very provider, with what to do
 */
export function requireLocked(dir: string, { address, version, hash }: Required<LockEntry>): void {
  if (lockedHashes(readLock(dir), address, version).includes(hash)) return;
  throw new Error(
    `${lockIn(dir)} does not lock this GenAuth provider (${version}, ${hash}), so nothing was installed. At the start, and ` +
      `after an upgrade of cdktf-genauth, run this without --locked, then init, and commit that file. Otherwise find out ` +
      `first where the package comes from.`,
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
 * Adds an entry to the text of a `.terraform.lock.hcl` and leaves all others as they are.
 *
 * Where each required provider has an entry with `version` and `constraints`, `cdktf diff` and `cdktf deploy`
 * do not run `terraform providers lock`, which would ask the host of each of them, and that of this provider
 * does not exist. An entry that is there with the same version stays, with the hashes that `init` put there,
 * unless a hash is given: a stale one, left by an earlier build, would fail `init`.
 *
 * @param text the file as it is; empty where there is none
 */
export function withLockEntry(text: string, entry: LockEntry): string {
  const block = blockOf(entry.address);
  const [found] = block.exec(text) ?? [];
  if (found !== undefined && entry.hash === undefined && locks(found, entry.version)) return text;
  if (found !== undefined) return text.replace(block, () => render(entry));
  const gap = text === "" || text.endsWith("\n\n") ? "" : text.endsWith("\n") ? "\n" : "\n\n";
  return text + gap + render(entry);
}

/**
 * The hashes under which the text of a `.terraform.lock.hcl` locks a provider's version: none where it locks another
 * version, or none at all.
 */
export function lockedHashes(text: string, address: string, version: string): readonly string[] {
  const [block = ""] = blockOf(address).exec(text) ?? [];
  return locks(block, version) ? [...block.matchAll(/^\s*"(.*)",?\s*$/gm)].map(([, hash = ""]) => hash) : [];
}

/** The whole block: Terraform writes the closing brace at the start of a line, and no other one there. */
function blockOf(address: string): RegExp {
  const name = address.replaceAll(".", "\\.");
  return new RegExp(`^provider "${name}" \\{\\r?\\n(?:[^\\n]*\\n)*?\\}[^\\n]*(?:\\n|$)`, "m");
}

function locks(block: string, version: string): boolean {
  return /^\s*version\s*=\s*"(.*)"/m.exec(block)?.[1] === version && /^\s*constraints\s*=/m.test(block);
}

function render({ address, version, hash }: LockEntry): string {
  const lines = [`  version     = "${version}"`, `  constraints = "${version}"`];
  if (hash !== undefined) lines.push(`  hashes = [`, `    "${hash}",`, `  ]`);
  return [`provider "${address}" {`, ...lines, `}`, ``].join("\n");
}

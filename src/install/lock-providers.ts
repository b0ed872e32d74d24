import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type LockEntry, lockedHashes, withLockEntry } from "./lock-file";
import { placeFile } from "./place-file";

/** Puts entries into the `.terraform.lock.hcl` of a folder, and leaves all others there as they are. */
export function lockProviders(dir: string, entries: readonly LockEntry[]): void {
  const text = entries.reduce(withLockEntry, readLock(dir));
  placeFile(lockIn(dir), Buffer.from(text), 0o644);
}

/**
 * Holds a provider against the `.terraform.lock.hcl` of a folder, which stays as it is.
 *
 * @throws Error if the file does not lock this very provider, with what to do
 */
export function requireLocked(dir: string, { address, version, hash }: Required<LockEntry>): void {
  if (lockedHashes(readLock(dir), address, version).includes(hash)) return;
  throw new Error(
    `${lockIn(dir)} does not lock this GenAuth provider (${version}, ${hash}), so nothing was laid. At the start, and ` +
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

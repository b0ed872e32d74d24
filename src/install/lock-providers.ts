import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type LockEntry, withLockEntry } from "./lock-file";
import { placeFile } from "./place-file";

/** Puts entries into the `.terraform.lock.hcl` of a folder, and leaves all others there as they are. */
export function lockProviders(dir: string, entries: readonly LockEntry[]): void {
  const lock = join(dir, ".terraform.lock.hcl");
  const before = existsSync(lock) ? readFileSync(lock, "utf8") : "";
  placeFile(lock, Buffer.from(entries.reduce(withLockEntry, before)), 0o644);
}

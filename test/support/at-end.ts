import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** How to close what the tests of this file have opened. */
const open: (() => unknown)[] = [];

/** Closes something once all tests of the file have ended, the newest first. */
export function atEnd(close: () => unknown): void {
  open.push(close);
}

/** The same of something that has a method for it. */
export function closing<T extends { close(): unknown }>(thing: T): T {
  atEnd(() => thing.close());
  return thing;
}

/** Closes everything. The setup of each file of tests calls it; a program that is no test closes what it opens. */
export async function closeAll(): Promise<void> {
  for (const close of open.splice(0).reverse()) await close();
}

/** A new temporary folder, which is removed once all tests of the file have ended. */
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "genauth-test-"));
  atEnd(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

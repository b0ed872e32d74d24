import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** How to close what the tests of this file have opened, in the order of opening. */
const open = new Set<() => unknown>();

/** Closes something once all tests of the file have ended, the newest first. */
export function atEnd(close: () => unknown): void {
  open.add(close);
}

/** The same of something that has a method for it. What is closed before is forgotten, so that a long proof does not hold it. */
export function closing<T extends { close(): unknown }>(thing: T): T {
  const close = thing.close.bind(thing);
  const end = () => {
    open.delete(end);
    return close();
  };
  open.add(end);
  return Object.assign(thing, { close: end });
}

/** Closes everything. The setup of each file of tests calls it; a program that is no test closes what it opens. */
export async function closeAll(): Promise<void> {
  for (const close of [...open].reverse()) await close();
  open.clear();
}

/** A new temporary folder, which is removed once all tests of the file have ended. */
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "genauth-test-"));
  atEnd(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

import fs from "node:fs";
import { hostname } from "node:os";
import { afterAll, afterEach, expect, jest, test } from "@jest/globals";
import { Journal, readJournal } from "../../../src/rehearse/journal";
import { lockJournal, unlockJournal } from "../../../src/rehearse/lock";
import { JournalFolder } from "../../support/rehearse/rehearsal";

const folder = new JournalFolder();
afterEach(() => void jest.restoreAllMocks());
afterAll(() => folder.remove());

const BEGIN = { host: "https://api.genauth.ai", access_key_id: "key", run: "rehearsal0123456789", total: 0 };

/** No process has this number on any system. */
const DEAD = 2 ** 31 - 1;

const lockOf = (journal: string) => `${journal}.lock`;
const holder = (pid: number) => `${JSON.stringify({ pid, host: hostname() })}\n`;

test("an entry is on the disk before the call that it announces can be sent", () => {
  const file = folder.next();
  const journal = Journal.begin(file, BEGIN);
  expect(fs.statSync(file).mode & 0o777).toBe(0o600);
  const done: string[] = [];
  const { writeSync, fsyncSync } = fs;
  jest.spyOn(fs, "writeSync").mockImplementation(((descriptor: number, bytes: Buffer, at: number) => {
    done.push("write");
    return writeSync(descriptor, bytes, at);
  }) as typeof writeSync);
  jest.spyOn(fs, "fsyncSync").mockImplementation((descriptor) => {
    fsyncSync(descriptor);
    done.push("flush");
  });
  journal.write({ entry: "creating", tokens: [] });
  expect(done).toEqual(["write", "flush"]);
  journal.close();
});

test("the name of a new journal is on the disk before anything else is", () => {
  const file = folder.next();
  const flushed: boolean[] = [];
  const { fsyncSync } = fs;
  jest.spyOn(fs, "fsyncSync").mockImplementation((descriptor) => {
    flushed.push(fs.fstatSync(descriptor).isDirectory());
    fsyncSync(descriptor);
  });
  Journal.begin(file, BEGIN).close();
  expect(flushed).toEqual([false, true]);
});

test.each([
  ["find a dead lock", () => holder(DEAD)],
  ["find a lock that was cut off", () => ""],
  ["find none", () => undefined],
])("of two processes that %s at the same time, one has the journal", (_, before) => {
  const journal = folder.next();
  const text = before();
  if (text !== undefined) fs.writeFileSync(lockOf(journal), text);
  let other: string | undefined;
  const { readFileSync } = fs;
  jest.spyOn(fs, "readFileSync").mockImplementation((...given: Parameters<typeof readFileSync>) => {
    jest.restoreAllMocks();
    try {
      return readFileSync(...given);
    } finally {
      // The other process comes between what this one has read and what it does next.
      other = tryLock(journal, process.ppid);
    }
  });
  const own = tryLock(journal, process.pid);
  expect([own, other]).toEqual([
    "locked",
    `Another process is about to work with ${journal}. Run this again; if it says the same then, delete ${journal}.lock.new.`,
  ]);
  expect(fs.readFileSync(lockOf(journal), "utf8")).toBe(holder(process.pid));
  expect(tryLock(journal, process.ppid)).toMatch(/is still running, as process/);
  unlockJournal(journal);
  expect(tryLock(journal, process.ppid)).toBe("locked");
});

test("a journal that is not there, or is a folder, is named with what to do", () => {
  const absent = folder.next();
  expect(() => readJournal(absent)).toThrow(
    `There is no journal ${absent}. Check the path: unless --journal named another, the journal is genauth-rehearsal-<time>.jsonl in the folder where the rehearsal was started.`,
  );
  expect(() => readJournal(folder.path)).toThrow(
    `The journal ${folder.path} cannot be read (EISDIR). Check that it is a file, and that this account may read it.`,
  );
});

/** Locks a journal as the process of a number does. @returns why it may not, or `locked` */
function tryLock(journal: string, pid: number): string {
  const own = process.pid;
  Object.defineProperty(process, "pid", { value: pid, configurable: true });
  try {
    lockJournal(journal);
    return "locked";
  } catch (error) {
    return (error as Error).message;
  } finally {
    Object.defineProperty(process, "pid", { value: own, configurable: true });
  }
}

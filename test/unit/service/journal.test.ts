import fs from "node:fs";
import { hostname } from "node:os";
import { afterEach, expect, jest, test } from "@jest/globals";
import { explainUse, Journal, readJournal } from "../../../src/service/journal";
import { JournalFolder } from "../../support/service/rehearsal";

const folder = new JournalFolder();
afterEach(() => void jest.restoreAllMocks());

const RUN = "rehearsal0123456789";

function begin(): Journal {
  return Journal.begin(folder.next(), RUN, { host: "https://api.genauth.ai", access_key_id: "key" });
}

test("an entry is on the disk before the call that it announces can be sent", () => {
  const journal = begin();
  expect(fs.statSync(journal.file).mode & 0o777).toBe(0o600);
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
  journal.write({ tokens: [] });
  expect(done).toEqual(["write", "flush"]);
  journal.close();
});

test("the name of a new journal is on the disk before anything else is sent", () => {
  const flushed: boolean[] = [];
  const { fsyncSync } = fs;
  jest.spyOn(fs, "fsyncSync").mockImplementation((descriptor) => {
    flushed.push(fs.fstatSync(descriptor).isDirectory());
    fsyncSync(descriptor);
  });
  begin().close();
  expect(flushed).toEqual([false, true]);
});

test("a journal is never begun where a file is, nor written through a link", () => {
  const journal = begin();
  journal.close();
  expect(() => Journal.begin(journal.file, RUN, journal.state.pool)).toThrow(/cannot be written/);
  const link = folder.next();
  fs.symlinkSync(journal.file, link);
  expect(() => Journal.resume(link)).toThrow(/cannot be written/);
});

test("the last whole line counts, also where lines are torn, and a further one begins on a line of its own", () => {
  const journal = begin();
  journal.write({ tokens: ["one"] });
  journal.close();
  fs.appendFileSync(journal.file, '{"kind":"rehearsal","run":"rehea');
  expect(readJournal(journal.file).tokens).toEqual(["one"]);
  const resumed = Journal.resume(journal.file);
  resumed.write({ isFinished: true });
  resumed.close();
  expect(readJournal(journal.file)).toMatchObject({ tokens: ["one"], isFinished: true });
});

test.each([
  ["is not there", () => folder.next(), /cannot be read \(ENOENT\)\. Check the path/],
  ["is a folder", () => folder.path, /cannot be read \(EISDIR\)/],
  ["is none", () => write("staff\n"), /is not the journal of a rehearsal/],
  ["was torn at once", () => write('{"kind":"rehe'), /torn before anybody was created/],
])("a journal that %s is named with what to do", (_, path, says) => {
  const file = path();
  expect(() => readJournal(file)).toThrow(says);
  expect(() => readJournal(file)).toThrow(file);
});

function write(text: string): string {
  const file = folder.next();
  fs.writeFileSync(file, text);
  return file;
}

/** No process has this number on any system. */
const DEAD = 2 ** 31 - 1;

test.each([
  ["a process that runs", { pid: process.ppid, machine: hostname() }, 0, /is still running, as process/],
  ["this process, or one with its number before", { pid: process.pid, machine: hostname() }, 0, undefined],
  ["a process that is dead", { pid: DEAD, machine: hostname() }, 0, undefined],
  ["another machine, just now", { pid: DEAD, machine: "elsewhere" }, 0, /run this after 20.*Z\.$/],
  ["another machine, eleven minutes ago", { pid: DEAD, machine: "elsewhere" }, 11, undefined],
])("a journal of %s", (_, writer, minutes, says) => {
  const journal = begin();
  journal.close();
  const at = new Date(Date.now() - minutes * 60_000).toISOString();
  const state = { ...journal.state, writer, at };
  const use = explainUse(state, journal.file);
  if (says) expect(use).toMatch(says);
  else expect(use).toBeUndefined();
  expect(explainUse({ ...state, isFinished: true }, journal.file)).toBeUndefined();
});

import { readFileSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, afterEach, expect, test } from "@jest/globals";
import { startProgress } from "../../../src/cli/rehearse";
import { type EmulatorOptions, seedUsers } from "../../support/emulator";
import { findObstacles } from "../../../src/rehearse/consent";
import { readJournal } from "../../../src/rehearse/journal";
import { type Clock, systemClock } from "../../../src/timing";
import { rehearseUntil } from "../../support/rehearse/killed";
import {
  cleanUpWith,
  JournalFolder,
  type RehearsedService,
  startService,
} from "../../support/rehearse/rehearsal";

/** Journals that are damaged, or that somebody else works with: nothing is passed over in silence, and there is a way out. */

let folder: JournalFolder;
let emulator: RehearsedService;
afterEach(() => emulator.close());

const folders: JournalFolder[] = [];
afterAll(() => folders.forEach((each) => each.remove()));

const OTHERS = seedUsers(3);

/** Kills a rehearsal that has created eleven users and deleted one. @returns its journal */
async function leaveUsers(options: EmulatorOptions = {}): Promise<string> {
  folder = new JournalFolder();
  folders.push(folder);
  emulator = await startService({ users: OTHERS, ...options });
  const file = folder.next();
  await rehearseUntil(emulator, file, { call: 9, when: "after", among: "changes" });
  expect(emulator.pool.size).toBeGreaterThan(OTHERS.length);
  return file;
}

const linesOf = (file: string) => readFileSync(file, "utf8").split("\n");
const indexOf = (file: string, entry: string) =>
  linesOf(file).findLastIndex((line) => line.startsWith(`{"entry":"${entry}"`));

function obstacles(file: string): string[] {
  const survey = { total: 0, bystanders: [], sideEffects: [], unread: [] };
  return findObstacles(survey, { production: false, sideEffects: false }, join(dirname(file), "new.jsonl"));
}

test.each([
  ["of another name", (whole: string) => whole, /is the journal of a rehearsal that did not finish/],
  [
    "with a torn first line",
    (whole: string) => whole.slice(0, 40),
    /The first line of .* is torn.*In the console, delete the users whose user names begin with "rehearsal"; then delete /,
  ],
])("a journal %s is an obstacle to the next rehearsal", async (_, change, says) => {
  const file = await leaveUsers();
  const other = join(dirname(file), "mine.txt");
  writeFileSync(other, change(readFileSync(file, "utf8")));
  await cleanUpWith(emulator, file);
  expect(obstacles(file)).toEqual([expect.stringMatching(says)]);
  expect(obstacles(file)[0]).toContain("mine.txt");
});

test("the journal of a process that is still running is no other's to clean up", async () => {
  const file = await leaveUsers();
  const lock = (pid: number, host = hostname()) =>
    writeFileSync(`${file}.lock`, `${JSON.stringify({ pid, host })}\n`);
  lock(process.ppid);
  const running = `is still running, as process ${process.ppid} on ${hostname()}. Wait until it ends`;
  await expect(cleanUpWith(emulator, file)).rejects.toThrow(running);
  expect(obstacles(file)).toEqual([expect.stringContaining(running)]);
  lock(process.ppid, "elsewhere");
  await expect(cleanUpWith(emulator, file)).rejects.toThrow("If it is not running any more, delete");
  expect(emulator.pool.size).toBeGreaterThan(OTHERS.length);
  // No process has this number on any system.
  lock(2 ** 31 - 1);
  expect(await cleanUpWith(emulator, file)).not.toHaveProperty("problem");
  expect(emulator.pool.list()).toEqual(OTHERS);
  expect(obstacles(file)).toEqual([]);
});

test("an id of somebody else is left alone, the others are deleted, and the console is named", async () => {
  const file = await leaveUsers();
  const [token] = readJournal(file).tokens;
  const users = [{ token, user_id: OTHERS[0]?.userId }];
  const forged = JSON.stringify({ entry: "created", users, at: new Date().toISOString() });
  writeFileSync(file, `${readFileSync(file, "utf8")}${forged}\n`);
  expect(await cleanUpWith(emulator, file)).toMatchObject({
    found: 11,
    problem: "1 user whom the journal names does not show the mark of a test user, and was left alone.",
    remedy: `In the console, delete the users whose user names begin with "${readJournal(file).run}"; then delete ${file}.`,
  });
  expect(emulator.pool.list()).toEqual(OTHERS);
});

test("users whose creation the journal has lost are counted, and the console is named", async () => {
  const file = await leaveUsers();
  const at = indexOf(file, "creating");
  writeFileSync(file, linesOf(file).slice(0, at).join("\n") + '\n{"entry":"creat');
  const { problem, remedy } = await cleanUpWith(emulator, file);
  expect(problem).toBe("A search shows 10 users of the rehearsal whom the journal does not name.");
  expect(remedy).toMatch(
    /^In the console, delete the users whose user names begin with "rehearsal[\da-f]{10}"/,
  );
  expect(emulator.pool.size).toBe(OTHERS.length + 10);
});

test("a line in the middle that cannot be read is named, and the journal stays unfinished", async () => {
  const file = await leaveUsers({ variants: { suspended: "hidden", listed: "without_suspended" } });
  const lines = linesOf(file);
  const at = indexOf(file, "changing");
  writeFileSync(file, lines.with(at, "\u0000\u0000\u0000").join("\n"));
  expect(readJournal(file).damaged).toEqual([at + 1]);
  const { found, problem, remedy } = await cleanUpWith(emulator, file);
  expect({ found, problem }).toEqual({
    found: 11,
    problem: `Line ${at + 1} of the journal cannot be read, so it may lack users.`,
  });
  expect(remedy).toMatch(/then delete /);
  expect(readJournal(file).isFinished).toBe(false);
  expect(emulator.pool.list()).toEqual(OTHERS);
});

test("a call that fails ends a clean-up with what to do", async () => {
  const file = await leaveUsers();
  emulator.faults.add({ on: "get-user-batch", then: { kind: "answer", statusCode: 500 } });
  const { problem, remedy } = await cleanUpWith(emulator, file);
  expect(problem).toMatch(/^A call failed\. GenAuth answered with status 500/);
  expect(remedy).toMatch(
    /^Run rehearse --clean-up with the journal later\. If it says the same then: In the console, delete the users/,
  );
});

test("a clean-up whose call hangs says every ten seconds that it goes on, until it ends", async () => {
  const file = await leaveUsers();
  const { clock, pass } = heldClock();
  const lines: string[] = [];
  const progress = startProgress(clock, (line) => lines.push(line));
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  const isHanging = new Promise<void>((resolve) =>
    emulator.steps.add({
      on: "get-user-batch",
      run: () => {
        resolve();
        return released;
      },
    }),
  );
  const cleanedUp = cleanUpWith(emulator, file, { onStep: progress.say });
  await isHanging;
  const begun = [...lines];
  const what = "looking for test users who are left (1 of 8 times at most)";
  expect(begun.at(-1)).toBe(`  0 s: ${what}`);
  await pass(9999);
  expect(lines).toEqual(begun);
  await pass(1);
  await pass(10_000);
  const still = [` 10 s: still ${what}`, ` 20 s: still ${what}`];
  expect(lines).toEqual([...begun, ...still]);
  await pass(6000);
  release();
  expect(await cleanedUp).toEqual({ found: 11 });
  const ended = [...lines];
  const last = " 26 s: looking for test users who are left (3 of 8 times at most)";
  expect(ended.at(-1)).toBe(last);
  await pass(9999);
  expect(lines).toEqual(ended);
  progress.end();
  await pass(60_000);
  expect(lines).toEqual(ended);
});

/** A clock that stands still until a test lets time pass. */
function heldClock(): { readonly clock: Clock; readonly pass: (milliseconds: number) => Promise<void> } {
  let elapsed = 0;
  const sleepers = new Set<{ readonly due: number; readonly wake: () => void }>();
  const clock: Clock = {
    ...systemClock,
    elapsed: () => elapsed,
    sleep: (milliseconds, stop) =>
      new Promise((resolve) => {
        const sleeper = { due: elapsed + milliseconds, wake: resolve };
        sleepers.add(sleeper);
        stop?.addEventListener("abort", () => {
          sleepers.delete(sleeper);
          resolve();
        });
      }),
  };
  return {
    clock,
    pass: async (milliseconds) => {
      elapsed += milliseconds;
      for (const sleeper of sleepers) {
        if (sleeper.due > elapsed) continue;
        sleepers.delete(sleeper);
        sleeper.wake();
      }
      await new Promise(setImmediate);
    },
  };
}

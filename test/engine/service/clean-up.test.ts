import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import { expect, test } from "@jest/globals";
import { seedUsers } from "../../support/emulator";
import { findObstacles, readJournal } from "../../../src/service";
import {
  cleanUpWith,
  JournalFolder,
  rehearseUntil,
  type RehearsedService,
  startService,
} from "../../support/service/rehearsal";

/** Journals that are damaged, or that somebody else works with: nothing is passed over in silence, and there is a way out. */

let folder: JournalFolder;
let emulator: RehearsedService;

const OTHERS = seedUsers(3);

/** Kills a rehearsal that has created nine users and deleted one. @returns its journal */
async function leaveUsers(): Promise<string> {
  folder = new JournalFolder();
  emulator = await startService({ users: OTHERS });
  const file = folder.next();
  await rehearseUntil(emulator, file, { call: 5, when: "after", among: "changes" });
  expect(emulator.pool.size).toBe(OTHERS.length + 8);
  return file;
}

/** Adds a line to a journal, as if its rehearsal had written it. */
function change(file: string, changes: Partial<ReturnType<typeof readJournal>>): void {
  appendFileSync(file, `${JSON.stringify({ ...readJournal(file), ...changes })}\n`);
}

function obstacles(file: string): string[] {
  const survey = { total: 0, bystanders: [], sideEffects: [] };
  const accepted = { production: false, acceptSideEffects: false };
  return findObstacles(survey, accepted, dirname(file));
}

test.each([
  ["that is unfinished", (whole: string) => whole, /is the journal of a rehearsal that did not finish/],
  ["with a torn first line", (whole: string) => whole.slice(0, 40), /torn before anybody was created/],
])("a journal %s is an obstacle to the next rehearsal", async (_, torn, says) => {
  const file = await leaveUsers();
  const other = join(dirname(file), "genauth-rehearsal-earlier.jsonl");
  writeFileSync(other, torn(readFileSync(file, "utf8")));
  await cleanUpWith(emulator, file);
  expect(obstacles(file)).toEqual([expect.stringMatching(says)]);
  expect(obstacles(file)[0]).toContain("genauth-rehearsal-earlier.jsonl");
});

test("the journal of a process that is still running is no other's to clean up", async () => {
  const file = await leaveUsers();
  change(file, { writer: { pid: process.ppid, machine: hostname() } });
  const running = `is still running, as process ${process.ppid} on ${hostname()}. Wait until it ends`;
  await expect(cleanUpWith(emulator, file)).rejects.toThrow(running);
  expect(obstacles(file)).toEqual([expect.stringContaining(running)]);
  expect(emulator.pool.size).toBe(OTHERS.length + 8);
  // No process has this number on any system.
  change(file, { writer: { pid: 2 ** 31 - 1, machine: hostname() } });
  expect(await cleanUpWith(emulator, file)).toEqual({ found: 8 });
  expect(emulator.pool.list()).toEqual(OTHERS);
  expect(obstacles(file)).toEqual([]);
});

test("a journal of another pool is refused before any call", async () => {
  const file = await leaveUsers();
  await emulator.close();
  emulator = await startService({ users: OTHERS });
  await expect(cleanUpWith(emulator, file)).rejects.toThrow(
    /is the journal of another pool: host and access_key_id differ from the settings/,
  );
  expect(emulator.calls).toEqual([]);
});

test("an id of somebody else is left alone, the others are deleted, and the console is named", async () => {
  const file = await leaveUsers();
  const { created, tokens, run } = readJournal(file);
  change(file, { created: [...created, { token: tokens[0] ?? "", userId: OTHERS[0]?.userId ?? "" }] });
  expect(await cleanUpWith(emulator, file)).toEqual({
    found: 8,
    problem: "1 user with a mark or an id of this rehearsal is not as its journal says, and was left alone.",
    remedy: `In the console, delete the users whose user names begin with "${run}"; then delete ${file}.`,
  });
  expect(emulator.pool.list()).toEqual(OTHERS);
});

test("users whom the journal does not name are left alone, and the console is named", async () => {
  const file = await leaveUsers();
  change(file, { tokens: [], created: [] });
  const { problem, remedy } = await cleanUpWith(emulator, file);
  expect(problem).toMatch(/^8 users with a mark or an id of this rehearsal are not as its journal says/);
  expect(remedy).toMatch(
    /^In the console, delete the users whose user names begin with "rehearsal[\da-f]{10}"/,
  );
  expect(readJournal(file).isFinished).toBe(false);
  expect(emulator.pool.size).toBe(OTHERS.length + 8);
});

test("a user who cannot be deleted is reported, and the journal stays unfinished", async () => {
  const file = await leaveUsers();
  emulator.faults.add({ on: "delete-users-batch", then: { kind: "answer", statusCode: 422 } });
  expect(await cleanUpWith(emulator, file)).toMatchObject({
    problem: "8 users of the rehearsal can still be found.",
    remedy: expect.stringMatching(/^Run rehearse --clean-up with the journal later\./),
  });
  expect(readJournal(file).isFinished).toBe(false);
});

test("an outage ends a clean-up with what to do", async () => {
  const file = await leaveUsers();
  emulator.faults.add({ on: "get-user-batch", then: { kind: "answer", statusCode: 500 } });
  const { problem, remedy } = await cleanUpWith(emulator, file);
  expect(problem).toMatch(/^GenAuth answered with status 500/);
  expect(remedy).toMatch(
    /^Run rehearse --clean-up with the journal later\. If it says the same then: In the console, delete the users/,
  );
});

import { readFileSync, writeFileSync } from "node:fs";
import { afterAll, afterEach, expect, test } from "@jest/globals";
import { type EmulatorOptions, seedUsers } from "../../support/emulator";
import { readJournal } from "../../../src/rehearse/journal";
import {
  cleanUpWith,
  JournalFolder,
  type RehearsedService,
  startService,
} from "../../support/rehearse/rehearsal";
import { type Kill, rehearseUntil } from "../../support/rehearse/killed";

const folder = new JournalFolder();
afterAll(() => folder.remove());

let emulator: RehearsedService;
afterEach(() => emulator.close());

const OTHERS = seedUsers(3);

async function killAndCleanUp(kill: Kill, options: EmulatorOptions = {}): Promise<string> {
  emulator = await startService({ users: OTHERS, ...options });
  const file = folder.next();
  expect(await rehearseUntil(emulator, file, kill)).toBe(true);
  expect(readJournal(file).isFinished).toBe(false);
  expect(await cleanUpWith(emulator, file)).not.toHaveProperty("problem");
  expect(emulator.pool.list()).toEqual(OTHERS);
  expect(readJournal(file).isFinished).toBe(true);
  return file;
}

/** Calls 1 to 3 name nobody; 4 creates the first user, 9 ten more; test/proofs/long/faults/rehearsal-kills.test.ts has every call. */
const AMONG_CHANGES: readonly (readonly [number, Kill["when"]])[] = [
  [4, "before"],
  [4, "after"],
  [6, "after"],
  [8, "after"],
  [9, "after"],
  [16, "before"],
  [20, "after"],
  [26, "after"],
];

test.each(AMONG_CHANGES)(
  "killed at change %d, %s it is carried out: a clean-up leaves nobody",
  async (call, when) => {
    await killAndCleanUp({ call, when, among: "changes" });
  },
);

test.each<[string, EmulatorOptions, number]>([
  ["hides suspended users", { variants: { suspended: "hidden", listed: "without_suspended" } }, 10],
  [
    "refuses unknown ids",
    { variants: { unknownIdsInDeletions: "refuse", unknownIdsInLookUps: "refuse" } },
    16,
  ],
  [
    "shows creations late",
    { consistencyDelayMs: 10, variants: { creationDelayMs: 30, searchDelayMs: 40 } },
    9,
  ],
  ["empties the fields that an update leaves out", { variants: { omittedFields: "emptied" } }, 12],
  ["ignores the conditions of a search", { variants: { conditions: "ignored" } }, 9],
])("a service that %s: a clean-up leaves nobody", async (_, options, call) => {
  await killAndCleanUp({ call, when: "after", among: "changes" }, options);
});

test("a torn last line is no entry, and a further one begins on a line of its own", async () => {
  emulator = await startService({ users: OTHERS });
  const file = folder.next();
  await rehearseUntil(emulator, file, { call: 9, when: "after", among: "changes" });
  writeFileSync(file, readFileSync(file, "utf8").slice(0, -1) + '\n{"entry":"chang');
  expect(await cleanUpWith(emulator, file)).not.toHaveProperty("problem");
  expect(emulator.pool.list()).toEqual(OTHERS);
  expect(readJournal(file).isFinished).toBe(true);
});

test("a journal of another pool is refused, and a file that is none", async () => {
  const file = await killAndCleanUp({ call: 4, when: "after", among: "changes" });
  await emulator.close();
  emulator = await startService({ users: OTHERS });
  await expect(cleanUpWith(emulator, file)).rejects.toThrow(
    /is the journal of another pool: host and access_key_id differ from the settings/,
  );
  const other = folder.next();
  writeFileSync(other, "staff\n");
  await expect(cleanUpWith(emulator, other)).rejects.toThrow(/is not the journal of a rehearsal/);
  expect(emulator.calls).toEqual([]);
});

test("a journal that has lost its creations does not say that nobody is left", async () => {
  emulator = await startService({ users: OTHERS });
  const file = folder.next();
  await rehearseUntil(emulator, file, { call: 9, when: "after", among: "changes" });
  const [header = ""] = readFileSync(file, "utf8").split("\n");
  writeFileSync(file, `${header}\n`);
  expect((await cleanUpWith(emulator, file)).problem).toMatch(
    /A search shows \d+ users of the rehearsal whom the journal does not name/,
  );
  expect(readJournal(file).isFinished).toBe(false);
  expect(emulator.pool.list()).toEqual(expect.arrayContaining([...OTHERS]));
});

test("a user who cannot be deleted is reported, and the journal stays unfinished", async () => {
  emulator = await startService({ users: OTHERS });
  const file = folder.next();
  await rehearseUntil(emulator, file, { call: 4, when: "after", among: "changes" });
  emulator.faults.add({ on: "delete-users-batch", then: { kind: "answer", statusCode: 422 } });
  expect(await cleanUpWith(emulator, file)).toMatchObject({
    problem: "1 user of the rehearsal can still be found.",
  });
  expect(readJournal(file).isFinished).toBe(false);
});

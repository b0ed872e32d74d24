import { expect, test } from "@jest/globals";
import { type EmulatorOptions, seedUsers } from "../../support/emulator";
import { readJournal } from "../../../src/service";
import {
  cleanUpWith,
  JournalFolder,
  type Kill,
  type RehearsedService,
  rehearseUntil,
  startService,
} from "../../support/service/rehearsal";

const folder = new JournalFolder();

let emulator: RehearsedService;

const OTHERS = seedUsers(3);

async function killAndCleanUp(kill: Kill, options: EmulatorOptions = {}): Promise<void> {
  emulator = await startService({ users: OTHERS, ...options });
  const file = folder.next();
  expect(await rehearseUntil(emulator, file, kill)).toBe(true);
  expect(readJournal(file).isFinished).toBe(false);
  expect(await cleanUpWith(emulator, file)).not.toHaveProperty("problem");
  expect(emulator.pool.list()).toEqual(OTHERS);
  expect(readJournal(file).isFinished).toBe(true);
}

/** Call 1 names nobody; 2 creates the first user, 4 another, 5 seven more; test/proofs/long/faults/rehearsal-kills.test.ts has every call. */
const AMONG_CHANGES: readonly (readonly [number, Kill["when"]])[] = [
  [2, "before"],
  [2, "after"],
  [3, "after"],
  [5, "after"],
  [6, "after"],
  [8, "before"],
  [14, "after"],
];

test.each(AMONG_CHANGES)(
  "killed at change %d, %s it is carried out: a clean-up leaves nobody",
  async (call, when) => {
    await killAndCleanUp({ call, when, among: "changes" });
  },
);

test.each<[string, EmulatorOptions, number]>([
  ["hides suspended users", { variants: { suspended: "hidden", listed: "without_suspended" } }, 6],
  [
    "refuses unknown ids",
    { variants: { unknownIdsInDeletions: "refuse", unknownIdsInLookUps: "refuse" } },
    8,
  ],
  [
    "shows creations late",
    { consistencyDelayMs: 10, variants: { creationDelayMs: 30, searchDelayMs: 40 } },
    5,
  ],
  ["empties the fields that an update leaves out", { variants: { omittedFields: "emptied" } }, 6],
  ["ignores the conditions of a search", { variants: { conditions: "ignored" } }, 5],
  [
    "deletes nobody who is suspended",
    {
      // Two rounds of a clean-up, each with one call for nine users and one for each of them.
      faults: [
        {
          on: "delete-users-batch",
          nth: Array.from({ length: 20 }, (_, at) => 3 + at),
          then: { kind: "answer", statusCode: 422 },
        },
      ],
    },
    6,
  ],
])("a service that %s: a clean-up leaves nobody", async (_, options, call) => {
  await killAndCleanUp({ call, when: "after", among: "changes" }, options);
});

import { existsSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { type EmulatorOptions, seedUsers } from "../../../support/emulator";
import {
  cleanUpWith,
  JournalFolder,
  type Kill,
  rehearseUntil,
  startService,
} from "../../../support/service/rehearsal";

/** A rehearsal that is killed at every call, before it is sent and after it was carried out. */

const folder = new JournalFolder();

const OTHERS = seedUsers(3);

const SERVICES: readonly (readonly [string, EmulatorOptions])[] = [
  ["as documented", {}],
  [
    "hides suspended users and refuses unknown ids",
    {
      variants: {
        ...{ suspended: "hidden", listed: "without_suspended" },
        ...{ unknownIdsInDeletions: "refuse", unknownIdsInLookUps: "refuse" },
      },
    },
  ],
  [
    "is slow, and ignores conditions",
    { consistencyDelayMs: 5, variants: { creationDelayMs: 10, searchDelayMs: 15, conditions: "ignored" } },
  ],
];

/** How many rehearsals run at the same time: they mostly wait. */
const AT_ONCE = 6;

/** Kills a rehearsal and cleans up. @returns whether there were so many calls */
async function killAndCleanUp(options: EmulatorOptions, call: number, when: Kill["when"]): Promise<boolean> {
  const emulator = await startService({ users: OTHERS, ...options });
  const file = folder.next();
  const isKilled = await rehearseUntil(emulator, file, { call, when, among: "all" });
  // The first call is a count, before the journal is begun: nobody was created then.
  if (isKilled && existsSync(file))
    expect({ call, when, ...(await cleanUpWith(emulator, file)) }).not.toHaveProperty("problem");
  expect({ call, when, left: emulator.pool.list() }).toEqual({ call, when, left: OTHERS });
  await emulator.close();
  return isKilled;
}

test.each(SERVICES)(
  "a service that is %s: nobody is left after a clean-up, whichever call was the last",
  async (_, options) => {
    let kills = 0;
    for (const when of ["before", "after"] as const) {
      let isKilled = true;
      for (let first = 1; isKilled; first += AT_ONCE) {
        const calls = Array.from({ length: AT_ONCE }, (_call, index) => first + index);
        const killed = await Promise.all(calls.map((call) => killAndCleanUp(options, call, when)));
        kills += killed.filter(Boolean).length;
        isKilled = killed.every(Boolean);
      }
    }
    expect(kills).toBeGreaterThan(150);
    console.log(`${kills} kills`);
  },
);

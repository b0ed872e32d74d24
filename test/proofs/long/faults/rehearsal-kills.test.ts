import { afterAll, expect, test } from "@jest/globals";
import { type EmulatorOptions, seedUsers, startEmulator } from "../../../../src/emulator";
import { rehearseUntil } from "../../../support/rehearse/killed";
import { cleanUpWith, JournalFolder } from "../../../support/rehearse/rehearsal";

/** A rehearsal that is killed at every call, before it is sent and after it was carried out. */

const folder = new JournalFolder();
afterAll(() => folder.remove());

const OTHERS = seedUsers(3);

const SERVICES: readonly (readonly [string, EmulatorOptions])[] = [
  ["as documented", {}],
  [
    "hides suspended users and refuses unknown ids",
    {
      unknownIds: "refuse",
      variants: { suspended: "hidden", listed: "without_suspended", unknownIdsInLookUps: "refuse" },
    },
  ],
  [
    "is slow, and ignores conditions",
    { consistencyDelayMs: 5, variants: { creationDelayMs: 10, searchDelayMs: 15, conditions: "ignored" } },
  ],
];

test.each(SERVICES)(
  "a service that is %s: nobody is left after a clean-up, whichever call was the last",
  async (_, options) => {
    let kills = 0;
    for (const when of ["before", "after"] as const)
      for (let call = 1; ; call += 1) {
        const emulator = await startEmulator({ rateLimit: false, users: OTHERS, ...options });
        const file = folder.next();
        const isKilled = await rehearseUntil(emulator, file, { call, when, among: "all" });
        if (isKilled) {
          expect({ call, when, ...(await cleanUpWith(emulator, file)) }).not.toHaveProperty("problem");
          kills += 1;
        }
        expect({ call, when, left: emulator.pool.list() }).toEqual({ call, when, left: OTHERS });
        await emulator.close();
        if (!isKilled) break;
      }
    expect(kills).toBeGreaterThan(300);
    console.log(`${kills} kills`);
  },
);

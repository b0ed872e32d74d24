import { BenchEmulator } from "../emulator/emulator";
import type { EmulatedPool } from "../emulator/messages";
import { summarise } from "../measure/summary";
import type { Yardstick } from "../yardstick";
import { removeByThisProject } from "./own-removal";
import { idsOf } from "./sets";

const USERS = 5_000;

/** What one user whom GenAuth refuses to delete costs all the others. */
export const badId: Yardstick = {
  name: "bad-id",
  title: "One user among 5,000 whom GenAuth refuses to delete",
  async run({ say }) {
    say(`${USERS} users, with and without a bad one`);
    const ids = idsOf(USERS);
    const without = await callsFor({ users: USERS }, ids, 0);
    const refused = ids[USERS / 2] ?? "";
    const rule = {
      on: "delete-users-batch",
      ids: [refused],
      then: { kind: "answer", statusCode: 422, message: "under a legal hold" },
    } as const;
    const bad = await callsFor({ users: USERS, faults: [rule] }, ids, 1);
    return [
      {
        title: `calls to remove ${USERS.toLocaleString("en")} users`,
        unit: "calls",
        sides: [
          { name: "all can be deleted", summary: summarise([without]) },
          { name: "one is refused", summary: summarise([bad]) },
        ],
        targets: [{ what: "calls more", seen: bad - without, wanted: { atMost: 15 } }],
      },
    ];
  },
};

async function callsFor(pool: EmulatedPool, ids: readonly string[], survivors: number): Promise<number> {
  const emulator = await BenchEmulator.start(pool);
  try {
    const result = await removeByThisProject(emulator, ids, 10_000);
    if (result.survivors !== survivors)
      throw new Error(`${result.survivors} users survived instead of ${survivors}.`);
    const { byCall } = await emulator.received();
    return Object.values(byCall).reduce((sum, count) => sum + count, 0);
  } finally {
    await emulator.close();
  }
}

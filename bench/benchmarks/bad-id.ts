import { BenchEmulator } from "../emulator/emulator";
import type { EmulatedPool } from "../emulator/messages";
import { inTurn, medianOf } from "../measure/rounds";
import type { Benchmark } from "../benchmark";
import { removeByThisProject } from "./own-removal";
import { idsOf } from "./sets";

const USERS = 5_000;
const ALL = "all can be deleted";
const BAD = "one is refused";

/** The cost of one user that GenAuth refuses to delete. */
export const badId: Benchmark = {
  name: "bad-id",
  title: "One user among 5,000 that GenAuth refuses to delete",
  async run({ full, say }) {
    say(`${USERS} users, with and without a refused one`);
    const ids = idsOf(USERS);
    const refused = ids[USERS / 2] ?? "";
    const rule = {
      on: "delete-users-batch",
      ids: [refused],
      then: { kind: "answer", statusCode: 422, message: "under a legal hold" },
    } as const;
    const contender = (name: string, pool: EmulatedPool, survivors: number) => ({
      name,
      measure: async () => ({ calls: await callsFor(pool, ids, survivors) }),
    });
    const { calls } = await inTurn(
      full ? 5 : 1,
      [contender(ALL, { users: USERS }, 0), contender(BAD, { users: USERS, faults: [rule] }, 1)],
      ["calls"],
    );
    return [
      {
        title: `calls to remove ${USERS.toLocaleString("en")} users`,
        unit: "calls",
        sides: calls,
        targets: [
          { what: "calls more", seen: medianOf(calls, BAD) - medianOf(calls, ALL), wanted: { atMost: 15 } },
        ],
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

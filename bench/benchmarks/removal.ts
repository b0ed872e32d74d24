import { ManagementClient as OfficialClient } from "authing-node-sdk";
import { EngineFolder } from "../engine/folder";
import { prepareRemoval, type Participant } from "../engine/participant";
import { ownProvider, userProvider } from "../engine/providers";
import { BenchEmulator } from "../emulator/emulator";
import { type Contender, inRounds, ratio } from "../measure/rounds";
import type { Bench, Comparison, Benchmark } from "../benchmark";
import { removeByThisProject } from "./own-removal";
import { forEachConfiguration, idsOf, ownConfiguration, writeForEachState } from "./sets";

/** The duration of a call over the internet, in milliseconds. */
const LATENCY_MS = 50;
/** High enough to have no effect. */
const NO_PACE = 10_000;

const SDK = "loop over the official SDK";
const OWN = "this project";
const FOR_EACH = "for_each, one resource per user";
const OWN_APPLY = "genauth_user_set";

/** Removes users with a latency per call: the gain of parallel calls for 50 users each. */
export const removal: Benchmark = {
  name: "removal",
  title: `Removing users, ${LATENCY_MS} ms per call, without a pace limit`,
  async run(bench) {
    return [
      ...(await againstTheSdk(bench, bench.full ? 5_000 : 1_000)),
      ...(await againstForEach(bench, bench.full ? 5_000 : 500)),
    ];
  },
};

async function againstTheSdk(bench: Bench, users: number): Promise<readonly Comparison[]> {
  bench.say(`${users} users by the official SDK, and by this project`);
  const ids = idsOf(users);
  const measured = (name: string, remove: (emulator: BenchEmulator) => Promise<unknown>) => ({
    name,
    measure: async () => {
      const emulator = await BenchEmulator.start({ users, latencyMs: LATENCY_MS });
      try {
        const begun = performance.now();
        await remove(emulator);
        return await settled(emulator, (performance.now() - begun) / 1000);
      } finally {
        await emulator.close();
      }
    },
  });
  const sides = await inRounds(
    bench.full ? 5 : 3,
    [
      measured(SDK, (emulator) => removeBySdk(emulator, ids)),
      measured(OWN, (emulator) => removeByThisProject(emulator, ids, NO_PACE)),
    ],
    ["seconds", "calls"],
  );
  return [
    {
      title: `removal of ${users.toLocaleString("en")} users, without an engine`,
      unit: "s",
      sides: sides.seconds,
      targets: [{ what: `${SDK} / ${OWN}`, seen: ratio(sides.seconds, SDK, OWN), wanted: { atLeast: 5 } }],
    },
  ];
}

async function againstForEach(bench: Bench, users: number): Promise<readonly Comparison[]> {
  bench.say(`${users} users as resources of their own, and as one set`);
  const ids = idsOf(users);
  const sides = await inRounds(
    1,
    [
      removalByEngine(bench, ids, {
        name: FOR_EACH,
        provider: await userProvider(bench.cache),
        configure: forEachConfiguration,
        writeState: writeForEachState,
      }),
      removalByEngine(bench, ids, {
        name: OWN_APPLY,
        provider: ownProvider(),
        configure: ownConfiguration,
      }),
    ],
    ["seconds", "calls"],
  );
  return [
    {
      title: `apply that removes ${users.toLocaleString("en")} users`,
      unit: "s",
      sides: sides.seconds,
      targets: [
        {
          what: `${FOR_EACH} / ${OWN_APPLY}`,
          seen: ratio(sides.seconds, FOR_EACH, OWN_APPLY),
          wanted: { atLeast: 20 },
        },
      ],
    },
    {
      title: "calls of that apply",
      unit: "calls",
      sides: sides.calls,
      targets: [
        {
          what: `${FOR_EACH} / ${OWN_APPLY}`,
          seen: ratio(sides.calls, FOR_EACH, OWN_APPLY),
          wanted: { atLeast: 50 },
        },
      ],
    },
  ];
}

/** Applies a saved plan that removes all users. */
function removalByEngine(
  bench: Bench,
  ids: readonly string[],
  participant: Participant,
): Contender<"seconds" | "calls"> {
  return {
    name: participant.name,
    measure: async () => {
      const folder = await EngineFolder.open(bench.engine, participant.provider);
      const emulator = await BenchEmulator.start({ users: ids.length, latencyMs: LATENCY_MS });
      try {
        await prepareRemoval(folder, participant, { before: ids, after: [] }, emulator.environment());
        await folder.plan(emulator.environment());
        await emulator.received();
        const { seconds } = await folder.apply(emulator.environment());
        return await settled(emulator, seconds);
      } finally {
        await emulator.close();
        folder.close();
      }
    },
  };
}

/** Returns the measurement after a check that all users were removed. */
async function settled(
  emulator: BenchEmulator,
  seconds: number,
): Promise<{ seconds: number; calls: number }> {
  const { byCall, users } = await emulator.received();
  if (users > 0) throw new Error(`${users} users were left in the pool.`);
  return { seconds, calls: Object.values(byCall).reduce((sum, count) => sum + count, 0) };
}

/** A typical script for the SDK: looks up, deletes and looks up again, 50 users per call, one call after the other. */
async function removeBySdk({ ready }: BenchEmulator, ids: readonly string[]): Promise<void> {
  const { url: host, accessKeyId, accessKeySecret } = ready;
  const sdk = new OfficialClient({ host, accessKeyId, accessKeySecret });
  for (let first = 0; first < ids.length; first += 50) {
    const chunk = ids.slice(first, first + 50);
    const { data } = await sdk.getUserBatch({ userIds: chunk });
    await sdk.deleteUsersBatch({ userIds: data.map(({ userId }) => userId) });
    await sdk.getUserBatch({ userIds: chunk });
  }
}

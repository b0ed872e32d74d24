import { BenchEmulator } from "../emulator/emulator";
import { inTurn, medianOf } from "../measure/rounds";
import { summarise } from "../measure/summary";
import type { Benchmark } from "../benchmark";
import { removeByThisProject } from "./own-removal";
import { idsOf } from "./sets";

const LATENCY_MS = 50;
/** The default of `requests_per_second`. */
const PACE = 75;
const OWN = "this project";
const BOUND = "calls / requests_per_second";

/** Removes users at the default pace: how much of the rate limit is used, and whether it is ever exceeded. */
export const pace: Benchmark = {
  name: "pace",
  title: `Removing users at the default pace of ${PACE} calls per second, ${LATENCY_MS} ms per call`,
  async run({ full, say }) {
    const users = 5_000;
    const ids = idsOf(users);
    say(`${users} users at ${PACE} calls per second`);
    const { seconds, calls, throttled, most } = await inTurn(
      full ? 5 : 3,
      [
        {
          name: OWN,
          measure: async () => {
            const emulator = await BenchEmulator.start({ users, latencyMs: LATENCY_MS, limited: true });
            try {
              const begun = performance.now();
              await removeByThisProject(emulator, ids);
              const took = (performance.now() - begun) / 1000;
              const received = await emulator.received();
              const calls = Object.values(received.byCall).reduce((sum, count) => sum + count, 0);
              return { seconds: took, calls, throttled: received.throttled, most: received.mostInASecond };
            } finally {
              await emulator.close();
            }
          },
        },
      ],
      ["seconds", "calls", "throttled", "most"],
    );
    const bound = medianOf(calls, OWN) / PACE;
    return [
      {
        title: `removal of ${users.toLocaleString("en")} users at the default pace`,
        unit: "s",
        sides: [{ name: BOUND, summary: summarise([bound]) }, ...seconds],
        targets: [
          { what: `${OWN} / ${BOUND}`, seen: medianOf(seconds, OWN) / bound, wanted: { atMost: 1.1 } },
          { what: "calls received in a second", seen: most[0]?.summary.max ?? 0, wanted: { atMost: PACE } },
          { what: "answers with 429", seen: throttled[0]?.summary.max ?? 0, wanted: { atMost: 0 } },
        ],
      },
    ];
  },
};

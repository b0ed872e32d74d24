import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { seedUsers } from "../../src/emulator";
import { EngineFolder } from "../engine/folder";
import { prepareRemoval } from "../engine/participant";
import { ownProvider } from "../engine/providers";
import { BenchEmulator } from "../emulator/emulator";
import { type Contender, inRounds, ratio } from "../measure/rounds";
import type { Bench, Benchmark, Comparison } from "../benchmark";
import { ownConfiguration } from "./sets";

/** The duration of a call over the internet, in milliseconds. */
const LATENCY_MS = 50;
const USERS = 10_000;
const QUICK_USERS = 2_000;

/** The provider of a benchmark has an address of its own. */
const ALLOWED = ["provider=terraform.local/bench/genauth", "resource=genauth_user_set"];
const GUARD = [
  process.execPath,
  join(__dirname, "../../dist/cdktf-genauth.js"),
  "guard",
  ...["--plan", "plan.json"],
  ...ALLOWED.flatMap((allowed) => ["--allow", allowed]),
  "--",
];

/** The guard looks everybody up right before each deletion, in place of the provider. */
const MOST = 1.2;

const ALONE = "without a guard";
const GUARDED = "under the guard";

/** Applies a saved plan that deletes everybody, with the key in the engine's environment and under the guard. */
export const guard: Benchmark = {
  name: "guard",
  title: `Deleting users at the default pace, ${LATENCY_MS} ms per call, without and under the guard`,
  async run(bench) {
    return await measure(bench, bench.full ? USERS : QUICK_USERS);
  },
};

async function measure(bench: Bench, users: number): Promise<readonly Comparison[]> {
  bench.say(`${users} users`);
  const { seconds, calls } = await inRounds(
    bench.full ? 3 : 1,
    [removalOf(bench, users, ALONE), removalOf(bench, users, GUARDED)],
    ["seconds", "calls"],
  );
  const number = users.toLocaleString("en");
  return [
    {
      title: `apply that deletes ${number} users`,
      unit: "s",
      sides: seconds,
      targets: [
        {
          what: `${GUARDED} / ${ALONE}`,
          seen: ratio(seconds, GUARDED, ALONE),
          // Of a small removal, the start of the guard's process is a larger part.
          wanted: { atMost: bench.full ? MOST : 1.6 },
        },
      ],
    },
    { title: "calls of that apply", unit: "calls", sides: calls, targets: [] },
  ];
}

function removalOf(bench: Bench, users: number, name: string): Contender<"seconds" | "calls"> {
  const emails = seedUsers(users).map(({ email }) => email ?? "");
  const attributes = { user_id_type: "email" };
  const participant = {
    name,
    provider: ownProvider(),
    configure: (ids: readonly string[]) => ownConfiguration(ids, {}, attributes),
  };
  return {
    name,
    measure: async () => {
      const folder = await EngineFolder.open(bench.engine, participant.provider);
      const emulator = await BenchEmulator.start({ users, latencyMs: LATENCY_MS });
      try {
        const environment = emulator.environment();
        await prepareRemoval(folder, participant, { before: emails, after: [] }, environment);
        await folder.plan(environment);
        writeFileSync(join(folder.path, "plan.json"), await folder.show());
        await emulator.received();
        const under = name === GUARDED ? GUARD : [];
        const cost = await folder.apply(environment, ["plan"], under);
        const { byCall, users: left } = await emulator.received();
        if (left > 0) throw new Error(`${left} users were left in the pool.`);
        bench.say(`${name}: ${cost.seconds.toFixed(1)} s, ${JSON.stringify(byCall)}`);
        return { seconds: cost.seconds, calls: Object.values(byCall).reduce((sum, count) => sum + count, 0) };
      } finally {
        await emulator.close();
        folder.close();
      }
    },
  };
}

import { EngineFolder } from "../engine/folder";
import type { Participant } from "../engine/participant";
import { frameworkProvider, ownExecutable, ownProvider } from "../engine/providers";
import { BenchEmulator } from "../emulator/emulator";
import { type Contender, inTurn, ratio } from "../measure/rounds";
import type { Bench, Benchmark, Comparison } from "../benchmark";
import { frameworkConfiguration, idsOf, ownConfiguration, writeFrameworkState } from "./sets";

const SCRIPT = "the script";
const EXECUTABLE = "the executable";
const GO = "Go, terraform-plugin-framework";

/** The measures and their titles. */
const TITLES = {
  refreshed: "plan",
  unrefreshed: "plan without a refresh",
  refreshedCpu: "plan, CPU time",
  unrefreshedCpu: "plan without a refresh, CPU time",
} as const;
type Measure = keyof typeof TITLES;
const MEASURES = Object.keys(TITLES) as Measure[];

/** The sizes, and how long the executable may take in relation to the Go provider, with a refresh. */
const SIZES = [
  { users: 100, atMost: 1.6 },
  { users: 1_000, atMost: 1.5 },
] as const;

/** What a small team waits for: plans in which nothing changes, where most of the time goes into starting the provider. */
export const smallPlans: Benchmark = {
  name: "small-plans",
  title: "Plans of 100 and 1,000 users without a change: the script, the executable and a Go provider",
  async run(bench) {
    const framework = await frameworkProvider(bench.cache);
    const own = { configure: ownConfiguration };
    const participants: Participant[] = [
      { name: SCRIPT, provider: ownProvider(), ...own },
      { name: EXECUTABLE, provider: ownExecutable(bench.cache), ...own },
      ...(framework
        ? [
            {
              name: GO,
              provider: framework,
              configure: frameworkConfiguration,
              writeState: writeFrameworkState,
            },
          ]
        : []),
    ];
    const comparisons: Comparison[] = [];
    for (const size of SIZES) comparisons.push(...(await measureSize(bench, participants, size)));
    return comparisons;
  },
};

async function measureSize(
  bench: Bench,
  participants: readonly Participant[],
  { users, atMost }: (typeof SIZES)[number],
): Promise<readonly Comparison[]> {
  bench.say(`plans of ${users} users`);
  const ids = idsOf(users);
  const contenders: PreparedContender[] = [];
  try {
    for (const participant of participants) contenders.push(await prepare(bench, participant, ids));
    const sides = await inTurn(bench.full ? 25 : 5, contenders, MEASURES);
    return MEASURES.map((measure) => {
      const hasGo = sides[measure].some(({ name }) => name === GO);
      const seen = hasGo ? ratio(sides[measure], EXECUTABLE, GO) : Number.NaN;
      return {
        title: `${TITLES[measure]}, ${users.toLocaleString("en")} users`,
        unit: "s",
        sides: sides[measure],
        targets:
          measure === "refreshed" && hasGo
            ? [{ what: `${EXECUTABLE} / ${GO}`, seen, wanted: { atMost } }]
            : [],
      };
    });
  } finally {
    for (const { close } of contenders) await close();
  }
}

type PreparedContender = Contender<Measure> & { readonly close: () => Promise<void> };

/** A folder whose state holds all declared users, and the pool that the provider of this project asks. */
async function prepare(
  { engine }: Bench,
  { name, provider, configure, writeState }: Participant,
  ids: readonly string[],
): Promise<PreparedContender> {
  const folder = await EngineFolder.open(engine, provider);
  const emulator = await BenchEmulator.start({ users: ids.length });
  const environment = emulator.environment();
  folder.write(configure(ids));
  if (writeState) writeState(folder, ids);
  else await folder.apply(environment, []);
  return {
    name,
    measure: async () => {
      const refreshed = await folder.plan(environment);
      const unrefreshed = await folder.plan(environment, ["-refresh=false"]);
      return {
        refreshed: refreshed.seconds,
        unrefreshed: unrefreshed.seconds,
        refreshedCpu: refreshed.cpuSeconds,
        unrefreshedCpu: unrefreshed.cpuSeconds,
      };
    },
    close: async () => {
      await emulator.close();
      folder.close();
    },
  };
}

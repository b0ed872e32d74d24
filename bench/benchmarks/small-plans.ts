import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { EngineFolder } from "../engine/folder";
import type { Participant } from "../engine/participant";
import { frameworkProvider, ownExecutable, ownProvider, providerOf } from "../engine/providers";
import { BenchEmulator } from "../emulator/emulator";
import { type Contender, inRounds, ratio } from "../measure/rounds";
import type { Bench, Benchmark, Comparison } from "../benchmark";
import { frameworkConfiguration, idsOf, ownConfiguration, writeFrameworkState } from "./sets";

const SCRIPT = "the script";
const SCRIPT_COLD = "the script, first plan of all";
const SCRIPT_BEFORE = "the script before";
const EXECUTABLE = "the executable";
const EXECUTABLE_BEFORE = "the executable before";
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

const SIZES = [100, 1_000] as const;

/** The least time that the compiled code, which an earlier process kept, saves a plan with the script: 15 %. */
const AT_MOST_OF_BEFORE = 0.85;

/** A side, and whether each of its plans finds no compiled code that an earlier process kept. */
interface SmallPlanSide extends Participant {
  readonly isCold?: boolean;
}

/** What a small team waits for: plans in which nothing changes, where most of the time goes into starting the provider. */
export const smallPlans: Benchmark = {
  name: "small-plans",
  title: "Plans of 100 and 1,000 users without a change: the script, the executable and a Go provider",
  async run(bench) {
    const sides = await sidesOf(bench);
    const comparisons: Comparison[] = [];
    for (const users of SIZES) comparisons.push(...(await measureSize(bench, sides, users)));
    return comparisons;
  },
};

async function sidesOf({ before, cache }: Bench): Promise<readonly SmallPlanSide[]> {
  const framework = await frameworkProvider(cache);
  const sides: SmallPlanSide[] = [
    { name: SCRIPT, provider: ownProvider(), configure: ownConfiguration },
    { name: SCRIPT_COLD, provider: ownProvider(), configure: ownConfiguration, isCold: true },
    {
      name: EXECUTABLE,
      provider: ownExecutable(join(__dirname, "../../dist"), cache),
      configure: ownConfiguration,
    },
  ];
  if (before !== undefined) {
    const earlier = join(cache, "before");
    sides.push(
      { name: SCRIPT_BEFORE, provider: providerOf(before), configure: ownConfiguration },
      { name: EXECUTABLE_BEFORE, provider: ownExecutable(before, earlier), configure: ownConfiguration },
    );
  }
  if (framework) {
    sides.push({
      name: GO,
      provider: framework,
      configure: frameworkConfiguration,
      writeState: writeFrameworkState,
    });
  }
  return sides;
}

async function measureSize(
  bench: Bench,
  participants: readonly SmallPlanSide[],
  users: number,
): Promise<readonly Comparison[]> {
  bench.say(`plans of ${users} users`);
  const ids = idsOf(users);
  const contenders: PreparedContender[] = [];
  try {
    for (const participant of participants) contenders.push(await prepare(bench, participant, ids));
    const sides = await inRounds(bench.full ? 15 : 5, contenders, MEASURES);
    return MEASURES.map((measure) => {
      const compared = (of: string, to: string): string | undefined =>
        [of, to].every((name) => sides[measure].some((side) => side.name === name))
          ? `${of} / ${to}: ${ratio(sides[measure], of, to).toFixed(2)}`
          : undefined;
      return {
        title: `${TITLES[measure]}, ${users.toLocaleString("en")} users`,
        unit: "s",
        sides: sides[measure],
        ratios: [
          compared(SCRIPT, SCRIPT_BEFORE),
          compared(SCRIPT_COLD, SCRIPT_BEFORE),
          compared(EXECUTABLE, EXECUTABLE_BEFORE),
          compared(SCRIPT, GO),
          compared(EXECUTABLE, GO),
        ].filter((line) => line !== undefined),
        targets:
          measure === "refreshed" && bench.before !== undefined
            ? [
                {
                  what: `${SCRIPT} / ${SCRIPT_BEFORE}`,
                  seen: ratio(sides[measure], SCRIPT, SCRIPT_BEFORE),
                  wanted: { atMost: AT_MOST_OF_BEFORE },
                },
              ]
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
  { name, provider, configure, writeState, isCold = false }: SmallPlanSide,
  ids: readonly string[],
): Promise<PreparedContender> {
  const folder = await EngineFolder.open(engine, provider);
  const emulator = await BenchEmulator.start({ users: ids.length });
  const emptyCache = () => mkdtempSync(join(folder.path, "cache-"));
  let caches = emptyCache();
  const environment = () => {
    if (isCold) {
      rmSync(caches, { recursive: true });
      caches = emptyCache();
    }
    return { ...emulator.environment(), XDG_CACHE_HOME: caches };
  };
  folder.write(configure(ids));
  if (writeState) writeState(folder, ids);
  else await folder.apply(environment(), []);
  return {
    name,
    measure: async () => {
      const refreshed = await folder.plan(environment());
      const unrefreshed = await folder.plan(environment(), ["-refresh=false"]);
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

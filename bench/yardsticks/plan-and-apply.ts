import { EngineFolder } from "../engine/folder";
import { layRemoval, type Participant } from "../engine/participant";
import { frameworkProvider, ownProvider } from "../engine/providers";
import { BenchEmulator } from "../emulator/emulator";
import { type Contender, inTurn, ratio } from "../measure/rounds";
import type { Bench, Comparison, Target, Yardstick } from "../yardstick";
import {
  floorConfiguration,
  frameworkConfiguration,
  idsOf,
  ownConfiguration,
  writeFrameworkState,
} from "./sets";

const FLOOR = "terraform_data";
const FRAMEWORK = "Go, terraform-plugin-framework";
const OWN = "genauth_user_set";

const MEASURES = ["plan", "apply", "planCpu", "applyCpu"] as const;
type Measure = (typeof MEASURES)[number];

/** What each measure is called, and the plot that it belongs to. */
const TITLES: Readonly<Record<Measure, string>> = {
  plan: "plan",
  apply: "apply",
  planCpu: "plan, CPU time",
  applyCpu: "apply, CPU time",
};

/** Sizes, and how many rounds each has: what takes minutes is measured less often. */
const SIZES = [
  { users: 1_000, full: 5, quick: 3 },
  { users: 10_000, full: 5, quick: 1 },
  { users: 100_000, full: 1, quick: 0 },
] as const;

/** Plan and apply of a set from which a tenth is removed, on the real engine; one yardstick a size. */
export const planAndApply: readonly Yardstick[] = SIZES.map(({ users, full, quick }) => ({
  name: `plan-and-apply-${users}`,
  title: `Plan and apply of ${users.toLocaleString("en")} users with a tenth removed, against the engine alone and a Go provider`,
  run: async (bench) => {
    const rounds = bench.full ? full : quick;
    return rounds === 0 ? [] : await compare(bench, users, rounds);
  },
}));

async function compare(bench: Bench, users: number, rounds: number): Promise<readonly Comparison[]> {
  const ids = idsOf(users);
  const framework = await frameworkProvider(bench.cache);
  const contestants = [
    await contestant(bench, ids, { name: FLOOR, configure: floorConfiguration }),
    ...(framework
      ? [
          await contestant(bench, ids, {
            name: FRAMEWORK,
            configure: frameworkConfiguration,
            provider: framework,
            writeState: writeFrameworkState,
          }),
        ]
      : []),
    await contestant(bench, ids, { name: OWN, configure: ownConfiguration, provider: ownProvider() }),
  ];
  try {
    bench.say(`${rounds} rounds of ${users} users`);
    const sides = await inTurn(rounds, contestants, MEASURES);
    return MEASURES.map((measure) => ({
      title: `${TITLES[measure]} of ${users.toLocaleString("en")} users`,
      unit: "s",
      sides: sides[measure],
      targets: targetsOf(measure, users, (of, to) => ratio(sides[measure], of, to), framework !== undefined),
      plot: { family: TITLES[measure], users },
    }));
  } finally {
    for (const { close } of contestants) close();
  }
}

/** Prepares a folder whose state holds all of them; each measurement plans and applies without a tenth. */
async function contestant(
  bench: Bench,
  ids: readonly string[],
  participant: Participant,
): Promise<Contender<Measure> & { readonly close: () => void }> {
  const { name, provider } = participant;
  bench.say(`a state of ${ids.length} users for ${name}`);
  const folder = await EngineFolder.open(bench.engine, provider);
  const withEmulator = async <T>(work: (environment: Readonly<Record<string, string>>) => Promise<T>) => {
    if (name !== OWN) return await work({});
    const emulator = await BenchEmulator.start({ users: ids.length });
    try {
      return await work(emulator.environment());
    } finally {
      await emulator.close();
    }
  };
  const users = { before: ids, after: ids.slice(ids.length / 10) };
  await withEmulator((environment) => layRemoval(folder, participant, users, environment));
  folder.keepState();
  return {
    name,
    measure: () =>
      withEmulator(async (environment) => {
        folder.restoreState();
        const plan = await folder.plan(environment);
        const apply = await folder.apply(environment);
        return {
          plan: plan.seconds,
          apply: apply.seconds,
          planCpu: plan.cpuSeconds,
          applyCpu: apply.cpuSeconds,
        };
      }),
    close: () => folder.close(),
  };
}

function targetsOf(
  measure: Measure,
  users: number,
  ratioOf: (of: string, to: string) => number,
  framework: boolean,
): readonly Target[] {
  const floor = { what: `${OWN} / ${FLOOR}`, seen: ratioOf(OWN, FLOOR) };
  const targets: Target[] = [];
  if (measure === "plan" && users === 10_000) targets.push({ ...floor, wanted: { atMost: 1.3 } });
  if (measure === "plan" && users === 100_000) targets.push({ ...floor, wanted: { atMost: 1.2 } });
  if (!framework || !(measure === "plan" || measure === "apply") || users < 10_000) return targets;
  const faster = { what: `${FRAMEWORK} / ${OWN}`, seen: ratioOf(FRAMEWORK, OWN) };
  return [...targets, { ...faster, wanted: { atLeast: users >= 100_000 ? 10 : 1 } }];
}

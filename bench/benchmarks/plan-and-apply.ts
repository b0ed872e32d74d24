import { EngineFolder } from "../engine/folder";
import { prepareRemoval, type Participant } from "../engine/participant";
import { frameworkProvider, ownProvider } from "../engine/providers";
import { BenchEmulator } from "../emulator/emulator";
import { type Contender, inRounds, ratio } from "../measure/rounds";
import type { Bench, Comparison, Target, Benchmark } from "../benchmark";
import {
  baselineConfiguration,
  frameworkConfiguration,
  idsOf,
  ownConfiguration,
  writeFrameworkState,
} from "./sets";

const BASELINE = "terraform_data";
const FRAMEWORK = "Go, terraform-plugin-framework";
const OWN = "genauth_user_set";

const MEASURES = ["plan", "apply", "planCpu", "applyCpu"] as const;
type Measure = (typeof MEASURES)[number];

/** The title of each measure, which also names its plot. */
const TITLES: Readonly<Record<Measure, string>> = {
  plan: "plan",
  apply: "apply",
  planCpu: "plan, CPU time",
  applyCpu: "apply, CPU time",
};

/** Sizes and their rounds; slow sizes have fewer. */
const SIZES = [
  { users: 1_000, full: 5, quick: 3 },
  { users: 10_000, full: 5, quick: 1 },
  { users: 100_000, full: 1, quick: 0 },
] as const;

/** Plan and apply of a set from which 10 % are removed, on the real engine; one benchmark per size. */
export const planAndApply: readonly Benchmark[] = SIZES.map(({ users, full, quick }) => ({
  name: `plan-and-apply-${users}`,
  title: `Plan and apply of ${users.toLocaleString("en")} users with a tenth removed, against the engine alone and a Go provider`,
  run: async (bench) => {
    const rounds = bench.full ? full : quick;
    return rounds === 0 ? [] : await measureSize(bench, users, rounds);
  },
}));

async function measureSize(bench: Bench, users: number, rounds: number): Promise<readonly Comparison[]> {
  const ids = idsOf(users);
  const framework = await frameworkProvider(bench.cache);
  const contenders = [
    await prepareContender(bench, ids, { name: BASELINE, configure: baselineConfiguration }),
    ...(framework
      ? [
          await prepareContender(bench, ids, {
            name: FRAMEWORK,
            configure: frameworkConfiguration,
            provider: framework,
            writeState: writeFrameworkState,
          }),
        ]
      : []),
    await prepareContender(bench, ids, { name: OWN, configure: ownConfiguration, provider: ownProvider() }),
  ];
  try {
    bench.say(`${rounds} rounds of ${users} users`);
    const sides = await inRounds(rounds, contenders, MEASURES);
    return MEASURES.map((measure) => ({
      title: `${TITLES[measure]} of ${users.toLocaleString("en")} users`,
      unit: "s",
      sides: sides[measure],
      targets: targetsOf(measure, users, (of, to) => ratio(sides[measure], of, to), framework !== undefined),
      plot: { family: TITLES[measure], users },
    }));
  } finally {
    for (const { close } of contenders) close();
  }
}

/** Prepares a folder with all users in its state. Each measurement plans and applies the removal of 10 %. */
async function prepareContender(
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
  await withEmulator((environment) => prepareRemoval(folder, participant, users, environment));
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
  const baseline = { what: `${OWN} / ${BASELINE}`, seen: ratioOf(OWN, BASELINE) };
  const targets: Target[] = [];
  if (measure === "plan" && users === 10_000) targets.push({ ...baseline, wanted: { atMost: 1.3 } });
  if (measure === "plan" && users === 100_000) targets.push({ ...baseline, wanted: { atMost: 1.2 } });
  if (!framework || !(measure === "plan" || measure === "apply") || users < 10_000) return targets;
  const faster = { what: `${FRAMEWORK} / ${OWN}`, seen: ratioOf(FRAMEWORK, OWN) };
  return [...targets, { ...faster, wanted: { atLeast: users >= 100_000 ? 10 : 1 } }];
}

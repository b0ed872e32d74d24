import { EngineFolder } from "../engine/folder";
import { ownProvider } from "../engine/providers";
import { BenchEmulator } from "../emulator/emulator";
import type { CallsReceived } from "../emulator/messages";
import { inTurn } from "../measure/rounds";
import { summarise } from "../measure/summary";
import type { Bench, Comparison, Side, Benchmark } from "../benchmark";
import { idsOf, ownConfiguration } from "./sets";

const PER_CALL = 50;

/** How many users a set holds, and how many leave and join. */
interface Sizes {
  readonly held: number;
  readonly removed: number;
  readonly added: number;
}

/** The counts and their titles. */
const MEASURES = {
  unchanged: "calls of a plan while nobody leaves or joins",
  plan: "look-ups of the plan",
  apply: "look-ups of the apply, including read-backs",
  deletions: "deletions of the apply",
} as const;
type Measure = keyof typeof MEASURES;

/** Checks that plan and apply send only the calls that they need. */
export const calls: Benchmark = {
  name: "calls",
  title: "Calls of a plan and an apply, against the minimum",
  async run(bench) {
    const held = bench.full ? 10_000 : 1_000;
    const sizes: Sizes = { held, removed: held / 10, added: held / 20 };
    bench.say(`calls for ${held} users, ${sizes.removed} removed and ${sizes.added} added`);
    const measures = Object.keys(MEASURES) as Measure[];
    const sent = await inTurn(
      bench.full ? 5 : 1,
      [{ name: "sent", measure: () => count(bench, sizes) }],
      measures,
    );
    const least = leastOf(sizes);
    return measures.map((measure) => exactly(MEASURES[measure], sent[measure], least[measure]));
  },
};

/** Creates a set, plans it unchanged, and changes it. */
async function count({ engine }: Bench, { held, removed, added }: Sizes): Promise<Record<Measure, number>> {
  const pool = idsOf(held + added);
  const folder = await EngineFolder.open(engine, ownProvider());
  const emulator = await BenchEmulator.start({ users: pool.length });
  const environment = emulator.environment();
  try {
    const pace = { requests_per_second: 10_000 };
    folder.write(ownConfiguration(pool.slice(0, held), pace));
    await folder.apply(environment, []);
    await emulator.received();
    await folder.plan(environment);
    const unchanged = await emulator.received();
    folder.write(ownConfiguration(pool.slice(removed)));
    await folder.plan(environment);
    const plan = await emulator.received();
    await folder.apply(environment);
    const apply = await emulator.received();
    return {
      unchanged: total(unchanged),
      plan: plan.byCall["get-user-batch"] ?? 0,
      apply: apply.byCall["get-user-batch"] ?? 0,
      deletions: apply.byCall["delete-users-batch"] ?? 0,
    };
  } finally {
    await emulator.close();
    folder.close();
  }
}

function leastOf({ held, removed, added }: Sizes): Record<Measure, number> {
  const chunks = (ids: number): number => Math.ceil(ids / PER_CALL);
  return {
    unchanged: chunks(held),
    plan: chunks(held) + chunks(added),
    apply: chunks(removed + added) + chunks(removed),
    deletions: chunks(removed),
  };
}

function total({ byCall }: CallsReceived): number {
  return Object.values(byCall).reduce((sum, number) => sum + number, 0);
}

function exactly(title: string, sent: readonly Side[], least: number): Comparison {
  // One call too few would be a missing look-up.
  const off = sent.flatMap(({ summary }) => summary.samples.map((seen) => Math.abs(seen - least)));
  return {
    title,
    unit: "calls",
    sides: [{ name: "minimum", summary: summarise([least]) }, ...sent],
    targets: [{ what: "difference from the minimum", seen: Math.max(...off), wanted: { atMost: 0 } }],
  };
}

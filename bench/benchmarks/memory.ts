import { rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { EngineFolder } from "../engine/folder";
import { ownProvider } from "../engine/providers";
import { BenchEmulator } from "../emulator/emulator";
import { summarise } from "../measure/summary";
import { reportingTo, takeReports, type Usage } from "../measure/usage";
import type { Comparison, Benchmark } from "../benchmark";
import { idsOf, ownConfiguration } from "./sets";

const MB = 1024 * 1024;
/** The duration of a call, in milliseconds: long enough that a deletion takes seconds and can be observed. */
const LATENCY_MS = 100;
/** How often to check whether users are being deleted, in milliseconds. */
const CHECK_INTERVAL_MS = 50;

/** A stretch of time, in milliseconds since 1970. */
interface Period {
  readonly from: number;
  readonly to: number;
}

/** The peak memory of the provider's processes. */
export const memory: Benchmark = {
  name: "memory",
  title: "Resident memory of the provider, and whether it grows while deleting",
  async run({ engine, full, say }) {
    const users = full ? 100_000 : 10_000;
    say(`memory at ${users} users`);
    const ids = idsOf(users);
    const folder = await EngineFolder.open(engine, ownProvider());
    const emulator = await BenchEmulator.start({ users, latencyMs: LATENCY_MS });
    const file = join(folder.path, "usage.jsonl");
    const environment = { ...emulator.environment(), ...reportingTo(file) };
    try {
      folder.write(ownConfiguration(ids));
      await folder.apply(environment, []);
      folder.write(ownConfiguration(ids.slice(users / 10)));
      const input = folder.inputBytes() / MB;
      rmSync(file, { force: true });
      await folder.plan(environment);
      const plan = takeReports(file);
      const [deletion] = await Promise.all([whileDeleting(emulator, users / 10), folder.apply(environment)]);
      const apply = takeReports(file);
      return [
        peakOf("plan", users, plan, input),
        peakOf("apply", users, apply, input),
        growthOf(users, apply, deletion),
      ];
    } finally {
      await emulator.close();
      folder.close();
    }
  },
};

/** @param input the size of state and configuration, in MB */
function peakOf(operation: string, users: number, reports: readonly Usage[], input: number): Comparison {
  const peak = Math.max(...reports.map((report) => report.peak)) / MB;
  return {
    title: `most memory of a provider process, ${operation} of ${users.toLocaleString("en")} users`,
    unit: "MB",
    sides: [
      { name: "its input: state and configuration", summary: summarise([input]) },
      { name: operation, summary: summarise([peak]) },
    ],
    targets: [{ what: "MB", seen: peak, wanted: { atMost: 300 } }],
  };
}

/** Observes the deletion of `count` users. */
async function whileDeleting(emulator: BenchEmulator, count: number): Promise<Period> {
  let from: number | undefined;
  const { users: before } = await emulator.received();
  for (;;) {
    await setTimeout(CHECK_INTERVAL_MS);
    const { users, byCall } = await emulator.received();
    if (byCall["delete-users-batch"] !== undefined) from ??= Date.now();
    if (from !== undefined && users <= before - count) return { from, to: Date.now() };
  }
}

/** Compares the end of the deletion with its middle, in the process that deletes, which lives longest. */
function growthOf(users: number, reports: readonly Usage[], deletion: Period): Comparison {
  const { over } = reports.reduce((longest, report) =>
    report.over.length > longest.over.length ? report : longest,
  );
  const most = (from: number, to: number): number => {
    const at = (share: number): number => deletion.from + share * (deletion.to - deletion.from);
    const within = over.filter((sample) => sample.at >= at(from) && sample.at <= at(to));
    return Math.max(...within.map(({ resident }) => resident)) / MB;
  };
  const middle = most(1 / 4, 3 / 4);
  const end = most(3 / 4, 1);
  return {
    title: `memory while ${(users / 10).toLocaleString("en")} users are deleted`,
    unit: "MB",
    sides: [
      { name: "second and third quarter", summary: summarise([middle]) },
      { name: "last quarter", summary: summarise([end]) },
    ],
    targets: [{ what: "last quarter / middle", seen: end / middle, wanted: { atMost: 1.1 } }],
  };
}

import { rmSync } from "node:fs";
import { join } from "node:path";
import { EngineFolder } from "../engine/folder";
import { ownProvider } from "../engine/providers";
import { BenchEmulator } from "../emulator/emulator";
import { summarise } from "../measure/summary";
import { reportingTo, takeReports, type Usage } from "../measure/usage";
import type { Comparison, Yardstick } from "../yardstick";
import { idsOf, ownConfiguration } from "./sets";

const MB = 1024 * 1024;
/** So long does a call take here, in milliseconds, that a deletion can be watched. */
const LATENCY_MS = 20;

/** What the provider's processes hold at most. */
export const memory: Yardstick = {
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
      rmSync(file, { force: true });
      await folder.plan(environment);
      const plan = takeReports(file);
      await folder.apply(environment);
      const apply = takeReports(file);
      return [peakOf("plan", users, plan), peakOf("apply", users, apply), growthOf(users, apply)];
    } finally {
      await emulator.close();
      folder.close();
    }
  },
};

function peakOf(operation: string, users: number, reports: readonly Usage[]): Comparison {
  const peak = Math.max(...reports.map((report) => report.peak)) / MB;
  return {
    title: `most memory of a provider process, ${operation} of ${users.toLocaleString("en")} users`,
    unit: "MB",
    sides: [{ name: operation, summary: summarise([peak]) }],
    targets: [{ what: "MB", seen: peak, wanted: { atMost: 300 } }],
  };
}

/** Of the process that deletes, which lives longest: the end of the deletion against its middle. */
function growthOf(users: number, reports: readonly Usage[]): Comparison {
  const { over } = reports.reduce((longest, report) =>
    report.over.length > longest.over.length ? report : longest,
  );
  const quarter = Math.max(1, Math.floor(over.length / 4));
  const middle = Math.max(...over.slice(quarter, 3 * quarter)) / MB;
  const end = Math.max(...over.slice(-quarter)) / MB;
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

// hyperfine and others time a command; this pairs sides in rounds, drives engines, providers and SDKs, and holds ratios to targets.
import "../scripts/check-platform.mjs";
import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { NO_ENGINE } from "../scripts/demo/build-opentofu";
import { findEngine } from "../scripts/demo/find-engine";
import { cacheFolder } from "../test/support/engine/opentofu-cache";
import { type Conditions, readConditions } from "./report/conditions";
import { linearity } from "./report/linearity";
import { plotsOf } from "./report/plots";
import { isMet, tableOf } from "./report/table";
import type { Bench, Comparison } from "./benchmark";
import { BENCHMARKS } from "./benchmarks";

const HELP = `npm run bench [-- options]

Measures this project against the best alternatives, and prints a table for each comparison.

  --full         all sizes and rounds, 45 minutes, instead of a selection that takes four minutes
  --only NAME    one benchmark, can be repeated: ${BENCHMARKS.map(({ name }) => name).join(", ")}
  --before DIR   the dist/ of an earlier commit; small-plans compares with it
  --out DIR      the folder for results.json and the plots; default a folder in the cache, whose path is printed
  --help         print this text

Exit codes: 0 measured, with any result; 1 a measurement failed; 2 wrong usage.`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      full: { type: "boolean", default: false },
      only: { type: "string", multiple: true },
      before: { type: "string" },
      out: { type: "string", default: join(cacheFolder(), "bench") },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    return;
  }
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));
  const engine = findEngine();
  if (!engine) throw new Error(NO_ENGINE);
  const chosen = BENCHMARKS.filter(({ name }) => values.only?.includes(name) ?? true);
  const bench: Bench = {
    engine,
    full: values.full,
    before: values.before === undefined ? undefined : resolve(values.before),
    cache: join(cacheFolder(), "bench"),
    say: (line) => console.error(`… ${line}`),
  };
  const conditions = readConditions(engine);
  console.log(
    `${conditions.engine}, Node.js ${conditions.node}, ${conditions.processor}, load ${conditions.load}\n`,
  );
  const comparisons: Comparison[] = [];
  for (const { title, run } of chosen) {
    console.log(`# ${title}\n`);
    for (const comparison of await run(bench)) {
      comparisons.push(comparison);
      console.log(tableOf(comparison));
    }
    // Saved after each, because a long run may be cut short.
    keep(values.out, { conditions, full: values.full, comparisons });
  }
  const growth = linearity(comparisons);
  for (const comparison of growth) console.log(tableOf(comparison));
  comparisons.push(...growth);
  keep(values.out, { conditions, full: values.full, comparisons });
  const targets = comparisons.flatMap((comparison) => comparison.targets);
  console.log(`${targets.filter(isMet).length} of ${targets.length} targets met. Results: ${values.out}`);
}

/** The results of a run in `results.json`. */
interface Results {
  readonly conditions: Conditions;
  readonly full: boolean;
  readonly comparisons: readonly Comparison[];
}

function keep(folder: string, results: Results): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "results.json"), `${JSON.stringify(results, undefined, 2)}\n`);
  for (const { file, svg } of plotsOf(results.comparisons)) writeFileSync(join(folder, file), svg);
}

main().catch((error: unknown) => {
  const isUsage =
    error instanceof Error && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS");
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = isUsage ? 2 : 1;
});

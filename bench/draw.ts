import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { linearity } from "./report/linearity";
import { plotsOf } from "./report/plots";
import { tableOf } from "./report/table";
import type { Comparison } from "./benchmark";

/**
 * Draws the plots of one or more runs, such as one for each size, and prints how the time grows with the size:
 *
 *     node --import tsx bench/draw.ts FOLDER results.json…
 */
const [folder = ".", ...files] = process.argv.slice(2);
const comparisons = files.flatMap(
  (file) => (JSON.parse(readFileSync(file, "utf8")) as { comparisons: readonly Comparison[] }).comparisons,
);
for (const { file, svg } of plotsOf(comparisons)) writeFileSync(join(folder, file), svg);
for (const comparison of linearity(comparisons)) console.log(tableOf(comparison));

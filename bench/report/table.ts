import type { Comparison, Target } from "../benchmark";

/** Formats a comparison as text: the sides with their measurements, then the targets. */
export function tableOf({ title, unit, sides, ratios = [], targets }: Comparison): string {
  const rows = [
    ["", "min", "median", "max", "rounds"],
    ...sides.map(({ name, summary: { min, median, max, samples } }) => [
      name,
      ...[min, median, max].map((value) => amount(value, unit)),
      String(samples.length),
    ]),
  ];
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join("  "),
  );
  const below = [...ratios, ...targets.map(targetLine)].map((line) => `  ${line}`);
  return [`${title} (${unit})`, ...lines, ...below, ""].join("\n");
}

/** Such as `ok    plan / baseline: 1.21, wanted at most 1.3`. */
function targetLine(target: Target): string {
  const { what, seen, wanted } = target;
  const bound = "atMost" in wanted ? `at most ${wanted.atMost}` : `at least ${wanted.atLeast}`;
  return `${isMet(target) ? "ok  " : "MISS"}  ${what}: ${round(seen)}, wanted ${bound}`;
}

/** Whether a target is met. */
export function isMet({ seen, wanted }: Target): boolean {
  return "atMost" in wanted ? seen <= wanted.atMost : seen >= wanted.atLeast;
}

function amount(value: number, unit: Comparison["unit"]): string {
  if (unit === "calls") return String(value);
  return value.toFixed(unit === "s" ? 2 : 1);
}

function round(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(2);
}

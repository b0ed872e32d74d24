import { groupBy } from "../../../../src/lists";
import type { Cell } from "./cell";
import type { Phase } from "./expectations";
import type { Fault } from "./faults";

/** Only the provider refreshes, and only the null resource looks for drift. */
const PHASES: readonly Phase[] = ["refresh", "look-up before", "delete", "read-back", "drift"];

/**
 * The matrix as Markdown: for each pattern of outcomes, the faults that have it. `A / B` is the outcome at one call and at every call of
 * a phase.
 */
export function describeMatrix(cells: readonly Cell[]): string {
  const faults = [...new Set(cells.map(({ fault }) => fault))];
  const patterns = [...groupBy(faults, patternOf)].map(
    ([pattern, those]) => `- ${pattern}:\n  ${those.map(({ name }) => name).join("; ")}.`,
  );
  return [...patterns, ...countsOf(cells)].join("\n");
}

function patternOf({ expected, places }: Fault): string {
  const outcomes = PHASES.flatMap((phase) => {
    const cell = expected[phase];
    if (!cell) return [];
    const isOne = cell.once === cell.always || places?.includes("always") === false;
    return [{ phase, outcome: isOne ? cell.once : `${cell.once} / ${cell.always}` }];
  });
  return [...groupBy(outcomes, ({ outcome }) => outcome)]
    .map(([outcome, those]) => `**${outcome}** in ${those.map(({ phase }) => phase).join(", ")}`)
    .join("; ");
}

/** The number of cells with each outcome, by resource type. */
function countsOf(cells: readonly Cell[]): string[] {
  return [...groupBy(cells, ({ resourceType }) => resourceType)].map(
    ([type, its]) => `- \`${type}\`: ${countOutcomes(its)}.`,
  );
}

/** The number of cells with each outcome. */
function countOutcomes(cells: readonly { readonly expected: string }[]): string {
  const outcomes = [...groupBy(cells, ({ expected }) => expected)];
  const counts = outcomes.map(([outcome, those]) => `${those.length} ${outcome}`);
  return `${cells.length} cells, of which ${counts.join(", ")}`;
}

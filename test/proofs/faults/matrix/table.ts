import { groupBy } from "../../../../src/users/lists";
import type { Cell } from "./cell";
import type { Phase } from "./expectations";

/** The columns. Only the provider refreshes, and only the null resource looks for drift. */
const PHASES: readonly Phase[] = ["refresh", "look-up before", "delete", "read-back", "drift"];

/** The matrix as a Markdown table: the outcomes of each fault at one call / at every call of a phase. */
export function tableOf(cells: readonly Cell[]): string {
  const faults = new Set(cells.map(({ fault }) => fault));
  const rows = [...faults].map(({ name, expected, places }) => [
    name,
    ...PHASES.map((phase) => {
      const cell = expected[phase];
      if (!cell) return "";
      const isOne = cell.once === cell.always || places?.includes("always") === false;
      return isOne ? cell.once : `${cell.once} / ${cell.always}`;
    }),
  ]);
  return [["fault", ...PHASES], PHASES.map(() => "---").concat("---"), ...rows]
    .map((row) => `| ${row.join(" | ")} |`)
    .join("\n");
}

/** The number of cells with each outcome, by resource type. */
export function countsOf(cells: readonly Cell[]): string {
  const lines = [...groupBy(cells, ({ resourceType }) => resourceType)].map(([type, its]) => {
    const outcomes = [...groupBy(its, ({ expected }) => expected)];
    const counts = outcomes.map(([outcome, those]) => `${those.length} ${outcome}`);
    return `${type}: ${its.length} cells: ${counts.join(", ")}`;
  });
  return lines.join("\n");
}

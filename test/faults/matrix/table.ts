import { groupBy } from "../../../src/users/lists";
import type { Cell } from "./cell";
import type { Phase } from "./expectations";

/** The columns; refresh is the provider's alone, drift the null resource's. */
const PHASES: readonly Phase[] = ["refresh", "look-up before", "delete", "read-back", "drift"];

/** The matrix as a table of Markdown: what each fault comes to, at one call / at every call of a phase. */
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

/** How many cells of each resource type come to what. */
export function countsOf(cells: readonly Cell[]): string {
  const lines = [...groupBy(cells, ({ resourceType }) => resourceType)].map(([type, its]) => {
    const outcomes = [...groupBy(its, ({ expected }) => expected)];
    const counts = outcomes.map(([outcome, those]) => `${those.length} ${outcome}`);
    return `${type}: ${its.length} cells: ${counts.join(", ")}`;
  });
  return lines.join("\n");
}

import type { Cell } from "./cell";
import type { Phase } from "./expectations";

const PHASES: readonly Phase[] = ["refresh", "look-up before", "delete", "read-back", "drift"];

/** The matrix as a table of Markdown: what each fault comes to, at one call / at every call of a phase. */
export function tableOf(cells: readonly Cell[]): string {
  const faults = new Map(cells.map(({ fault }) => [fault.name, fault]));
  const rows = [...faults].map(([name, { expected }]) => [
    name,
    ...PHASES.map((phase) => {
      const cell = expected[phase];
      if (!cell) return "";
      return cell.once === cell.always ? cell.once : `${cell.once} / ${cell.always}`;
    }),
  ]);
  return [["fault", ...PHASES], PHASES.map(() => "---").concat("---"), ...rows]
    .map((row) => `| ${row.join(" | ")} |`)
    .join("\n");
}

/** How many cells come to what. */
export function countsOf(cells: readonly Cell[]): string {
  const outcomes = [...new Set(cells.map(({ expected }) => expected))];
  const counts = outcomes.map((outcome) => {
    const count = cells.filter(({ expected }) => expected === outcome).length;
    return `${count} ${outcome}`;
  });
  return `${cells.length} cells: ${counts.join(", ")}`;
}

import { expect, test } from "@jest/globals";
import { sampleCells, titleOf } from "./matrix/cell";
import { runCells } from "./matrix/run-cells";

/** Another seed takes other cells; all of them run in `npm run test:faults`. */
const SEED = Number(process.env.FAULT_SEED ?? 6);
const CELLS = 48;

const cells = sampleCells(CELLS, SEED);
const results = runCells(cells);

test.each(cells.map((cell) => [titleOf(cell), cell] as const))("%s", async (_title, cell) => {
  expect(await results.get(cell)).toEqual({ outcome: cell.expected, broken: [] });
});

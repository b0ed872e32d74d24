import { afterAll, expect, test } from "@jest/globals";
import { CELLS, titleOf } from "./matrix/cell";
import { runCells } from "./matrix/run-cells";
import { countsOf, tableOf } from "./matrix/table";

const results = runCells(CELLS);

test.each(CELLS.map((cell) => [titleOf(cell), cell] as const))("%s", async (_title, cell) => {
  expect(await results.get(cell)).toEqual({ outcome: cell.expected, broken: [] });
});

afterAll(() => {
  process.stdout.write(`${tableOf(CELLS)}\n\n${countsOf(CELLS)}\n`);
});

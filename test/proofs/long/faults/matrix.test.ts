import { afterAll, expect, test } from "@jest/globals";
import { CELLS, runCell, titleOf } from "../../faults/matrix/cell";
import { countsOf, tableOf } from "../../faults/matrix/table";
import { interceptNetwork } from "../../faults/support/network-outage";

interceptNetwork();

test.concurrent.each(CELLS.map((cell) => [titleOf(cell), cell] as const))("%s", async (_title, cell) => {
  expect(await runCell(cell)).toEqual({ outcome: cell.expected, broken: [] });
});

afterAll(() => {
  process.stdout.write(`${tableOf(CELLS)}\n\n${countsOf(CELLS)}\n`);
});

import { expect, test } from "@jest/globals";
import { CELLS, runCell, titleOf } from "../../faults/matrix/cell";
import { interceptNetwork } from "../../faults/support/network-outage";

interceptNetwork();

test.concurrent.each(CELLS.map((cell) => [titleOf(cell), cell] as const))("%s", async (_title, cell) => {
  expect(await runCell(cell)).toEqual({ outcome: cell.expected, broken: [] });
});

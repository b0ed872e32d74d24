import { expect, test } from "@jest/globals";
import { CELLS, runCell, titleOf } from "../../faults/matrix/cell";
import { interceptNetwork } from "../../faults/support/network-outage";

interceptNetwork();

test.concurrent.each(CELLS.map((cell) => ({ title: titleOf(cell), cell })))(
  "a run with each fault of the matrix ends as expected: $title",
  async ({ cell }) => {
    expect(await runCell(cell)).toEqual({ outcome: cell.expected, broken: [], hasHit: true });
  },
);

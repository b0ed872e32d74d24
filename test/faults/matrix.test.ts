import { expect, test } from "@jest/globals";
import { SEED } from "../support/seed";
import { runCell, sampleCells, titleOf } from "./matrix/cell";
import { interceptWays } from "./support/way-outage";

interceptWays();

/** Another seed takes other cells; all of them run in `npm run test:faults`. */
const COUNT = 32;

const cells = sampleCells(COUNT, SEED);

// Concurrent, since most of the time each of them waits.
test.concurrent.each(cells.map((cell) => [titleOf(cell), cell] as const))("%s", async (_title, cell) => {
  expect(await runCell(cell)).toEqual({ outcome: cell.expected, broken: [] });
});

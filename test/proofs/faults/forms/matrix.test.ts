import { expect, test } from "@jest/globals";
import { SEED } from "../../../support/seed";
import { runCell, sampleCells, titleOf } from "../matrix/cell";
import { interceptNetwork } from "../support/network-outage";
import * as suspensions from "../suspensions/cell";

interceptNetwork();

/** Another seed selects other cells; `npm run test:faults` runs all of them. */
const COUNT = 32;
const SUSPENSION_COUNT = 16;

/** The time of one counts while others run, which a busy machine multiplies. */
const TIMEOUT_MS = 600_000;

const cells = sampleCells(COUNT, SEED);

// Concurrent, because they mostly wait.
test.concurrent.each(cells.map((cell) => [titleOf(cell), cell] as const))(
  "%s",
  async (_title, cell) => {
    expect(await runCell(cell)).toEqual({ outcome: cell.expected, broken: [] });
  },
  TIMEOUT_MS,
);

const suspensionCells = suspensions.sampleSuspensionCells(SUSPENSION_COUNT, SEED);

test.concurrent.each(suspensionCells.map((cell) => [suspensions.titleOf(cell), cell] as const))(
  "a set that suspends, %s",
  async (_title, cell) => {
    expect(await suspensions.runSuspensionCell(cell)).toEqual({ outcome: cell.expected, broken: [] });
  },
  TIMEOUT_MS,
);

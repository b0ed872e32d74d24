import { expect, test } from "@jest/globals";
import { SEED } from "../../../support/seed";
import { CELLS, runCell, sampleShort, titleOf } from "../matrix/cell";
import { interceptNetwork } from "../support/network-outage";
import { runSuspensionCell, SUSPENSION_CELLS } from "../suspensions/cell";

interceptNetwork();

/** Another seed selects other cells; `npm run test:faults` runs all of them. */
const COUNT = 32;
const SUSPENSION_COUNT = 16;

/** The time of one counts while others run, which a busy machine multiplies. */
const TIMEOUT_MS = 600_000;

// Concurrent, because they mostly wait.
test.concurrent.each([
  ...sampleShort(CELLS, COUNT, SEED).map(
    (cell) => [titleOf(cell), cell.expected, () => runCell(cell)] as const,
  ),
  ...sampleShort(SUSPENSION_CELLS, SUSPENSION_COUNT, SEED).map(
    (cell) => [titleOf(cell), cell.expected, () => runSuspensionCell(cell)] as const,
  ),
])(
  "a run with a fault ends as expected: %s",
  async (_title, outcome, run) => {
    expect(await run()).toEqual({ outcome, broken: [] });
  },
  TIMEOUT_MS,
);

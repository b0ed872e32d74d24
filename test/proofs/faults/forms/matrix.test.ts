import { expect, test } from "@jest/globals";
import { SEED } from "../../../support/seed";
import { CELLS, runCell, sampleShort, titleOf } from "../matrix/cell";
import { interceptNetwork } from "../support/network-outage";
import { runSuspensionCell, SUSPENSION_CELLS } from "../suspensions/cell";

/**
 * A cell is a fault, such as a lost answer or a refusal, at one kind of call of a run that removes users, or of one that suspends and
 * reactivates them. The run recovers by itself, or it reports who is not done and keeps them in the state, or it postpones them with
 * a warning, or it is refused before it changes anybody. `broken` lists broken promises, such as a declared user who is deleted.
 */

interceptNetwork();

/** Another seed selects other cells; `npm run test:faults` runs all of them. */
const COUNT = 32;
const SUSPENSION_COUNT = 16;

/** The time of one counts while others run, which a busy machine multiplies. */
const TIMEOUT_MS = 600_000;

// Concurrent, because they mostly wait.
test.concurrent.each([
  ...sampleShort(CELLS, COUNT, SEED).map((cell) => ({
    title: titleOf(cell),
    expected: cell.expected,
    run: () => runCell(cell),
  })),
  ...sampleShort(SUSPENSION_CELLS, SUSPENSION_COUNT, SEED).map((cell) => ({
    title: titleOf(cell),
    expected: cell.expected,
    run: () => runSuspensionCell(cell),
  })),
])(
  "a run with a fault ends as expected: $title",
  async ({ expected, run }) => {
    expect(await run()).toEqual({ outcome: expected, broken: [], hasHit: true });
  },
  TIMEOUT_MS,
);

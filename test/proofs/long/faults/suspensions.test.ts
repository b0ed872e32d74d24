import { expect, test } from "@jest/globals";
import { titleOf } from "../../faults/matrix/cell";
import { interceptNetwork } from "../../faults/support/network-outage";
import { runSuspensionCell, SUSPENSION_CELLS } from "../../faults/suspensions/cell";
import { CALLS, PHASES } from "../../faults/suspensions/phases";
import { runSuspending } from "../../faults/suspensions/run";

/**
 * An apply suspends users who left, reactivates users who returned, and deletes users whose day has come. One fault hits one of its calls, or
 * each call of a phase. `expectations.ts` says how this ends: `recovered` is without an error, everything done. `broken` lists the promises
 * that must hold however it ends, also after a second run without a fault.
 */

interceptNetwork();

test("without a fault, everything is done, with as many calls in each phase as the places of the faults assume", async () => {
  const { outcome, broken, counts } = await runSuspending({});
  expect({ outcome, broken }).toEqual({ outcome: "recovered", broken: [] });
  expect(counts).toEqual(new Map(PHASES.map((phase) => [phase, CALLS[phase].calls])));
});

test.concurrent.each(SUSPENSION_CELLS.map((cell) => ({ title: titleOf(cell), cell })))(
  "each fault hits a call, the run ends as expected, and no promise is broken: $title",
  async ({ cell }) => {
    expect(await runSuspensionCell(cell)).toEqual({ outcome: cell.expected, broken: [], hasHit: true });
  },
);

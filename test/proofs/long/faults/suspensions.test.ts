import { afterAll, expect, test } from "@jest/globals";
import { titleOf } from "../../faults/matrix/cell";
import { countOutcomes } from "../../faults/matrix/table";
import { interceptNetwork } from "../../faults/support/network-outage";
import { runSuspensionCell, SUSPENSION_CELLS } from "../../faults/suspensions/cell";
import { CALLS } from "../../faults/suspensions/phases";
import { runSuspending } from "../../faults/suspensions/run";

interceptNetwork();

test("an undisturbed run makes the calls at which the faults are injected", async () => {
  const { outcome, broken, counts } = await runSuspending({});
  expect({ outcome, broken }).toEqual({ outcome: "recovered", broken: [] });
  expect(Object.fromEntries(counts)).toEqual(
    Object.fromEntries(Object.entries(CALLS).map(([phase, { calls }]) => [phase, calls])),
  );
});

test.concurrent.each(SUSPENSION_CELLS.map((cell) => [titleOf(cell), cell] as const))(
  "%s",
  async (_title, cell) => {
    expect(await runSuspensionCell(cell)).toEqual({ outcome: cell.expected, broken: [] });
  },
);

afterAll(() => {
  process.stdout.write(`${countOutcomes(SUSPENSION_CELLS)}\n`);
});

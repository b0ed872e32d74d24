import { ALL_FAULTS, type AnyCell } from "../matrix/cell";
import { NetworkOutage } from "../support/network-outage";
import { expectedOutcome } from "./expectations";
import { CALLS, type Phase, PHASES } from "./phases";
import { type Outcome, runSuspending, type SuspensionResult } from "./run";

/** A cell of a run that suspends, reactivates and deletes who is due. */
export interface SuspensionCell extends AnyCell {
  readonly phase: Phase;
  readonly expected: Outcome;
}

/** Every cell. */
export const SUSPENSION_CELLS: readonly SuspensionCell[] = ALL_FAULTS.flatMap((fault) =>
  PHASES.flatMap((phase) =>
    CALLS[phase].places.flatMap((place): SuspensionCell[] => {
      const expected = expectedOutcome(fault, phase, place);
      return expected === undefined ? [] : [{ fault, phase, place, expected }];
    }),
  ),
);

/** Runs one cell. The test file must call `interceptNetwork`. */
export async function runSuspensionCell({
  fault,
  phase,
  place,
}: SuspensionCell): Promise<Pick<SuspensionResult, "outcome" | "broken" | "hasHit">> {
  const { effect, forMs, network, environment, recoveryMs } = fault;
  const outage = network && new NetworkOutage(network);
  const run = (): Promise<SuspensionResult> =>
    runSuspending({
      fault: { phase, place, effect, ...(forMs !== undefined && { forMs }) },
      ...(environment && { environment }),
      ...(recoveryMs !== undefined && { recoveryMs }),
      begin: async (emulator, watch) => {
        outage?.beginWith(watch.handle);
        return (await outage?.open(emulator)) ?? {};
      },
    });
  const { outcome, broken, hasHit } = await (outage ? outage.within(run) : run());
  return { outcome, broken, hasHit };
}

import * as fc from "fast-check";
import { groupBy } from "../../../../src/lists";
import { FAULTS, type Fault } from "../matrix/faults";
import { HOSTILE_ANSWERS } from "../matrix/hostile-answers";
import { OUTAGES } from "../matrix/outages";
import type { Place } from "../matrix/place";
import { NetworkOutage } from "../support/network-outage";
import { expectedOutcome } from "./expectations";
import { CALLS, type Phase, PHASES } from "./phases";
import { type Outcome, runSuspending, type SuspensionResult } from "./run";

/** One fault at one place of a run that suspends, reactivates and deletes who is due, and the expected outcome. */
export interface SuspensionCell {
  readonly fault: Fault;
  readonly phase: Phase;
  readonly place: Place;
  readonly expected: Outcome;
}

/** Every cell. */
export const SUSPENSION_CELLS: readonly SuspensionCell[] = [
  ...FAULTS,
  ...OUTAGES,
  ...HOSTILE_ANSWERS,
].flatMap((fault) =>
  PHASES.flatMap((phase) =>
    CALLS[phase].places.flatMap((place): SuspensionCell[] => {
      const expected = expectedOutcome(fault, phase, place);
      return expected === undefined ? [] : [{ fault, phase, place, expected }];
    }),
  ),
);

/** A random selection of the cells that do not take long, the same for the same seed. */
export function sampleSuspensionCells(count: number, seed: number): readonly SuspensionCell[] {
  const short = SUSPENSION_CELLS.filter(({ fault }) => !fault.long);
  const some = fc.shuffledSubarray(short, { minLength: count, maxLength: count });
  return fc.sample(some, { seed, numRuns: 1 })[0] ?? [];
}

/** Describes a cell. */
export function titleOf({ fault, phase, place, expected }: SuspensionCell): string {
  return `${expected}: ${fault.name} at ${place === "always" ? "every" : `the ${place}`} ${phase}`;
}

/** Runs one cell. The test file must call `interceptNetwork`. */
export async function runSuspensionCell({
  fault,
  phase,
  place,
}: SuspensionCell): Promise<Pick<SuspensionResult, "outcome" | "broken">> {
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
  const { outcome, broken } = await (outage ? outage.within(run) : run());
  return { outcome, broken };
}

/** The number of cells with each outcome. */
export function countsOf(cells: readonly SuspensionCell[]): string {
  const outcomes = [...groupBy(cells, ({ expected }) => expected)];
  return `${cells.length} cells: ${outcomes.map(([outcome, its]) => `${its.length} ${outcome}`).join(", ")}`;
}

import * as fc from "fast-check";
import type { FaultRule } from "../../../src/emulator";
import { runDisturbed, type DisturbedResult, type Outcome } from "../support/disturbed-run";
import { FAULTS, type Fault, type Phase } from "./faults";
import { HOSTILE_ANSWERS } from "./hostile-answers";

/** Which calls of the phase meet the fault. */
export type Place = "first" | "middle" | "last" | "always";

/** One fault at one place, and what it must come to. */
export interface Cell {
  readonly fault: Fault;
  readonly phase: Phase;
  readonly place: Place;
  readonly expected: Outcome;
}

const PHASES: readonly Phase[] = ["refresh", "look-up before", "delete", "read-back"];
const PLACES: readonly Place[] = ["first", "middle", "last", "always"];

/** Every cell of the matrix. */
export const CELLS: readonly Cell[] = [...FAULTS, ...HOSTILE_ANSWERS].flatMap((fault) =>
  PHASES.flatMap((phase) => {
    const expected = fault.expected[phase];
    return expected
      ? PLACES.map((place) => ({
          fault,
          phase,
          place,
          expected: place === "always" ? expected.always : expected.once,
        }))
      : [];
  }),
);

/** Some of the cells, the same for the same seed. */
export function sampleCells(count: number, seed: number): readonly Cell[] {
  const some = fc.shuffledSubarray([...CELLS], { minLength: count, maxLength: count });
  return fc.sample(some, { seed, numRuns: 1 })[0] ?? [];
}

/** A cell in words. */
export function titleOf({ fault, phase, place, expected }: Cell): string {
  return `${expected}: ${fault.name} at ${place === "always" ? "every" : `the ${place}`} ${phase}`;
}

/** Runs one cell. */
export function runCell(cell: Cell): Promise<DisturbedResult> {
  return runDisturbed({
    ...(cell.fault.environment && { environment: cell.fault.environment }),
    strike: (emulator) => {
      const arm = (): void => void emulator.faults.add(ruleOf(cell));
      return { stages: cell.phase === "refresh" ? { refresh: arm } : { apply: arm } };
    },
  });
}

/**
 * The set is of type e-mail; only the read-back, and the second thoughts about an absent user, name users by system
 * ids.
 */
function ruleOf({ fault: { effect }, phase, place }: Cell): FaultRule {
  const isDeletion = phase === "delete";
  const calls = { first: 1, middle: 2, last: phase === "refresh" ? 4 : 3 };
  return {
    on: isDeletion ? "delete-users-batch" : ["get-user-batch", "get-user"],
    userIdType: phase === "read-back" ? "user_id" : "email",
    ...(place !== "always" && { nth: calls[place] }),
    then: effect,
  };
}

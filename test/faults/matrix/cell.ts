import * as fc from "fast-check";
import type { UserSetEngine } from "../../support/scenario";
import { runDisturbed, type DisturbedResult, type Outcome } from "../support/disturbed-run";
import { byName, NameOutage } from "../support/names";
import type { Phase } from "./expectations";
import { FAULTS, type Fault } from "./faults";
import { HOSTILE_ANSWERS } from "./hostile-answers";
import { OUTAGES } from "./outages";
import { placesOf, requestsAt, type Place } from "./place";

/** One fault at one place of a run of one engine, and what it must come to. */
export interface Cell {
  readonly engine: UserSetEngine;
  readonly fault: Fault;
  readonly phase: Phase;
  readonly place: Place;
  readonly expected: Outcome;
}

/** What each engine does with the pool in a run. */
export const PHASES: Readonly<Record<UserSetEngine, readonly Phase[]>> = {
  provider: ["refresh", "look-up before", "delete", "read-back"],
  null_resource: ["look-up before", "delete", "read-back", "drift"],
};

/** Every cell of the matrix. */
export const CELLS: readonly Cell[] = [...FAULTS, ...OUTAGES, ...HOSTILE_ANSWERS].flatMap((fault) =>
  (["provider", "null_resource"] as const).flatMap((engine) =>
    PHASES[engine].flatMap((phase) => cellsOf(engine, fault, phase)),
  ),
);

function cellsOf(engine: UserSetEngine, fault: Fault, phase: Phase): Cell[] {
  const expected = fault.expected[phase];
  if (!expected) return [];
  const places = placesOf(phase).filter((place) => fault.places?.includes(place) ?? true);
  return places.map((place) => ({
    engine,
    fault,
    phase,
    place,
    expected: place === "always" ? expected.always : expected.once,
  }));
}

/** Some of the cells that do not take long, the same for the same seed. */
export function sampleCells(count: number, seed: number): readonly Cell[] {
  const short = CELLS.filter(({ fault }) => !fault.long);
  const some = fc.shuffledSubarray(short, { minLength: count, maxLength: count });
  return fc.sample(some, { seed, numRuns: 1 })[0] ?? [];
}

/** A cell in words. */
export function titleOf({ engine, fault, phase, place, expected }: Cell): string {
  const carrier = engine === "provider" ? "provider" : "null engine";
  return `${carrier}, ${expected}: ${fault.name} at ${place === "always" ? "every" : `the ${place}`} ${phase}`;
}

/** Runs one cell; in a file that intercepts names. */
export function runCell({ engine, fault, phase, place }: Cell): Promise<DisturbedResult> {
  const { effect, ids, forMs, nameGoneMs, environment } = fault;
  const outage = new NameOutage(nameGoneMs ?? 0);
  return outage.within(() =>
    runDisturbed({
      engine,
      ...(environment && { environment }),
      strike: (emulator) => {
        const arm = (): void => {
          const handle = emulator.faults.add({
            ...requestsAt(phase, place, forMs !== undefined),
            ...(ids && { ids }),
            ...(forMs !== undefined && { forMs }),
            then: effect,
          });
          outage.beginWith(handle);
        };
        const named = nameGoneMs === undefined ? {} : byName(emulator);
        return {
          stages: phase === "refresh" ? { refresh: arm } : { apply: arm },
          variables: { refresh: named, apply: named },
        };
      },
    }),
  );
}

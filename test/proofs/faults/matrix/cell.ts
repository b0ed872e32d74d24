import { setTimeout as delay } from "node:timers/promises";
import * as fc from "fast-check";
import type { RuleHandle } from "../../../support/emulator";
import type { ResourceType } from "../../../support/scenario";
import { runDisturbed, type DisturbedResult, type Outcome } from "../support/disturbed-run";
import { NetworkOutage } from "../support/network-outage";
import type { Phase } from "./expectations";
import { FAULTS, type Fault } from "./faults";
import { HOSTILE_ANSWERS } from "./hostile-answers";
import { OUTAGES } from "./outages";
import { placesOf, requestsAt, type Place } from "./place";

/** One fault at one place of a run, and the expected outcome. */
export interface AnyCell {
  readonly fault: Fault;
  readonly phase: string;
  readonly place: Place;
  readonly expected: string;
}

/** A cell of a run with one resource type that removes users. */
export interface Cell extends AnyCell {
  readonly resourceType: ResourceType;
  readonly phase: Phase;
  readonly expected: Outcome;
}

/** The phases in which a run of each resource type calls GenAuth. */
export const PHASES: Readonly<Record<ResourceType, readonly Phase[]>> = {
  genauth_user_set: ["refresh", "look-up before", "delete", "read-back"],
  null_resource: ["look-up before", "delete", "read-back", "drift"],
};

export const ALL_FAULTS: readonly Fault[] = [...FAULTS, ...OUTAGES, ...HOSTILE_ANSWERS];

/** Every cell of the matrix. */
export const CELLS: readonly Cell[] = ALL_FAULTS.flatMap((fault) =>
  (["genauth_user_set", "null_resource"] as const).flatMap((resourceType) =>
    PHASES[resourceType].flatMap((phase) => cellsOf(resourceType, fault, phase)),
  ),
);

function cellsOf(resourceType: ResourceType, fault: Fault, phase: Phase): Cell[] {
  const expected = fault.expected[phase];
  if (!expected) return [];
  const places = placesOf(phase).filter((place) => fault.places?.includes(place) ?? true);
  return places.map((place) => ({
    resourceType,
    fault,
    phase,
    place,
    expected: place === "always" ? expected.always : expected.once,
  }));
}

/** A random selection of the cells that do not take long, the same for the same seed. */
export function sampleShort<C extends AnyCell>(
  cells: readonly C[],
  count: number,
  seed: number,
): readonly C[] {
  const short = cells.filter(({ fault }) => !fault.long);
  const some = fc.shuffledSubarray(short, { minLength: count, maxLength: count });
  return fc.sample(some, { seed, numRuns: 1 })[0] ?? [];
}

/** Describes a cell. */
export function titleOf(cell: AnyCell & { readonly resourceType?: ResourceType }): string {
  const { resourceType = "a set that suspends", fault, phase, place, expected } = cell;
  return `${resourceType}, ${expected}: ${fault.name} at ${place === "always" ? "every" : `the ${place}`} ${phase}`;
}

/** Runs one cell. The test file must call `interceptNetwork`. */
export async function runCell({
  resourceType,
  fault,
  phase,
  place,
}: Cell): Promise<DisturbedResult & { readonly hasHit: boolean }> {
  const { effect, ids, forMs, network, environment, recoveryMs = 0 } = fault;
  const outage = network && new NetworkOutage(network);
  let rule: RuleHandle | undefined;
  const run = (): Promise<DisturbedResult> =>
    runDisturbed({
      resourceType,
      ...(environment && { environment }),
      inject: async (emulator) => {
        const arm = (): void => {
          rule = emulator.faults.add({
            ...requestsAt(phase, place, forMs !== undefined, effect.kind === "omit" && ids !== undefined),
            ...(ids && { ids }),
            ...(forMs !== undefined && { forMs }),
            then: effect,
          });
          outage?.beginWith(rule);
        };
        const variables = (await outage?.open(emulator)) ?? {};
        return {
          hooks: phase === "refresh" ? { refresh: arm } : { apply: arm },
          variables: { refresh: variables, apply: variables },
        };
      },
      recover: () => delay(recoveryMs),
    });
  const result = await (outage ? outage.within(run) : run());
  return { ...result, hasHit: (rule?.applied ?? 0) > 0 };
}

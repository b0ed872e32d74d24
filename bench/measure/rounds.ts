import { randomInt } from "node:crypto";
import type { Side } from "../benchmark";
import { summarise } from "./summary";

/** A side to measure. Each call of `measure` takes one measurement. */
export interface Contender<M extends string> {
  readonly name: string;
  measure(): Promise<Readonly<Record<M, number>>>;
}

/**
 * Measures all sides in each round, in random order: other load on the machine affects all of them equally, and none always
 * comes after the same other.
 *
 * @param below returns a random whole number from 0 up to the given one
 * @returns for each measure, the sides in the order given
 */
export async function inRounds<M extends string>(
  rounds: number,
  contenders: readonly Contender<M>[],
  measures: readonly M[],
  below: (limit: number) => number = (limit) => randomInt(limit),
): Promise<Readonly<Record<M, readonly Side[]>>> {
  const taken = new Map(contenders.map((contender) => [contender, [] as Readonly<Record<M, number>>[]]));
  for (let round = 0; round < rounds; round += 1) {
    for (const contender of shuffled(contenders, below)) {
      taken.get(contender)?.push(await contender.measure());
    }
  }
  const sides = measures.map((measure): [M, readonly Side[]] => [
    measure,
    [...taken].map(([{ name }, measurements]) => ({
      name,
      summary: summarise(measurements.map((measurement) => measurement[measure])),
    })),
  ]);
  return Object.fromEntries(sides) as Record<M, readonly Side[]>;
}

function shuffled<T>(items: readonly T[], below: (limit: number) => number): readonly T[] {
  const left = [...items];
  return items.flatMap(() => left.splice(below(left.length), 1));
}

/** The median of the ratios of two sides in each round. @throws Error if there is no such side */
export function ratio(sides: readonly Side[], of: string, to: string): number {
  const divisors = sideOf(sides, to).summary.samples;
  const ratios = sideOf(sides, of).summary.samples.map(
    (sample, round) => sample / (divisors[round] ?? Number.NaN),
  );
  return summarise(ratios).median;
}

function sideOf(sides: readonly Side[], name: string): Side {
  const side = sides.find((candidate) => candidate.name === name);
  if (!side) throw new Error(`No side is called "${name}".`);
  return side;
}

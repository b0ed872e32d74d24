import type { Side } from "../benchmark";
import { summarise } from "./summary";

/** A side to measure. Each call of `measure` takes one measurement. */
export interface Contender<M extends string> {
  readonly name: string;
  measure(): Promise<Readonly<Record<M, number>>>;
}

/**
 * Measures the sides in turn, round by round, so that other load on the machine affects all of them equally.
 *
 * @returns for each measure, the sides in the order given
 */
export async function inTurn<M extends string>(
  rounds: number,
  contenders: readonly Contender<M>[],
  measures: readonly M[],
): Promise<Readonly<Record<M, readonly Side[]>>> {
  const taken = contenders.map((): Readonly<Record<M, number>>[] => []);
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, contender] of contenders.entries()) {
      taken[index]?.push(await contender.measure());
    }
  }
  const sides = measures.map((measure): [M, readonly Side[]] => [
    measure,
    contenders.map(({ name }, index) => ({
      name,
      summary: summarise((taken[index] ?? []).map((measurement) => measurement[measure])),
    })),
  ]);
  return Object.fromEntries(sides) as Record<M, readonly Side[]>;
}

/** The ratio of two sides' medians. @throws Error if there is no such side */
export function ratio(sides: readonly Side[], of: string, to: string): number {
  return medianOf(sides, of) / medianOf(sides, to);
}

/** A side's median. @throws Error if there is no such side */
export function medianOf(sides: readonly Side[], name: string): number {
  const side = sides.find((candidate) => candidate.name === name);
  if (!side) throw new Error(`No side is called "${name}".`);
  return side.summary.median;
}

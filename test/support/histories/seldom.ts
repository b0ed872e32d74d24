import * as fc from "fast-check";

/** Something that happens in one of so many cases; null in the others. (The `freq` of `fc.option` is the other way round.) */
export function seldom<T>(something: fc.Arbitrary<T>, oneIn: number): fc.Arbitrary<T | null> {
  return fc.oneof({ weight: oneIn - 1, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: something });
}

import * as fc from "fast-check";

/** A value in one of `oneIn` cases, null in the others. (The `freq` of `fc.option` has the opposite meaning.) */
export function seldom<T>(something: fc.Arbitrary<T>, oneIn: number): fc.Arbitrary<T | null> {
  return fc.oneof({ weight: oneIn - 1, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: something });
}

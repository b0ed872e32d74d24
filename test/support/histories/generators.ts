import * as fc from "fast-check";

/** A value in one of `oneIn` cases, null in the others. (The `freq` of `fc.option` has the opposite meaning.) */
export function seldom<T>(something: fc.Arbitrary<T>, oneIn: number): fc.Arbitrary<T | null> {
  return fc.oneof({ weight: oneIn - 1, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: something });
}

/** No label, one for all, or one for each person, which shows that two ids mean the same person. */
export const labels = fc.constantFrom("none" as const, "alike" as const, "own" as const);

/** The id types of the sets of people in an emulator. */
export const NAME_TYPES = ["email", "username", "user_id"] as const;
export type NameType = (typeof NAME_TYPES)[number];
export const nameType = fc.constantFrom<NameType>("email", ...NAME_TYPES);

import type { FaultRule } from "../../../src/emulator";
import type { Phase } from "./expectations";

/** Which calls of a phase have a fault. */
export type Place = "first" | "middle" | "last" | "always";

export const PLACES: readonly Place[] = ["first", "middle", "last", "always"];

/** The places of a phase. The drift of the remaining users takes one call, so it has no middle. */
export function placesOf(phase: Phase): readonly Place[] {
  return phase === "drift" ? ["first", "always"] : PLACES;
}

/**
 * The requests at a place. The set has e-mail ids; only the read-back, and the second look-up of an absent user, name users
 * by system user ids.
 *
 * @param andAfter whether to include all later calls
 */
export function requestsAt(phase: Phase, place: Place, andAfter = false): Omit<FaultRule, "then"> {
  return {
    on: phase === "delete" ? "delete-users-batch" : ["get-user-batch", "get-user"],
    userIdType: phase === "read-back" ? "user_id" : "email",
    ...nthOf(phase, place, andAfter),
  };
}

/** More calls than any run makes. */
const MANY = 2_000;

function nthOf(phase: Phase, place: Place, andAfter: boolean): Pick<FaultRule, "nth"> {
  const isDrift = phase === "drift";
  if (place === "always" && !isDrift) return {};
  // The look-up of drift comes after the three look-ups of the removed users.
  const first = isDrift ? 4 : 1;
  const nth = first + { first: 0, always: 0, middle: 1, last: phase === "refresh" ? 3 : 2 }[place];
  return {
    nth: andAfter || place === "always" ? Array.from({ length: MANY }, (_, more) => nth + more) : nth,
  };
}

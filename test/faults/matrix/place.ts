import type { FaultRule } from "../../../src/emulator";
import type { Phase } from "./expectations";

/** Which calls of a phase meet a fault. */
export type Place = "first" | "middle" | "last" | "always";

export const PLACES: readonly Place[] = ["first", "middle", "last", "always"];

/** The places of a phase in which there is more than one; the drift of ten users is one call. */
export function placesOf(phase: Phase): readonly Place[] {
  return phase === "drift" ? ["first", "always"] : PLACES;
}

/**
 * The requests at a place. The set is of type e-mail; only the read-back, and the second thoughts about an absent user,
 * name users by system ids.
 *
 * @param andAfter whether the calls behind that one are meant too
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
  // Drift is looked for by the same calls as who leaves, after the three of them.
  const first = isDrift ? 4 : 1;
  const nth = first + { first: 0, always: 0, middle: 1, last: phase === "refresh" ? 3 : 2 }[place];
  return {
    nth: andAfter || place === "always" ? Array.from({ length: MANY }, (_, more) => nth + more) : nth,
  };
}

import type { FaultRule } from "../../../support/emulator";
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
export function requestsAt(
  phase: Phase,
  place: Place,
  andAfter = false,
  isOmission = false,
): Omit<FaultRule, "then"> {
  return {
    on: phase === "delete" ? "delete-users-batch" : ["get-user-batch", "get-user"],
    userIdType: phase === "read-back" ? "user_id" : "email",
    ...nthOf(phase, place, andAfter, isOmission),
  };
}

/** More calls than any run makes. */
const MANY = 2_000;

/** The look-ups of a refresh, and how many of them name a user that is removed. */
const REFRESH_CALLS = { all: 4, ofRemoved: 3 };

function nthOf(phase: Phase, place: Place, andAfter: boolean, isOmission: boolean): Pick<FaultRule, "nth"> {
  const isDrift = phase === "drift";
  if (place === "always" && !isDrift) return {};
  // Three calls look up who leaves, and one more comes right before each of the three chunks. Then drift is looked for.
  const first = isDrift ? 7 : 1;
  const refreshCalls = isOmission ? REFRESH_CALLS.ofRemoved : REFRESH_CALLS.all;
  const nth =
    first + { first: 0, always: 0, middle: 1, last: phase === "refresh" ? refreshCalls - 1 : 2 }[place];
  if (!andAfter && place !== "always") return { nth };
  // The plan looks the removed users up right after the refresh, on a fast machine before an omission of the refresh is over.
  const last = isOmission && phase === "refresh" ? refreshCalls : MANY;
  return { nth: Array.from({ length: last - nth + 1 }, (_, more) => nth + more) };
}

import type { Fault } from "../matrix/faults";
import { OF_EVERY_CALL } from "../matrix/expectations";
import type { Place } from "../matrix/place";
import { CALLS, type Phase } from "./phases";
import type { Outcome } from "./run";

/** What a fault means to a call. */
type Kind =
  /** The answer is correct all the same. */
  | "harmless"
  /** Temporary, and the call may have been carried out. */
  | "temporary"
  /** GenAuth certainly did nothing, and only this call is refused. */
  | "refusal"
  /** Only for this call; it may have been carried out. */
  | "unclear"
  /** It would affect every other call too. */
  | "every call"
  /** A look-up that omits everybody. */
  | "omission"
  /** The change was carried out, and only the answer is damaged, or look-ups show it late. */
  | "carried out"
  /** A success without a change, as far as look-ups show within the time of the read-back. */
  | "false success";

const REFUSALS = new Set([
  ...[400, 404, 409, 413, 422, 501].map((status) => `answers ${status}`),
  "answers 404, apiCode 2004",
  "answers with a message of escape sequences",
]);
const UNCLEAR = new Set([
  "answers 499",
  "answers 603",
  ...[400, 404, 413].map((status) => `HTTP ${status} with a page`),
  "success: false",
  "a body of 17 MiB",
  "answers 200 without data",
  "answers 200 with null as data",
  "answers 200 with a text as data",
  "answers with users without an id",
  "answers with users whose id is not a text",
  "answers with users in a prototype",
  "answers with a user that was not requested",
  "answers with brackets 100,000 deep",
]);

function kindOf({ name, effect, expected }: Fault): Kind {
  if (REFUSALS.has(name)) return "refusal";
  if (UNCLEAR.has(name)) return "unclear";
  if (effect.kind === "omit") return "omission";
  if (expected.refresh === undefined)
    return expected.delete?.once === "reported" ? "false success" : "carried out";
  if (expected.refresh.always === "recovered") return "harmless";
  return expected.refresh.once === OF_EVERY_CALL.refresh.once ? "every call" : "temporary";
}

/** Faults that last until the run ends, so that they concern every later phase as well. */
const LASTING = new Set([
  "the server unavailable for the rest of the run",
  "the server unavailable for 60 s, with the default settings",
  "a host name that does not resolve for the rest of the run",
  "an untrusted certificate for the rest of the run",
]);

/**
 * The outcome of a fault at one call of a phase, or at all of them; `undefined` where it cannot happen. Whatever fails, the run goes
 * on with those whom it does not concern: only a refresh that fails ends it.
 */
export function expectedOutcome(fault: Fault, phase: Phase, place: Place): Outcome | undefined {
  const { expected, places, ids, name } = fault;
  if (ids || !CALLS[phase].places.includes(place) || places?.includes(place) === false) return undefined;
  const isOnce = place !== "always";
  const kind = kindOf(fault);
  switch (phase) {
    case "deletion":
      return expected.delete?.[isOnce ? "once" : "always"];
    case "reactivation":
    case "suspension of the first":
    case "suspension":
      return ofStatusChange(fault, kind, phase, isOnce);
    default:
      break;
  }
  if (kind === "carried out" || kind === "false success") return undefined;
  if (kind === "harmless") return "recovered";
  // To every single look-up, "user not found" is an omission.
  const isOmission = kind === "omission" || (name === NOT_FOUND && !isOnce);
  switch (phase) {
    case "refresh of those who wait":
      // Nobody is taken for gone. Where the plan could not look somebody up who is due, its apply may still delete the user; where it did
      // not find the user, it says that nobody is deleted, and the engine refuses an apply that would.
      // Whether a short omission is over by the second look is a matter of the machine.
      if (isOmission && fault.forMs !== undefined) return undefined;
      if (isOmission) return isOnce ? "recovered" : "refused";
      if (kind === "refusal" || kind === "unclear") return "recovered";
      return isOnce && kind !== "every call" ? "recovered" : "refused";
    case "look-up of the second plan":
      if (LASTING.has(name)) return "refused";
      if (isOmission && fault.forMs !== undefined) return undefined;
      if (isOmission) return isOnce ? "recovered" : "reported";
      // What failed is not remembered, so the apply asks again. If nobody is looked up, those of whom the plan says that they are not deleted
      // may be, as far as the second plan knows, and the engine refuses it.
      return isOnce && !isThrottled(fault) ? "recovered" : "refused";
    case "look-up before all":
      if (LASTING.has(name)) return "reported";
      if (isOmission) return isOnce ? "recovered" : "reported";
      if (isOnce && isThrottled(fault)) return "reported";
      if (isOnce && kind === "every call") return "reported";
      return isOnce ? "recovered" : "reported";
    default:
      return isOmission ? ofOmission(phase, place) : ofLaterLookUp(fault, kind, phase, place);
  }
}

const NOT_FOUND = "answers 404, apiCode 2004";

/** Whether a fault lasts for all calls of a phase after the first one. */
function isThrottled({ forMs = 0 }: Fault): boolean {
  return forMs > 60_000;
}

function ofStatusChange(
  { effect, name }: Fault,
  kind: Kind,
  phase: Phase,
  isOnce: boolean,
): Outcome | undefined {
  // An answer that arrives too slowly, or with another user than asked for: the change was carried out, or was not.
  if (effect.kind === "drip") return "recovered";
  if (name === OTHER_USER) return "reported";
  switch (kind) {
    case "omission":
      return undefined;
    case "harmless":
    case "carried out":
      return "recovered";
    case "temporary":
    case "unclear":
      return isOnce ? "recovered" : "reported";
    case "refusal":
      // A change of one user cannot be halved.
      return isOnce && phase !== "suspension of the first" ? "recovered" : "reported";
    case "every call":
    case "false success":
      return "reported";
  }
}

/** The call reports a success, and does nothing. To a look-up it is as if the user were not shown. */
const OTHER_USER = "answers with a user that was not requested";

/** A look-up of the apply that fails. */
function ofLaterLookUp({ name }: Fault, kind: Kind, phase: Phase, place: Place): Outcome {
  if (place === "always" || kind === "every call") return "reported";
  if (kind === "temporary") return "recovered";
  // It concerns the first user alone, and cannot be divided.
  if (phase === "look-up before the suspension" && place === "middle") return "reported";
  if (phase !== "check of the first") return "recovered";
  return name === OTHER_USER ? ofOmission(phase, place) : "reported";
}

/** Somebody who waits is never taken for gone, and nobody is suspended or reactivated whom a look-up does not show. */
function ofOmission(phase: Phase, place: Place): Outcome {
  switch (phase) {
    case "read-back of the deletion":
      return "recovered";
    case "read-back of the reactivation":
    case "read-back of the suspension":
      return place === "always" ? "reported" : "recovered";
    case "check of the first":
      // The status is read until it shows. The record and the declared id are looked up once.
      return place === "first" ? "recovered" : "reported";
    default:
      return "reported";
  }
}

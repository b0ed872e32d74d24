import { seedUsers } from "../../../support/emulator";
import { WHEN_CARRIED_OUT, FALSE_SUCCESS, OF_EVERY_CALL, TEMPORARY } from "./expectations";
import type { Fault } from "./faults";
import type { Place } from "./place";

/** The places where a fault can begin that affects all later calls. */
const BEGINNINGS: readonly Place[] = ["first", "middle", "last"];

/** The default settings. */
const DEFAULTS = { GENAUTH_MAX_ATTEMPTS: "6", GENAUTH_CONFIRM_SECONDS: "15" };

/** Some of the removed users, from each of the three calls that look them up. */
const SOME = [10, 60, 110].map((index) => seedUsers(145)[index]?.email ?? "");

const SOON = { GENAUTH_CONFIRM_SECONDS: "5" };
const RETRIED = { ...SOON, GENAUTH_MAX_ATTEMPTS: "6" };
const THROTTLED = { kind: "answer", statusCode: 429 } as const;
const OUT_OF_ORDER = { kind: "outage", ms: 0 } as const;
const { refresh, "look-up before": before, "read-back": readBack, drift } = TEMPORARY;

function fault(
  name: string,
  effect: Fault["effect"],
  expected: Fault["expected"],
  more: Partial<Fault> = {},
): Fault {
  return { name, effect, expected, ...more };
}

/** Faults that last for some time. */
export const OUTAGES: readonly Fault[] = [
  fault("the server unavailable for 0.3 s", { kind: "outage", ms: 300 }, TEMPORARY, { environment: RETRIED }),
  // Longer than three attempts take.
  fault("the server unavailable for the rest of the run", { kind: "outage", ms: 8_000 }, OF_EVERY_CALL, {
    long: true,
  }),
  // Six attempts wait for up to 15.5 s in all, and a run may make three such calls one after the other.
  fault(
    "the server unavailable for 60 s, with the default settings",
    { kind: "outage", ms: 60_000 },
    OF_EVERY_CALL,
    { places: BEGINNINGS, environment: DEFAULTS, long: true },
  ),
  fault("the server unavailable for 20 s, with 20 attempts", { kind: "outage", ms: 20_000 }, TEMPORARY, {
    places: BEGINNINGS,
    environment: { ...DEFAULTS, GENAUTH_MAX_ATTEMPTS: "20" },
    long: true,
  }),
  // Every connection breaks, and the next one must resolve the name.
  fault("a host name that does not resolve for 0.3 s", OUT_OF_ORDER, TEMPORARY, {
    network: { what: "name", forMs: 300 },
    places: BEGINNINGS,
    environment: RETRIED,
  }),
  fault("a host name that does not resolve for the rest of the run", OUT_OF_ORDER, OF_EVERY_CALL, {
    network: { what: "name", forMs: Infinity },
  }),
  // An untrusted certificate is not retried.
  fault("an untrusted certificate for the rest of the run", OUT_OF_ORDER, OF_EVERY_CALL, {
    network: { what: "certificate", forMs: Infinity },
  }),
  fault("look-ups still return deleted users for 0.3 s", { kind: "late", ms: 300 }, WHEN_CARRIED_OUT, {
    environment: SOON,
  }),
  fault(
    "look-ups still return deleted users for 3 s, with the default settings",
    { kind: "late", ms: 3_000 },
    WHEN_CARRIED_OUT,
    { environment: DEFAULTS, long: true },
  ),
  fault(
    "look-ups still return deleted users for longer than the read-back",
    { kind: "late", ms: 6_000 },
    FALSE_SUCCESS,
    { recoveryMs: 6_000, environment: { GENAUTH_CONFIRM_SECONDS: "0.2" }, long: true },
  ),
  fault("answers 429 for 1.5 s", THROTTLED, TEMPORARY, { places: BEGINNINGS, forMs: 1_500 }),
  fault(
    "answers 429 for longer than all attempts",
    THROTTLED,
    OF_EVERY_CALL,
    // A read-back continues within this time.
    { places: BEGINNINGS, forMs: 120_000, environment: { GENAUTH_CONFIRM_SECONDS: "0" }, long: true },
  ),
  fault(
    "look-ups that omit everybody for 0.6 s",
    { kind: "omit" },
    { "look-up before": before, "read-back": readBack, drift },
    { places: BEGINNINGS, forMs: 600, environment: SOON },
  ),
  fault(
    "look-ups that omit some users for 0.6 s",
    { kind: "omit" },
    // The read-back names system user ids of users who are deleted by then, so it has nobody to omit.
    { refresh, "look-up before": before },
    { ids: SOME, places: BEGINNINGS, forMs: 600, environment: SOON },
  ),
];

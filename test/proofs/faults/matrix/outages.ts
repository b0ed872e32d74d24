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

/** Faults that last for some time. */
export const OUTAGES: readonly Fault[] = [
  {
    name: "the server unavailable for 0.3 s",
    effect: { kind: "outage", ms: 300 },
    expected: TEMPORARY,
    environment: { GENAUTH_MAX_ATTEMPTS: "6", GENAUTH_CONFIRM_SECONDS: "5" },
  },
  {
    // Longer than three attempts take.
    name: "the server unavailable for the rest of the run",
    effect: { kind: "outage", ms: 8_000 },
    expected: OF_EVERY_CALL,
    long: true,
  },
  {
    // Six attempts wait for up to 15.5 s in all, and a run may make three such calls one after the other.
    name: "the server unavailable for 60 s, with the default settings",
    effect: { kind: "outage", ms: 60_000 },
    expected: OF_EVERY_CALL,
    places: BEGINNINGS,
    environment: DEFAULTS,
    long: true,
  },
  {
    name: "the server unavailable for 20 s, with 20 attempts",
    effect: { kind: "outage", ms: 20_000 },
    expected: TEMPORARY,
    places: BEGINNINGS,
    environment: { ...DEFAULTS, GENAUTH_MAX_ATTEMPTS: "20" },
    long: true,
  },
  {
    // Every connection breaks, and the next one must resolve the name.
    name: "a host name that does not resolve for 0.3 s",
    effect: { kind: "outage", ms: 0 },
    network: { what: "name", forMs: 300 },
    expected: TEMPORARY,
    places: BEGINNINGS,
    environment: { GENAUTH_MAX_ATTEMPTS: "6", GENAUTH_CONFIRM_SECONDS: "5" },
  },
  {
    name: "a host name that does not resolve for the rest of the run",
    effect: { kind: "outage", ms: 0 },
    network: { what: "name", forMs: Infinity },
    expected: OF_EVERY_CALL,
  },
  {
    // An untrusted certificate is not retried.
    name: "an untrusted certificate for the rest of the run",
    effect: { kind: "outage", ms: 0 },
    network: { what: "certificate", forMs: Infinity },
    expected: OF_EVERY_CALL,
  },
  {
    name: "look-ups still return deleted users for 0.3 s",
    effect: { kind: "late", ms: 300 },
    expected: WHEN_CARRIED_OUT,
    environment: { GENAUTH_CONFIRM_SECONDS: "5" },
  },
  {
    name: "look-ups still return deleted users for 3 s, with the default settings",
    effect: { kind: "late", ms: 3_000 },
    expected: WHEN_CARRIED_OUT,
    environment: DEFAULTS,
    long: true,
  },
  {
    name: "look-ups still return deleted users for longer than the read-back",
    effect: { kind: "late", ms: 6_000 },
    expected: FALSE_SUCCESS,
    recoveryMs: 6_000,
    environment: { GENAUTH_CONFIRM_SECONDS: "0.2" },
    long: true,
  },
  {
    name: "answers 429 for 1.5 s",
    effect: { kind: "answer", statusCode: 429 },
    expected: TEMPORARY,
    places: BEGINNINGS,
    forMs: 1_500,
  },
  {
    name: "answers 429 for longer than all attempts",
    effect: { kind: "answer", statusCode: 429 },
    expected: OF_EVERY_CALL,
    places: BEGINNINGS,
    forMs: 120_000,
    // A read-back continues within this time.
    environment: { GENAUTH_CONFIRM_SECONDS: "0" },
    long: true,
  },
  {
    name: "look-ups that omit everybody for 0.6 s",
    effect: { kind: "omit" },
    expected: {
      "look-up before": TEMPORARY["look-up before"],
      "read-back": TEMPORARY["read-back"],
      drift: TEMPORARY.drift,
    },
    places: BEGINNINGS,
    forMs: 600,
    environment: { GENAUTH_CONFIRM_SECONDS: "5" },
  },
  {
    name: "look-ups that omit some users for 0.6 s",
    effect: { kind: "omit" },
    ids: SOME,
    expected: {
      refresh: TEMPORARY.refresh,
      "look-up before": TEMPORARY["look-up before"],
      "read-back": TEMPORARY["read-back"],
    },
    places: BEGINNINGS,
    forMs: 600,
    environment: { GENAUTH_CONFIRM_SECONDS: "5" },
  },
];

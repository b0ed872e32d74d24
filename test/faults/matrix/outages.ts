import { seedUsers } from "../../../src/emulator";
import { WHEN_CARRIED_OUT, LIE, OF_EVERY_CALL, PASSING } from "./expectations";
import type { Fault } from "./faults";
import type { Place } from "./place";

/** Where a fault begins that strikes every call from there on. */
const BEGINNINGS: readonly Place[] = ["first", "middle", "last"];

/** What a provider or a command has that nobody sets anything for. */
const DEFAULTS = { GENAUTH_MAX_ATTEMPTS: "6", GENAUTH_CONFIRM_SECONDS: "15" };

/** Some of those who are to be removed, from each of the three calls that look them up. */
const SOME = [10, 60, 110].map((index) => seedUsers(145)[index]?.email ?? "");

/** Faults that pass, or do not, in their own time. */
export const OUTAGES: readonly Fault[] = [
  {
    name: "the server gone and back",
    effect: { kind: "outage", ms: 300 },
    expected: PASSING,
    environment: { GENAUTH_MAX_ATTEMPTS: "6", GENAUTH_CONFIRM_SECONDS: "5" },
  },
  {
    // Longer than three attempts take.
    name: "the server gone for the rest of the run",
    effect: { kind: "outage", ms: 8_000 },
    expected: OF_EVERY_CALL,
    long: true,
  },
  {
    // Six attempts wait for less than 16 s in all.
    name: "the server gone for 20 s, and the default settings",
    effect: { kind: "outage", ms: 20_000 },
    expected: OF_EVERY_CALL,
    places: BEGINNINGS,
    environment: DEFAULTS,
    long: true,
  },
  {
    name: "the server gone for 20 s, and 20 attempts",
    effect: { kind: "outage", ms: 20_000 },
    expected: PASSING,
    places: BEGINNINGS,
    environment: { ...DEFAULTS, GENAUTH_MAX_ATTEMPTS: "20" },
    long: true,
  },
  {
    // Every connection breaks, and the next one has to look the name up.
    name: "a name that resolves to nothing for 0.3 s",
    effect: { kind: "outage", ms: 0 },
    way: { what: "name", forMs: 300 },
    expected: PASSING,
    places: BEGINNINGS,
    environment: { GENAUTH_MAX_ATTEMPTS: "6", GENAUTH_CONFIRM_SECONDS: "5" },
  },
  {
    name: "a name that resolves to nothing for the rest of the run",
    effect: { kind: "outage", ms: 0 },
    way: { what: "name", forMs: Infinity },
    expected: OF_EVERY_CALL,
  },
  {
    // Nobody asks again where a certificate is not trusted.
    name: "a certificate that nobody vouches for, from then on",
    effect: { kind: "outage", ms: 0 },
    way: { what: "certificate", forMs: Infinity },
    expected: OF_EVERY_CALL,
  },
  {
    name: "deleted users who still show for 0.3 s",
    effect: { kind: "late", ms: 300 },
    expected: WHEN_CARRIED_OUT,
    environment: { GENAUTH_CONFIRM_SECONDS: "5" },
  },
  {
    name: "deleted users who still show for 3 s, and the default settings",
    effect: { kind: "late", ms: 3_000 },
    expected: WHEN_CARRIED_OUT,
    environment: DEFAULTS,
    long: true,
  },
  {
    name: "deleted users who show for longer than the time for reading back",
    effect: { kind: "late", ms: 6_000 },
    expected: LIE,
    calmMs: 6_000,
    environment: { GENAUTH_CONFIRM_SECONDS: "0.2" },
    long: true,
  },
  {
    name: "answers 429 for 1.5 s",
    effect: { kind: "answer", statusCode: 429 },
    expected: PASSING,
    places: BEGINNINGS,
    forMs: 1_500,
  },
  {
    name: "answers 429 for longer than the attempts last",
    effect: { kind: "answer", statusCode: 429 },
    expected: OF_EVERY_CALL,
    places: BEGINNINGS,
    forMs: 120_000,
    // A read-back asks again as long as GenAuth may come back within this time.
    environment: { GENAUTH_CONFIRM_SECONDS: "0" },
    long: true,
  },
  {
    name: "look-ups that leave everybody out for 0.6 s",
    effect: { kind: "omit" },
    expected: {
      "look-up before": PASSING["look-up before"],
      "read-back": PASSING["read-back"],
      drift: PASSING.drift,
    },
    places: BEGINNINGS,
    forMs: 600,
    environment: { GENAUTH_CONFIRM_SECONDS: "5" },
  },
  {
    name: "look-ups that leave some users out for 0.6 s",
    effect: { kind: "omit" },
    ids: SOME,
    expected: {
      refresh: PASSING.refresh,
      "look-up before": PASSING["look-up before"],
      "read-back": PASSING["read-back"],
    },
    places: BEGINNINGS,
    forMs: 600,
    environment: { GENAUTH_CONFIRM_SECONDS: "5" },
  },
];

import * as fc from "fast-check";
import { seldom } from "../../support/histories/seldom";
import { USER_ID_TYPES } from "../../../src/users";

/** How many people are in the pool at first. */
export const SIZE = 12;
/** Beyond the pool: ids that name nobody, at first. */
const number = fc.integer({ min: 1, max: SIZE + 2 });
/** Names that several may come to have. */
const other = fc.integer({ min: 100, max: 103 });

/** What somebody else does to the pool between two runs. */
const event = fc.oneof(
  fc.record({ kind: fc.constant("delete" as const), number }),
  fc.record({ kind: fc.constant("add" as const), number }),
  fc.record({ kind: fc.constant("rename" as const), number, to: other }),
  fc.record({ kind: fc.constant("swap" as const), number, other: number }),
);
export type Event = typeof event extends fc.Arbitrary<infer E> ? E : never;

/** What goes wrong with a call, by its place among the calls of its method; null: nothing. */
const fault = fc.oneof(
  { weight: 6, arbitrary: fc.constant(null) },
  { weight: 1, arbitrary: fc.constant("lie" as const) },
  {
    weight: 3,
    arbitrary: fc.record({
      failure: fc.constantFrom(
        "LOST" as const,
        "OUTAGE" as const,
        "REFUSED" as const,
        "UNSUCCESSFUL" as const,
        "WRONG_KEY" as const,
      ),
      after: fc.boolean(),
    }),
  },
);
export type NamedFault = typeof fault extends fc.Arbitrary<infer F> ? F : never;

const anyType = fc.constantFrom(...USER_ID_TYPES);
const someone = fc.uniqueArray(number, { maxLength: 2 });

/** What somebody does to the configuration that nobody means. */
const mistake = fc.constantFrom(
  /** The users of the first set are null. */
  "null users" as const,
  /** The first set is made anew, with an id type by which nobody is found. */
  "wrong id type" as const,
  /** The run reaches a copy of the pool: everybody is there, as another user. */
  "copy of the pool" as const,
);

const step = fc.record({
  events: fc.array(event, { maxLength: 3 }),
  /** What somebody else does to the pool between a saved plan and its apply. */
  lastMoment: fc.oneof(
    { weight: 3, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(event, { minLength: 1, maxLength: 2 }) },
  ),
  /** A run before that of the step, which must change nothing. */
  mistake: seldom(mistake, 5),
  /** Whether the sets are in a stack of the construct, which protects all of them from each other; else in plain HCL. */
  isStack: fc.boolean(),
  declared: fc.uniqueArray(fc.oneof(number, other), { maxLength: SIZE }),
  /** Which of two sets declares each of them: a change of it is a hand-over. */
  inSecondSet: fc.uniqueArray(fc.oneof(number, other), { maxLength: SIZE / 2 }),
  /** An id type for one of the sets in place of its own, which replaces the set; null: as ever. */
  retyped: seldom(fc.record({ set: fc.nat(1), type: anyType }), 8),
  /** Whether ids are written in another spelling that means the same. */
  respelled: fc.boolean(),
  /** How labels are given: each its own, all alike, or none. */
  labels: fc.constantFrom("own" as const, "alike" as const, "none" as const),
  retained: someone,
  protectedUsers: fc.uniqueArray(fc.tuple(anyType, number), { maxLength: 2 }),
  /** Where the trouble begins. */
  trouble: fc.constantFrom(
    "at refresh" as const,
    "at apply" as const,
    "at apply" as const,
    "at apply" as const,
  ),
  deletionFaults: fc.array(fault, { maxLength: 6 }),
  lookUpFaults: fc.array(fault, { maxLength: 6 }),
  poisoned: someone,
  refusesUnknown: fc.constantFrom("none" as const, "deletions" as const, "all" as const),
  showsDeletedFor: fc.integer({ min: 0, max: 3 }),
  /** At which call of the trouble the run is told to stop, or killed before or after the deed; null: never. */
  cut: seldom(
    fc.record({
      call: fc.integer({ min: 1, max: 8 }),
      how: fc.constantFrom("told to stop" as const, "killed before" as const, "killed after" as const),
    }),
    3,
  ),
});
export type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** A history of two sets that protect each other: the id type of the second, and the steps. */
export const history = fc.record({
  secondType: anyType,
  steps: fc.array(step, { minLength: 1, maxLength: 5 }),
});
export type History = typeof history extends fc.Arbitrary<infer H> ? H : never;

import * as fc from "fast-check";
import { labels, mistake, seldom } from "../../../../support/histories/generators";
import { USER_ID_TYPES } from "../../../../../src/users";

/** The initial number of people in the pool. */
export const SIZE = 12;
/** Beyond the pool: ids that name nobody at first. */
const number = fc.integer({ min: 1, max: SIZE + 2 });
/** Names that several people may get. */
const other = fc.integer({ min: 100, max: 103 });

/** A change that somebody else makes in the pool. */
const event = fc.oneof(
  fc.record({ kind: fc.constant("delete" as const), number }),
  fc.record({ kind: fc.constant("add" as const), number }),
  fc.record({ kind: fc.constant("rename" as const), number, to: other }),
  fc.record({ kind: fc.constant("swap" as const), number, other: number }),
);
export type Event = typeof event extends fc.Arbitrary<infer E> ? E : never;

/** The fault of a call; null: none. */
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

const step = fc.record({
  events: fc.array(event, { maxLength: 3 }),
  /** Changes by others between a saved plan and its apply. */
  betweenPlanAndApply: fc.oneof(
    { weight: 3, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(event, { minLength: 1, maxLength: 2 }) },
  ),
  /** A run before the step's own, which must change nothing. */
  mistake: seldom(mistake, 5),
  /** Whether the sets are in a stack of the construct, which protects their users from each other, or in plain HCL. */
  isStack: fc.boolean(),
  declared: fc.uniqueArray(fc.oneof(number, other), { maxLength: SIZE }),
  /** The people that the second of the two sets declares. A change here moves people between the sets. */
  inSecondSet: fc.uniqueArray(fc.oneof(number, other), { maxLength: SIZE / 2 }),
  /** Another id type for one of the sets, which replaces it; null: no change. */
  retyped: seldom(fc.record({ set: fc.nat(1), type: anyType }), 8),
  /** Whether ids have another spelling. */
  respelled: fc.boolean(),
  labels,
  retained: someone,
  protectedUsers: fc.uniqueArray(fc.tuple(anyType, number), { maxLength: 2 }),
  /** When the faults begin. */
  faultsFrom: fc.constantFrom(
    "at refresh" as const,
    "at apply" as const,
    "at apply" as const,
    "at apply" as const,
  ),
  deletionFaults: fc.array(fault, { maxLength: 6 }),
  lookUpFaults: fc.array(fault, { maxLength: 6 }),
  poisoned: someone,
  refusesUnknown: fc.constantFrom("none" as const, "changes" as const, "all" as const),
  showsDeletedFor: fc.integer({ min: 0, max: 3 }),
  /** The call, counted from when the faults begin, at which the run is interrupted, or killed before or after the call takes effect. */
  cut: seldom(
    fc.record({
      call: fc.integer({ min: 1, max: 8 }),
      how: fc.constantFrom("interrupted" as const, "killed before" as const, "killed after" as const),
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

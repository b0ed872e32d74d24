import * as fc from "fast-check";
import { seldom } from "../../support/histories/seldom";
import type { Effect } from "../../../src/emulator";

/** Few people, so that histories meet the same ones again and again. */
export const SIZE = 8;
const person = fc.nat(SIZE - 1);
const numbers = Array.from({ length: SIZE }, (_, number) => number);
const people = fc.subarray(numbers);

/** What somebody else does to the pool. A person whose account is taken over, or created after a deletion, is a new user. */
const event = fc.record({
  kind: fc.constantFrom("delete" as const, "create" as const, "rename" as const, "take over" as const),
  person,
});
export type Event = typeof event extends fc.Arbitrary<infer E> ? E : never;

const EFFECTS: readonly Effect[] = [
  { kind: "answer", statusCode: 422 },
  { kind: "answer", statusCode: 401, apiCode: 1300 },
  { kind: "http", status: 502 },
  { kind: "reset", after: false },
  { kind: "reset", after: true },
  { kind: "successFalse", carriedOut: true },
  { kind: "truncated" },
  { kind: "lie" },
];

const fault = fc.record({
  effect: fc.constantFrom(...EFFECTS),
  on: fc.constantFrom("delete-users-batch" as const, "get-user-batch" as const),
  nth: fc.integer({ min: 1, max: 4 }),
});

const cut = fc.record({
  call: fc.integer({ min: 1, max: 6 }),
  answered: fc.boolean(),
  /** Who deletes is the provider, or the null resource's command. */
  victim: fc.constantFrom("who deletes" as const, "engine" as const, "both" as const),
});

/** What sets name people by. */
const type = fc.constantFrom("email" as const, "email" as const, "username" as const, "user_id" as const);

/** What somebody does to the configuration that nobody means. */
const mistake = fc.constantFrom(
  /** The users of the first set are null. */
  "null users" as const,
  /** The run reaches a copy of the pool: everybody is there, as another user. */
  "copy of the pool" as const,
  /** A new set declares people by an id type by which nobody is found. */
  "wrong id type" as const,
);

/** One step: what others do, what is declared next, and what goes wrong while it is applied. */
const step = fc.record({
  events: fc.array(event, { maxLength: 2 }),
  /** Whether the plan is saved, and what others do between it and its apply; null: planned and applied in one run. */
  saved: fc.oneof(fc.constant(null), fc.array(event, { maxLength: 2 })),
  /** A run before that of the step, which must change nothing. */
  mistake: seldom(mistake, 6),
  /** Whether the sets are in a stack of the construct, which protects all of them from each other; else in plain HCL. */
  isStack: fc.boolean(),
  declared: people,
  /** Which of two sets of the stack declares each of them: a change of it is a hand-over. */
  inSecondSet: people,
  retained: fc.subarray(numbers, { maxLength: 2 }),
  /** An id type for one of the sets in place of its own, which replaces the set; null: as ever. */
  retyped: seldom(fc.record({ set: fc.nat(1), type }), 8),
  /** None, one for all, or each the own one, which shows that two ids mean the same person. */
  labels: fc.constantFrom("none" as const, "alike" as const, "own" as const),
  /** By which name people are declared: the one that they have, or one that the pool may not have any more, or yet. */
  names: fc.constantFrom(
    "as in the pool" as const,
    "as in the pool" as const,
    "old" as const,
    "new" as const,
  ),
  faults: fc.array(fault, { maxLength: 2 }),
  /** Whom the server refuses to delete, and everybody in the same call. */
  undeletable: fc.subarray(numbers, { maxLength: 4 }),
  cut: seldom(cut, 3),
});
export type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** A history of two sets that protect each other: their id types, and the steps. */
export const history = fc.record({
  types: fc.tuple(type, type),
  steps: fc.array(step, { minLength: 2, maxLength: 4 }),
});
export type History = typeof history extends fc.Arbitrary<infer H> ? H : never;

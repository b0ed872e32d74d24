import * as fc from "fast-check";
import { labels, nameType as type, seldom } from "../../../support/histories/generators";
import { event, SIZE, spelling } from "../suspension-histories/steps";
import type { Effect } from "../../../support/emulator";

const numbers = Array.from({ length: SIZE }, (_, number) => number);
const people = fc.subarray(numbers);

const EFFECTS: readonly Effect[] = [
  { kind: "answer", statusCode: 422 },
  { kind: "answer", statusCode: 401, apiCode: 1300 },
  { kind: "http", status: 502 },
  { kind: "reset" },
  { kind: "reset", carriedOut: true },
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
  victim: fc.constantFrom("command" as const, "engine" as const, "both" as const),
});

/** One step: changes by others, a new declaration, and the faults while it is applied. */
const step = fc.record({
  events: fc.array(event, { maxLength: 2 }),
  /** The changes by others between a saved plan and its apply; null: planned and applied in one run. */
  saved: fc.oneof(fc.constant(null), fc.array(event, { maxLength: 2 })),
  declared: people,
  /** The people that the second of the two sets declares. A change here moves people between the sets. */
  inSecondSet: people,
  retained: fc.subarray(numbers, { maxLength: 2 }),
  /** Another id type for one of the sets, which replaces it; null: no change. */
  retyped: seldom(fc.record({ set: fc.nat(1), type }), 8),
  labels,
  spelling,
  faults: fc.array(fault, { maxLength: 2 }),
  /** People that the server refuses to delete, with everybody in the same call. */
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

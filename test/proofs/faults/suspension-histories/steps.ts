import * as fc from "fast-check";
import { USER_ID_TYPES, UserIdType } from "../../../../src/users";
import type { Effect, Variants } from "../../../support/emulator";

/** The id types of the sets, half of the time e-mail, which others can change. */
const type = fc.oneof(fc.constant(UserIdType.EMAIL), fc.constantFrom(...USER_ID_TYPES));

/** A value in one of `oneIn` cases, null in the others. (The `freq` of `fc.option` has the opposite meaning.) */
function seldom<T>(something: fc.Arbitrary<T>, oneIn: number): fc.Arbitrary<T | null> {
  return fc.oneof({ weight: oneIn - 1, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: something });
}

/** Few people, so that the steps of a history affect the same ones. */
export const SIZE = 6;
const person = fc.nat(SIZE - 1);

/** Whether a person who waits for the deletion is meant, if there is one. */
const isAimed = fc.boolean();

/** Where people are declared. */
const place = fc.constantFrom(
  "first" as const,
  "first" as const,
  "second" as const,
  "second" as const,
  "both" as const,
  "nowhere" as const,
);
export type Place = typeof place extends fc.Arbitrary<infer P> ? P : never;

/**
 * A change that somebody else makes in the pool. After `hand on`, a new account has the person's e-mail and user name, and the former
 * account lives on without them.
 */
const event = fc.record({
  kind: fc.constantFrom(
    "status" as const,
    "status" as const,
    "status" as const,
    "delete" as const,
    "create" as const,
    "rename" as const,
    "hand on" as const,
  ),
  person,
  isAimed,
  status: fc.constantFrom("Activated", "Activated", "Suspended", "Suspended", "Archived"),
});
export type Event = typeof event extends fc.Arbitrary<infer E> ? E : never;

const EFFECTS: readonly Effect[] = [
  { kind: "answer", statusCode: 422 },
  { kind: "answer", statusCode: 403 },
  { kind: "answer", statusCode: 401, apiCode: 1300 },
  { kind: "http", status: 502 },
  { kind: "http", status: 502, carriedOut: true },
  { kind: "reset" },
  { kind: "reset", carriedOut: true },
  { kind: "successFalse", carriedOut: true },
  { kind: "truncated" },
  { kind: "lie" },
  { kind: "late", ms: 100 },
  { kind: "omit" },
];

const fault = fc.record({
  effect: fc.constantFrom(...EFFECTS),
  on: fc.constantFrom(
    "update-user-batch" as const,
    "update-user-batch" as const,
    "delete-users-batch" as const,
    "get-user-batch" as const,
  ),
  nth: fc.integer({ min: 1, max: 4 }),
  /** Whether it happens while the plan is made. Otherwise while it is applied. */
  atPlan: fc.constantFrom(false, false, false, true),
});
export type Fault = typeof fault extends fc.Arbitrary<infer F> ? F : never;

const cut = fc.record({
  call: fc.integer({ min: 1, max: 12 }),
  answered: fc.boolean(),
  victim: fc.constantFrom("provider" as const, "engine" as const, "both" as const),
});

/** How this deployment of GenAuth differs from others, where its documentation leaves that open. */
const VARIANTS: readonly Partial<Variants>[] = [
  { suspended: "hidden" },
  { hiddenFields: ["status"] },
  { statusChangedAt: "hidden" },
  { statusChangedAt: "unchanged" },
  { statusChangedAtDelayMs: 100 },
  { statusChangedAtDelayMs: 3_000 },
  { suspension: "refused" },
  { unknownIdsInUpdates: "omit" },
  { omittedFields: "emptied" },
  { mostUpdates: 1 },
];

const days = fc.oneof(
  { weight: 3, arbitrary: fc.constant(0) },
  { weight: 3, arbitrary: fc.integer({ min: 1, max: 16 }) },
  { weight: 1, arbitrary: fc.constant(91) },
);

/** `null`: without the line. */
const suspendDays = fc.constantFrom(null, 0, 1, 3, 14, 14, 90);
const set = fc.nat(1);

/** One step: what others and the clock do, a new configuration, how it is applied, and what goes wrong meanwhile. */
const step = fc.record({
  days,
  /** Nothing else changes: until the first day comes, the plan stays empty. */
  isQuiet: fc.constantFrom(false, false, false, true),
  events: fc.array(event, { maxLength: 2 }),
  moves: fc.array(fc.record({ person, isAimed, to: fc.oneof(place, fc.constant("nowhere" as const)) }), {
    maxLength: 3,
  }),
  /** Days that are reverted are applied, and then the former ones once more. */
  suspendDays: seldom(fc.record({ set, days: suspendDays, isReverted: fc.boolean() }), 3),
  retained: seldom(person, 6),
  /** Whom the operator's file protects. */
  operatorKeeps: seldom(person, 8),
  /** Whether `protected_users` has all users of the run, as the construct writes it, or the sets are plain HCL. */
  isStack: fc.constantFrom(true, true, true, false),
  /** Whether `protected_users` is known only when the plan is applied. */
  isOpen: fc.boolean(),
  /** The spelling of e-mails: `new` may not exist in the pool yet, or no longer. */
  spelling: fc.constantFrom(
    "as in the pool" as const,
    "as in the pool" as const,
    "capitals" as const,
    "new" as const,
  ),
  /** Whether each person has a label, which shows that two ids mean the same person. */
  isLabelled: fc.boolean(),
  /** A set that is taken away. */
  takenAway: seldom(set, 12),
  run: fc.constantFrom(
    "apply" as const,
    "apply" as const,
    "saved" as const,
    "no refresh" as const,
    "refresh only" as const,
  ),
  /** What happens between a saved plan and its apply. */
  between: fc.record({ events: fc.array(event, { maxLength: 1 }), days }),
  /** A change by others right before a call of the apply. */
  meanwhile: seldom(fc.record({ call: fc.integer({ min: 1, max: 10 }), event }), 6),
  hold: fc.constantFrom(
    ...Array.from({ length: 7 }, () => "no" as const),
    "at plan" as const,
    "at apply" as const,
    "always" as const,
  ),
  minDays: seldom(fc.constantFrom(1, 14, 90), 12),
  maxDeletions: seldom(fc.nat(2), 8),
  operatorMax: seldom(fc.nat(2), 8),
  faults: fc.oneof(
    { weight: 2, arbitrary: fc.constant<Fault[]>([]) },
    { weight: 1, arbitrary: fc.array(fault, { minLength: 1, maxLength: 2 }) },
  ),
  cut: seldom(cut, 5),
});
export type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** A history of two sets: their id types, who begins where, the deployment, and the steps. */
export const history = fc.record({
  types: fc.tuple(type, type),
  suspendDays: fc.tuple(suspendDays, suspendDays),
  start: fc.array(place, { minLength: SIZE, maxLength: SIZE }),
  variant: fc.oneof(
    { weight: 1, arbitrary: fc.constant<Partial<Variants>>({}) },
    { weight: 1, arbitrary: fc.constantFrom(...VARIANTS) },
  ),
  steps: fc.array(step, { minLength: 2, maxLength: 6 }),
});
export type History = typeof history extends fc.Arbitrary<infer H> ? H : never;

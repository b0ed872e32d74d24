import { expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { type DirectoryFailure, type DirectoryUser, USER_ID_TYPES, UserIdType } from "../../src/users";
import { LOST, OUTAGE, REFUSED, UNSUCCESSFUL, WRONG_KEY } from "./support/failures";
import { type Fault, type ModelCall, ModelDirectory } from "./support/model-directory";
import { idOf, people, person } from "./support/people";
import { apply, type Change, type OwnedSet } from "./support/set-owner";

const SIZE = 12;
/** How many histories, for each type of id. */
const HISTORIES = Number(process.env.FAULT_HISTORIES ?? 200);
/** Beyond the pool: ids that name nobody, at first. */
const NUMBERS = fc.integer({ min: 1, max: SIZE + 2 });
const FAILURES: readonly DirectoryFailure[] = [LOST, OUTAGE, REFUSED, UNSUCCESSFUL, WRONG_KEY];

/** What somebody else does to the pool between two applies. */
const event = fc.oneof(
  fc.record({ kind: fc.constant("delete" as const), number: NUMBERS }),
  fc.record({ kind: fc.constant("add" as const), number: NUMBERS }),
  fc.record({
    kind: fc.constant("rename" as const),
    number: NUMBERS,
    to: fc.integer({ min: 100, max: 103 }),
  }),
  fc.record({ kind: fc.constant("swap" as const), number: NUMBERS, other: NUMBERS }),
);
type Event = typeof event extends fc.Arbitrary<infer E> ? E : never;

/** What goes wrong with a call of an apply, by its place among the calls of its method. */
const fault: fc.Arbitrary<Fault> = fc.oneof(
  { weight: 6, arbitrary: fc.constant(undefined) },
  { weight: 1, arbitrary: fc.constant({ lie: true } as const) },
  { weight: 3, arbitrary: fc.record({ failure: fc.constantFrom(...FAILURES), after: fc.boolean() }) },
);

const step = fc.record({
  events: fc.array(event, { maxLength: 3 }),
  declared: fc.uniqueArray(fc.oneof(NUMBERS, fc.integer({ min: 100, max: 103 })), { maxLength: SIZE }),
  /** Whether ids are written in another spelling that means the same. */
  respelled: fc.boolean(),
  /** How labels are given: each its own, all alike, or none. */
  labels: fc.constantFrom("own", "alike", "none"),
  retained: fc.uniqueArray(NUMBERS, { maxLength: 2 }),
  protectedUsers: fc.uniqueArray(fc.tuple(fc.constantFrom(...USER_ID_TYPES), NUMBERS), { maxLength: 2 }),
  deletionFaults: fc.array(fault, { maxLength: 6 }),
  lookUpFaults: fc.array(fault, { maxLength: 6 }),
  poisoned: fc.uniqueArray(NUMBERS, { maxLength: 2 }),
  refusesUnknown: fc.constantFrom("none" as const, "deletions" as const, "all" as const),
  showsDeletedFor: fc.integer({ min: 0, max: 3 }),
  interruptedAt: fc.option(fc.integer({ min: 0, max: 6 }), { nil: undefined, freq: 4 }),
});
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

function happen(pool: ModelDirectory, happening: Event): void {
  const user = pool.get(person(happening.number).userId);
  if (happening.kind === "add") {
    pool.put(user ?? person(happening.number));
    return;
  }
  if (!user) return;
  if (happening.kind === "delete") {
    pool.remove(user.userId);
    return;
  }
  if (happening.kind === "rename") {
    pool.put({ ...person(happening.to), userId: user.userId });
    return;
  }
  const other = pool.get(person(happening.other).userId);
  if (!other) return;
  pool.put({ ...other, userId: user.userId });
  pool.put({ ...user, userId: other.userId });
}

function spelled(number: number, type: UserIdType, respelled: boolean): string {
  const id = idOf(person(number), type);
  if (!respelled) return id;
  if (type === UserIdType.EMAIL) return id.toUpperCase();
  return type === UserIdType.PHONE ? id.replace("+86", "") : id;
}

function changeOf(type: UserIdType, { declared, respelled, labels, retained, protectedUsers }: Step): Change {
  const label = (number: number): string => (labels === "own" ? `P${number}` : labels === "none" ? "" : "P");
  return {
    type,
    declared: new Map(declared.map((number) => [spelled(number, type, respelled), label(number)])),
    retained: retained.map((number) => spelled(number, type, !respelled)),
    protectedIds: new Map(
      USER_ID_TYPES.map((of) => [
        of,
        protectedUsers.flatMap(([its, number]) => (its === of ? [idOf(person(number), of)] : [])),
      ]),
    ),
  };
}

/** Lets the pool fail as the step says, for one apply. */
function setFaults(pool: ModelDirectory, faults: Step, stop: AbortController): void {
  pool.poisoned.clear();
  for (const number of faults.poisoned) pool.poisoned.add(person(number).userId);
  pool.refusesUnknown = faults.refusesUnknown;
  pool.showsDeletedFor = faults.showsDeletedFor;
  pool.fault = (call: ModelCall, nth: number) =>
    (call.method === "deleteUsers" ? faults.deletionFaults : faults.lookUpFaults)[nth - 1];
  pool.forget();
  let left = faults.interruptedAt ?? Infinity;
  if (left === 0) stop.abort();
  pool.onCall = () => {
    left -= 1;
    if (left === 0) stop.abort();
  };
}

/** Every user whom one of the ids names at this moment. */
function namedBy(pool: ModelDirectory, ids: Iterable<string>, type: UserIdType): Set<string> {
  return new Set([...ids].flatMap((id) => pool.named(id, type).map(({ userId }) => userId)));
}

/** Applies one step and holds what it did against what the pool was before. */
async function applyAndCheck(pool: ModelDirectory, set: OwnedSet, type: UserIdType, now: Step) {
  for (const happening of now.events) happen(pool, happening);
  const change = changeOf(type, now);
  const before = new Map(pool.all().map((user): [string, DirectoryUser] => [user.userId, user]));
  const declared = namedBy(pool, change.declared.keys(), type);
  const keptBySet = namedBy(pool, change.retained, type);
  const keptByAll = [...change.protectedIds].flatMap(([of, ids]) => [...namedBy(pool, ids, of)]);
  const removed = [...set.users.keys()].filter((id) => !change.declared.has(id));
  const stop = new AbortController();
  setFaults(pool, now, stop);
  const applied = await apply(pool, set, { ...change, stop: stop.signal });

  for (const userId of pool.deleted) {
    expect([...declared, ...keptBySet, ...keptByAll]).not.toContain(userId);
    const user = before.get(userId);
    const by = removed.filter(
      (id) => user && pool.named(id, type).length === 0 && isNamedBefore(before, id, type, userId),
    );
    expect(by).not.toEqual([]);
    // Not somebody else than whom the id meant while it was declared.
    expect(by.some((id) => [undefined, userId].includes(set.bindings.get(id)))).toBe(true);
  }
  const reported = new Set([
    ...applied.survivors.map(({ id }) => id),
    ...applied.removals.flatMap(({ id, fate }) => (fate.kind === "delete" ? [] : [id])),
  ]);
  expect(applied.removals.map(({ id }) => id)).toEqual(removed);
  for (const id of removed) expect(reported.has(id) || applied.gone.includes(id)).toBe(true);
  for (const { id, fate } of applied.removals) {
    const isCalledGone = fate.kind === "gone" || applied.gone.includes(id);
    const user = fate.kind === "delete" ? fate.userId : set.bindings.get(id);
    if (isCalledGone && user !== undefined) expect(pool.has(user)).toBe(false);
    if (isCalledGone) expect(pool.named(id, type)).toEqual([]);
  }
  return applied.set;
}

function isNamedBefore(
  before: ReadonlyMap<string, DirectoryUser>,
  id: string,
  type: UserIdType,
  userId: string,
): boolean {
  return new ModelDirectory(before.values()).named(id, type).some((user) => user.userId === userId);
}

test.each(USER_ID_TYPES)(
  "for any history of sets of %s, events and faults, only removed users are deleted, and each is gone or reported",
  async (type) => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 5 }), async (steps) => {
        const pool = new ModelDirectory(people(1, SIZE));
        let set: OwnedSet = { users: new Map(), bindings: new Map() };
        for (const now of steps) set = await applyAndCheck(pool, set, type, now);
      }),
      { numRuns: HISTORIES },
    );
  },
);

test("without faults, every removed user whom nothing keeps is gone", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...USER_ID_TYPES),
      fc.uniqueArray(fc.integer({ min: 1, max: 160 })),
      fc.integer({ min: 1, max: 160 }),
      async (type, stay, size) => {
        const pool = new ModelDirectory(people(1, size));
        const change = { type, retained: [], protectedIds: new Map<UserIdType, readonly string[]>() };
        const labelled = (users: readonly DirectoryUser[]) =>
          new Map(users.map((user) => [idOf(user, type), ""]));
        const all = labelled(people(1, size));
        const empty: OwnedSet = { users: new Map(), bindings: new Map() };
        const { set } = await apply(pool, empty, { ...change, declared: all });
        const staying = people(1, size).filter((_, index) => stay.includes(index + 1));
        pool.forget();
        const { gone, survivors } = await apply(pool, set, { ...change, declared: labelled(staying) });
        expect(pool.all()).toEqual(staying);
        expect([gone.length, survivors]).toEqual([size - staying.length, []]);
        // One look-up before, one deletion, one read-back for every 50.
        expect(pool.calls).toHaveLength(3 * Math.ceil((size - staying.length) / 50));
      },
    ),
    { numRuns: 40 },
  );
});

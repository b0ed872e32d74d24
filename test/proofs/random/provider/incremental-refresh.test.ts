import { expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { type DirectoryUser, UserIdType } from "../../../../src/users";
import { seededRuns } from "../../../support/seed";
import { idOf, person, systemId } from "../../../support/users/people";
import { contextOf, create, type PresentSet, refresh, update } from "../../../support/provider/refreshed-set";
import { TimedPool } from "../../../support/provider/timed-pool";

/** Four calls for all users, so that two pages of the archive are worth reading. */
const SIZE = 200;
/** The users that events change. The others only make the set large. */
const SOME = 3;
const number = fc.integer({ min: 0, max: SOME - 1 });
/** A clock difference and a lag that use the whole margin of 15 minutes together. */
const SKEW = 300;
const LAG = 600;

/** A change by somebody else. Ids pass to other users only after a deletion. */
const event = fc.oneof(
  fc.record({ kind: fc.constant("delete" as const), number }),
  fc.record({ kind: fc.constant("recreate" as const), number }),
  fc.record({ kind: fc.constant("restore" as const), number }),
);
type Event = typeof event extends fc.Arbitrary<infer E> ? E : never;

const numbers = fc.uniqueArray(number, { maxLength: SOME });
const step = fc.record({
  /** Seconds until the events, and from then to the check. */
  before: fc.oneof(fc.nat(60), fc.nat(20_000)),
  after: fc.oneof(fc.nat(60), fc.nat(1200)),
  events: fc.array(event, { maxLength: 3 }),
  /** Whether many other users are deleted too, more than a page of the archive, so that the checkpoint advances. */
  strangers: fc.boolean(),
  skew: fc.constantFrom(-SKEW, 0, SKEW),
  /** A pipeline plans and applies with two keys of one pool. */
  key: fc.constantFrom("key", "read key"),
  /** Whether the check is stored in the state. A plan's check is not. */
  kept: fc.constantFrom(true, true, false),
  /** The users that a following apply removes, and those that it cannot delete; null: no apply. */
  apply: fc.option(fc.record({ without: numbers, undeletable: numbers }), { freq: 1 }),
});
const lagOf = fc.oneof(fc.constantFrom(0, LAG), fc.nat(LAG));
const lag = fc.record({ lookUps: lagOf, archive: lagOf });

type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/**
 * At the fourth check, look-ups still show the second user of an e-mail, and show the third already. The second user's
 * deletion says nothing about the first one, to whom the e-mail is bound.
 */
const TWO_USERS_AT_A_CHECK: [{ lookUps: number; archive: number }, number[], Step[]] = [
  { lookUps: LAG, archive: 0 },
  [],
  [
    checkAfter(0, 0, ["delete"], { skew: -SKEW }),
    checkAfter(0, 408, ["recreate"], { skew: -SKEW, strangers: true }),
    checkAfter(45, 51, ["delete", "recreate"], { skew: -SKEW }),
    checkAfter(49, 48, [], { skew: SKEW }),
    checkAfter(438, 14, []),
  ],
];

function checkAfter(
  before: number,
  after: number,
  kinds: readonly Event["kind"][],
  changes: Partial<Step> = {},
): Step {
  const events = kinds.map((kind): Event => ({ kind, number: 1 }));
  return {
    before,
    after,
    events,
    strangers: false,
    skew: 0,
    key: "key",
    kept: true,
    apply: null,
    ...changes,
  };
}

/** The pool, and which of the changing users are there. */
class World {
  readonly pool: TimedPool;
  private readonly latest: DirectoryUser[] = [];
  private created = 0;

  constructor(lag: { lookUps: number; archive: number }, absent: readonly number[]) {
    this.pool = new TimedPool(lag);
    for (let n = 0; n < SIZE; n += 1) {
      this.latest.push(person(n));
      if (!absent.includes(n)) this.pool.put(person(n));
    }
  }

  happen({ kind, number: n }: Event): void {
    const user = this.latest[n] ?? person(n);
    const isThere = this.pool.get(user.userId) !== undefined;
    if (kind === "delete") this.pool.remove(user.userId);
    else if (!isThere)
      this.pool.put((this.latest[n] = kind === "restore" ? user : { ...user, userId: this.newId() }));
  }

  /** The current system user ids for these numbers. */
  idsOf(some: readonly number[]): string[] {
    return some.map((n) => this.latest[n]?.userId ?? "");
  }

  deleteStrangers(): void {
    for (let n = 0; n < 51; n += 1) {
      const userId = this.newId();
      this.pool.put({ userId, identities: [] });
      this.pool.remove(userId);
    }
  }

  private newId(): string {
    this.created += 1;
    return systemId(100_000 + this.created);
  }
}

const idsWithout = (without: readonly number[], type: UserIdType): string[] =>
  Array.from({ length: SIZE }, (_, n) => n).flatMap((n) =>
    without.includes(n) ? [] : [idOf(person(n), type)],
  );

test.each([UserIdType.EMAIL, UserIdType.USER_ID])(
  "after any deletions, creations and applies, it finds the same as a full refresh (%s)",
  async (type) => {
    let checks = 0;
    let incremental = 0;
    const history = fc.array(step, { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(lag, numbers, history, async (lags, absent, steps) => {
        const world = new World(lags, absent);
        const { pool } = world;
        let set: PresentSet = await create(type, idsWithout([], type), contextOf(pool, pool.now));
        for (const { before, after, events, strangers, skew, key, kept, apply } of steps) {
          pool.now += before;
          for (const happening of events) world.happen(happening);
          if (strangers) world.deleteStrangers();
          pool.now += after;
          const context = contextOf(pool, pool.now + skew, key);
          const found = await refresh(set, context);
          const expected = await refresh(set, contextOf(pool));
          checks += 1;
          if (!pool.isArchiveBehind()) expect(found.seen).toEqual(expected.seen);
          if (!kept) continue;
          set = found.kept;
          if (!apply) continue;
          pool.undeletable.clear();
          for (const userId of world.idsOf(apply.undeletable)) pool.undeletable.add(userId);
          set = await update(set, idsWithout(apply.without, type), context);
        }
        incremental += pool.pagesRead;
      }),
      { ...seededRuns("FAULT_REFRESHES", 60), examples: [TWO_USERS_AT_A_CHECK] },
    );
    // Otherwise, only full refreshes would be compared.
    expect(incremental).toBeGreaterThan(checks / 3);
  },
);

test("an id that is declared again is looked up, because it is not known whether its user is there", async () => {
  const type = UserIdType.EMAIL;
  const world = new World({ lookUps: 0, archive: 0 }, []);
  const { pool } = world;
  const later = () => contextOf(pool, (pool.now += 3600));
  let set = await create(type, idsWithout([], type), later());
  for (const userId of world.idsOf([0])) pool.undeletable.add(userId);
  set = await update(set, idsWithout([0], type), later());
  expect(set.state.drift).toEqual({ missing: [], survivors: [idOf(person(0), type)], locked_out: [] });
  world.happen({ kind: "delete", number: 0 });
  set = (await refresh(set, later())).kept;
  world.deleteStrangers();
  set = (await refresh(set, later())).kept;
  expect(set.state.drift).toEqual({ missing: [], survivors: [], locked_out: [] });

  set = await update(set, idsWithout([], type), later());
  const found = await refresh(set, later());
  expect(found.seen.drift).toEqual({ missing: [idOf(person(0), type)], survivors: [], locked_out: [] });
});

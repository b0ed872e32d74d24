import { describe, expect, test } from "@jest/globals";
import { type ChangeContext, type DirectoryUser, type SetChange, UserIdType } from "../../../../src/users";
import { RELEASED } from "../../../../src/users/change/waiting";
import { decideChange, type DecidedChange } from "../../../../src/users/change/decide";
import type { ApprovedPlan } from "../../../../src/users/change/set-change";
import { OUTAGE } from "../../../support/users/failures";
import { ModelDirectory } from "../../../support/users/model-directory";
import { emailOf, people, person, unlabelled } from "../../../support/users/people";
import { SUSPENDED, waitingUser } from "../../../support/users/waiting";
import { contextOn, unlimitedChange } from "../support/set-change";
import { noCall } from "../../../../src/users/fate";
import { kindOf } from "../support/leavers";

const users = people(1, 3);
const [leaver] = users;

/** A change of a set of e-mail addresses whose first user leaves. */
function emailChange(more: Partial<SetChange> = {}): SetChange {
  const ids = users.map(emailOf);
  return unlimitedChange({
    type: UserIdType.EMAIL,
    prior: unlabelled(ids),
    declared: unlabelled(ids.slice(1)),
    bindings: new Map(users.map((user) => [emailOf(user), user.userId])),
    ...more,
  });
}

/** Everybody stays. */
const unchanged = { declared: emailChange().prior };
const former = person(9, SUSPENDED);
const formerId = emailOf(former);
const due = waitingUser(former, { isDue: true });
const deletion = {
  kind: "delete",
  userId: former.userId,
  name: former.name,
  due: { ...SUSPENDED, deleteFrom: due.deleteFrom },
};
const passedOver = (because: string) => noCall({ kind: "held", because });
const allowing = (...kinds: readonly string[]): ApprovedPlan => ({
  allows: (_, kind) => kinds.includes(kind),
  changesWaiting: true,
});

function decide(
  change: Partial<SetChange>,
  context: Partial<ChangeContext> = {},
  approved?: ApprovedPlan,
  pool: readonly DirectoryUser[] = [...users, former],
) {
  return decideChange(emailChange(change), contextOn(new ModelDirectory(pool), context), approved);
}

describe("a user who leaves, and whom look-ups omit,", () => {
  const inPool = (directory: ModelDirectory, context: Partial<ChangeContext> = {}) =>
    decideChange(emailChange(), contextOn(directory, context));
  const DELETED = { kind: "delete", userId: leaver?.userId, name: leaver?.name };

  test("is looked up twice before the user counts as gone, and once if found", async () => {
    const directory = new ModelDirectory(users);
    await inPool(directory);
    expect(directory.calls).toHaveLength(1);
    directory.forget();
    directory.remove(leaver?.userId ?? "");
    expect((await inPool(directory)).leaving.map(kindOf)).toEqual(["gone"]);
    expect(directory.calls.filter(({ ids }) => ids.includes(emailOf(1)))).toHaveLength(2);
  });

  test("is deleted if one of the look-ups finds the user", async () => {
    const directory = new ModelDirectory(users);
    directory.fault = (_call, nth) => (nth === 1 ? { omit: true } : undefined);
    expect((await inPool(directory)).leaving.map(({ fate }) => fate)).toEqual([DELETED]);
  });

  test("is deleted if look-ups leave the user out for a while", async () => {
    const directory = new ModelDirectory(users);
    const begun = performance.now();
    directory.fault = () => (performance.now() < begun + 100 ? { omit: true } : undefined);
    const { leaving } = await inPool(directory, { confirmWithinMs: 1_000 });
    expect(leaving.map(({ fate }) => fate)).toEqual([DELETED]);
  });
});

describe("those who wait", () => {
  const fates = ({ waiting }: DecidedChange) => waiting.map(({ fate }) => fate);

  test("are deleted when they are due, with what their look-up found", async () => {
    const decision = await decide({ ...unchanged, waiting: [due] });
    expect(decision).toMatchObject({ leaving: [], refusals: [], isRightPool: true });
    expect(fates(decision)).toEqual([deletion]);
    expect([...decision.resolutions.keys()]).toEqual([formerId]);
    expect(decision.resolutions.get(formerId)).toMatchObject({ kind: "found", user: former });
  });

  const holdOf = (because: string) => [passedOver(expect.stringContaining(because) as unknown as string)];

  const isDue = { ...unchanged, waiting: [due] };

  test("wait on if the operator holds them, the set's limit allows fewer, or the plan does not delete them", async () => {
    const held = await decide(isDue, { holdDueDeletions: true });
    expect(fates(held)).toEqual(holdOf("GENAUTH_DUE_DELETIONS=hold"));
    const tooMany = await decide({ ...isDue, guards: { maxDeletions: 0 } });
    expect(fates(tooMany)).toEqual(holdOf("more than max_deletions (0)"));
    expect(fates(await decide(isDue, {}, allowing()))).toEqual(holdOf("the plan did not delete them"));
    expect(fates(await decide(isDue, {}, allowing("delete")))).toEqual([deletion]);
  });

  test("wait on as before if they are not due, while those who are due are held", async () => {
    const early = person(8, SUSPENDED);
    const change = { ...unchanged, waiting: [due, waitingUser(early)] };
    const pool = [...users, former, early];
    const limited = await decide({ ...change, guards: { maxDeletions: 0 } }, {}, undefined, pool);
    expect(fates(limited)).toEqual([...holdOf("more than max_deletions (0)"), noCall({ kind: "wait" })]);
    const applied = await decide(change, {}, allowing(), pool);
    expect(fates(applied)).toEqual([...holdOf("the plan did not delete them"), noCall({ kind: "wait" })]);
  });

  describe("and are due, but cannot be looked up", () => {
    const notLookedUp = noCall({ kind: "not_looked_up", failure: OUTAGE });
    const inOutage = (change: Partial<SetChange> = {}, ...more: [Partial<ChangeContext>?, ApprovedPlan?]) => {
      const directory = new ModelDirectory([...users, former]);
      directory.fault = ({ ids }) => (ids.includes(former.userId) ? { failure: OUTAGE } : undefined);
      const [context, approved] = more;
      return decideChange(
        emailChange({ ...unchanged, waiting: [due], ...change }),
        contextOn(directory, context),
        approved,
      );
    };

    test("may be deleted, as the plan shows, and approves", async () => {
      expect(fates(await inOutage())).toEqual([notLookedUp]);
      expect(fates(await inOutage({}, {}, allowing("delete")))).toEqual([notLookedUp]);
    });

    test("wait on if the plan does not delete them, or the operator holds them", async () => {
      expect(fates(await inOutage({}, {}, allowing()))).toEqual(holdOf("the plan did not delete them"));
      expect(fates(await inOutage({}, { holdDueDeletions: true }))).toEqual(holdOf("=hold"));
    });

    test("count against the limits of the set and the run", async () => {
      const ofSet = await inOutage({ guards: { maxDeletions: 0 } });
      expect(fates(ofSet)).toEqual(holdOf("more than max_deletions (0)"));
      const counted: (readonly string[])[] = [];
      await inOutage({}, { countInRun: (people) => void counted.push(people) });
      expect(counted).toEqual([[former.userId]]);
    });
  });

  test("wait all the days from their suspension if the change makes them more", async () => {
    const longer = await decide({ ...unchanged, waiting: [due], suspendDays: 14 });
    const later = { ...due, isDue: false, deleteFrom: "2026-01-16T00:00:00Z" };
    expect(longer.waiting).toMatchObject([{ fate: noCall({ kind: "wait" }), waiting: later }]);
    for (const suspendDays of [0, 3, 7]) {
      const unmoved = await decide({ ...unchanged, waiting: [due], suspendDays });
      expect(unmoved.waiting).toMatchObject([{ fate: deletion, waiting: due }]);
    }
  });

  test("are reactivated once they are declared again, if the plan reactivates them", async () => {
    const declared = new Map([...emailChange().prior, [formerId, ""]]);
    const change = { declared, waiting: [due] };
    const reactivated = { kind: "reactivate", user: former };
    expect(fates(await decide(change))).toEqual([reactivated]);
    expect(fates(await decide(change, {}, allowing("reactivate")))).toEqual([reactivated]);
    const passed = noCall({ kind: "return_not_planned" });
    expect(fates(await decide(change, {}, allowing("delete")))).toEqual([passed]);
  });

  test("and of whom nothing is remembered are released", async () => {
    const { waiting } = await decide({ ...unchanged, lost: [formerId] });
    const fate = RELEASED.lost;
    expect(waiting).toEqual([{ id: formerId, label: "", fate }]);
  });
});

describe("the run's limit", () => {
  const excess = { summary: "Too many in this run", detail: "The run deletes too many." };
  const ofThose = (most: number): Partial<ChangeContext> => ({
    countInRun: (people) => (people.length > most ? excess : undefined),
  });

  test("refuses those who leave, if they are more", async () => {
    expect((await decide({}, ofThose(0))).refusals).toEqual([excess]);
    expect((await decide({}, ofThose(1))).refusals).toEqual([]);
    expect((await decide({ retained: [...emailChange().prior.keys()] }, ofThose(-1))).refusals).toEqual([]);
  });

  test("holds those who are due, if they are more with those who leave", async () => {
    const fates = async (waiting: SetChange["waiting"], most: number) =>
      (await decide({ waiting }, ofThose(most))).waiting.map(({ fate }) => fate);
    expect(await fates([due], 1)).toEqual([passedOver("The run deletes too many. They wait.")]);
    expect(await fates([due], 2)).toEqual([deletion]);
    expect(await fates([{ ...due, isDue: false }], 1)).toEqual([noCall({ kind: "wait" })]);
  });

  test("does not count those whose day has not come", async () => {
    const early = { ...due, id: "early@example.com", userId: person(8).userId, isDue: false };
    const { waiting } = await decide({ ...unchanged, waiting: [due, early] }, ofThose(1));
    expect(waiting[0]?.fate).toEqual(deletion);
  });
});

test("the run counts leavers, and then them and those who are due, each person by the system user id", async () => {
  const counted: [people: readonly string[], isAllOrNothing: boolean][] = [];
  const countInRun: ChangeContext["countInRun"] = (...count) => void counted.push(count);
  await decide({ waiting: [due] }, { countInRun });
  const [leaver = ""] = counted[0]?.[0] ?? [];
  expect(leaver).toMatch(/^[0-9a-f]{24}$/);
  expect(counted).toEqual([
    [[leaver], false],
    [[due.userId, leaver], true],
  ]);
});

test("the run counts leavers once where nobody is due, whatever the operator holds", async () => {
  const counted: (readonly string[])[] = [];
  const countInRun: ChangeContext["countInRun"] = (people) => void counted.push(people);
  await decide({ waiting: [{ ...due, isDue: false }] }, { countInRun });
  expect(counted).toHaveLength(1);
});

test("a refused apply decides nothing about those who wait", async () => {
  const change = { waiting: [due], guards: { maxDeletions: 0 } };
  expect((await decide(change)).waiting).toHaveLength(1);
  const refused = await decide(change, {}, allowing("delete"));
  expect(refused).toMatchObject({ waiting: [], lockedOut: [] });
  expect(refused.refusals).toMatchObject([{ attribute: "max_deletions" }]);
  expect(refused.resolutions.size).toBe(1);
});

test.each([
  { kind: "delete", suspendDays: 0, other: "suspend" },
  { kind: "suspend", suspendDays: 14, other: "delete" },
] as const)(
  "a leaver is left alone unless the plan lets the apply $kind",
  async ({ kind, suspendDays, other }) => {
    const fateOf = async (approved: ApprovedPlan) =>
      (await decide({ suspendDays }, {}, approved)).leaving.map(kindOf);
    expect(await fateOf(allowing(kind))).toEqual([kind]);
    expect(await fateOf(allowing("reactivate"))).toEqual(["not_planned"]);
    expect(await fateOf(allowing(other))).toEqual(["not_planned"]);
  },
);

describe("in a wrong pool", () => {
  const five = people(1, 5);
  const prior = unlabelled(five.map(emailOf));
  const oneLeaves = {
    prior,
    declared: new Map([...prior].slice(1)),
    bindings: new Map(five.map((user) => [emailOf(user), user.userId])),
  };

  test("nobody leaves, unless an empty pool is accepted", async () => {
    const wrong = await decide(oneLeaves, {}, undefined, []);
    expect(wrong.isRightPool).toBe(false);
    expect(wrong.refusals).toHaveLength(1);
    const accepted = await decide(oneLeaves, { acceptEmptyPool: true }, undefined, []);
    expect(accepted).toMatchObject({ isRightPool: true, refusals: [] });
  });

  test("that is a copy, in which all ids name others, nobody leaves", async () => {
    const copies = five.map(({ email }, index) => person(100 + index, { email }));
    const { refusals } = await decide(oneLeaves, {}, undefined, copies);
    expect(refusals).toMatchObject([{ summary: "Almost no user is the same in this pool" }]);
  });

  test("a change in which nobody leaves is not refused", async () => {
    // A survivor of the last apply is declared again, and looked up.
    const undeclared = new Set([...prior.keys()].slice(0, 1));
    const decision = await decide({ ...oneLeaves, declared: prior, undeclared }, {}, undefined, []);
    expect(decision).toMatchObject({ isRightPool: true, refusals: [] });
  });
});

describe("a set of which no user was ever found", () => {
  const never = { bindings: new Map<string, string>(), allowMissingUsers: false };
  const refusalsOf = async (change: Partial<SetChange>) => (await decide(change, {}, undefined, [])).refusals;

  test("loses nobody", async () => {
    const [id = ""] = emailChange().prior.keys();
    expect(await refusalsOf(never)).toEqual([
      {
        attribute: "users",
        summary: "None of the 3 users of this set was ever found in GenAuth, as far as its state knows",
        detail: expect.stringContaining(id),
      },
    ]);
  });

  test("loses them if missing users are allowed, and refuses nothing where nobody leaves", async () => {
    expect(await refusalsOf({ ...never, allowMissingUsers: true })).toEqual([]);
    expect(await refusalsOf({ ...never, ...unchanged })).toEqual([]);
  });

  test("is not refused if the users who leave are found now: nobody has reviewed them, and they are kept", async () => {
    const { refusals, leaving } = await decide(never);
    expect(leaving.map(kindOf)).toEqual(["never_seen"]);
    expect(refusals).toEqual([]);
  });

  test("is not one of which another user was found", async () => {
    const bindings = new Map([[emailOf(2), person(2).userId]]);
    const { refusals, leaving } = await decide({ ...never, bindings }, {}, undefined, [person(2)]);
    expect(leaving.map(kindOf)).toEqual(["never_found"]);
    expect(refusals).toEqual([]);
  });
});

import { describe, expect, test } from "@jest/globals";
import type { PlanJson } from "../../../src/terraform-json";
import {
  DELETE,
  deletion,
  expectDone,
  expectRefused,
  LOOK_UP,
  lookUp,
  openGuard,
  SET_STATUS,
  statusOf,
} from "./support/in-process";
import { ada, bob, carl, dora, everybody, everybodyBut, idsOfEverybody, poolWith } from "./support/people";
import { nullPlanOf, planOf, planWith } from "./support/plans";

/** Which changes of users the approved plans let through. */

/** Ada is deleted, Bob suspended; all others stay. */
const plan = planOf({
  deleted: [ada.email],
  suspended: [bob.email],
  declared: everybody.slice(2).map(({ email }) => email),
});

const NO_DELETION = "no approved plan deletes this user";

describe("a guard with a plan lets through", () => {
  test.each([
    { by: "the declared id", body: deletion([ada.email]) },
    { by: "system user id", body: deletion([ada.id], "user_id") },
  ])("the deletion of somebody whom the plan deletes, by $by", async ({ body }) => {
    const guarded = await openGuard({ plans: [plan] });
    expectDone(await guarded.send(DELETE, body));
    expect(guarded.idsLeft()).toEqual(everybodyBut(ada));
  });

  test("the suspension of somebody whom the plan suspends", async () => {
    const guarded = await openGuard({ plans: [plan] });
    expectDone(await guarded.suspend(bob));
    expect(guarded.statusOf(bob)).toBe("Suspended");
  });

  test.each([
    { read: "a look-up of anybody", path: LOOK_UP, body: { userIds: [dora.id], userIdType: "user_id" } },
    {
      read: "a look-up that asks for more than the client does",
      path: LOOK_UP,
      body: { userIds: [dora.id], userIdType: "user_id", withCustomData: true },
    },
    {
      read: "a list",
      path: "/api/v3/list-users",
      body: { options: { pagination: { page: 1, limit: 50 } } },
    },
  ])("$read", async ({ path, body }) => {
    const guarded = await openGuard({ plans: [plan] });
    expectDone(await guarded.send(path, body));
    expect(guarded.callsReceived()).toEqual([path]);
  });
});

describe("a change is refused if no plan shows it:", () => {
  test.each([
    { change: "a deletion of somebody else", path: DELETE, body: deletion([carl.email]), why: NO_DELETION },
    {
      change: "a deletion of somebody else beside an approved user",
      path: DELETE,
      body: deletion([ada.email, carl.email]),
      why: "no approved plan deletes 1 of these 2 users",
    },
    {
      change: "a deletion of somebody else by system user id",
      path: DELETE,
      body: deletion([carl.id], "user_id"),
      why: NO_DELETION,
    },
    {
      change: "a deletion by an approved id, as one of another type",
      path: DELETE,
      body: deletion([ada.email], "username"),
      why: NO_DELETION,
    },
    {
      change: "a deletion by an approved id in another case",
      path: DELETE,
      body: deletion([ada.email.toUpperCase()]),
      why: NO_DELETION,
    },
    {
      change: "a deletion of somebody whom the plan only suspends",
      path: DELETE,
      body: deletion([bob.email]),
      why: NO_DELETION,
    },
    {
      change: "a suspension of somebody whom the plan deletes",
      path: SET_STATUS,
      body: statusOf("Suspended", ada),
      why: "no approved plan suspends this user",
    },
    {
      change: "a reactivation of somebody whom the plan suspends",
      path: SET_STATUS,
      body: statusOf("Activated", bob),
      why: "no approved plan reactivates this user",
    },
    {
      change: "a suspension of somebody else beside an approved one",
      path: SET_STATUS,
      body: statusOf("Suspended", bob, carl),
      why: "no approved plan suspends 1 of these 2 users",
    },
  ])("$change", async ({ path, body, why }) => {
    const guarded = await openGuard({ plans: [plan] });
    expectRefused(await guarded.send(path, body), why);
    expect(guarded.changesReceived()).toBe(0);
  });

  test("a reactivation of somebody who joins a set beside the one whom the plan reactivates", async () => {
    const joining = planOf({ reactivated: [carl.id], declared: [carl.email, dora.email] });
    const users = poolWith([carl, { status: "Suspended" }], [dora, { status: "Suspended" }]);
    const guarded = await openGuard({ plans: [joining] }, { users });
    expectDone(await guarded.reactivate(carl));
    expectRefused(await guarded.reactivate(dora), "no approved plan reactivates this user");
    expect(guarded.statusOf(carl)).toBe("Activated");
    expect(guarded.statusOf(dora)).toBe("Suspended");
  });

  test("a deletion of somebody who has the approved e-mail address as a user name", async () => {
    const guarded = await openGuard(
      { plans: [planOf({ deleted: [ada.email] })] },
      { users: poolWith([bob, { username: ada.email }]) },
    );
    expect((await guarded.send(LOOK_UP, lookUp([ada.email], "username"))).text).toContain(bob.id);
    expectRefused(await guarded.send(DELETE, deletion([ada.email], "username")), NO_DELETION);
    expectRefused(await guarded.deleteByUserId(bob), NO_DELETION);
    expectDone(await guarded.deleteByEmail(ada));
    expect(guarded.idsLeft()).toEqual(everybodyBut(ada));
  });

  test("any change, of a guard that lets only reads pass", async () => {
    const guarded = await openGuard();
    expectRefused(await guarded.deleteByEmail(ada), "lets only reads pass");
    expect(guarded.changesReceived()).toBe(0);
  });
});

describe("with delete_by user_id", () => {
  test("a deletion names the person, and never the declared id", async () => {
    const plans = [planOf({ deleted: [ada.email], due: [bob.email], deleteBy: "user_id" })];
    const guarded = await openGuard({ plans }, { users: poolWith([bob, { status: "Suspended" }]) });
    expectRefused(await guarded.deleteByEmail(ada), NO_DELETION);
    expectRefused(await guarded.deleteByEmail(bob), NO_DELETION);
    expectDone(await guarded.deleteByUserId(ada, bob));
    expect(guarded.idsLeft()).toEqual(everybodyBut(ada, bob));
  });

  test("an id that names nobody in the plan is not looked up, and deletes nobody", async () => {
    const nobody = "nobody@example.com";
    const guarded = await openGuard({ plans: [planOf({ deleted: [nobody], deleteBy: "user_id" })] });
    expect(guarded.callsReceived()).toEqual([]);
    guarded.emulator.pool.update(dora.id, { email: nobody });
    expectRefused(await guarded.send(DELETE, deletion([nobody])), NO_DELETION);
    expectRefused(await guarded.deleteByUserId(dora), NO_DELETION);
    expect(guarded.idsLeft()).toEqual(idsOfEverybody);
  });

  test("a system user id in another case is somebody else's", async () => {
    const guarded = await openGuard({ plans: [planOf({ deleted: [ada.email], deleteBy: "user_id" })] });
    const shouted = deletion([ada.id.toUpperCase()], "user_id");
    expectRefused(await guarded.send(DELETE, shouted), NO_DELETION);
    expect(guarded.idsLeft()).toEqual(idsOfEverybody);
  });
});

test("a plan of system user ids means the people who have them, however it writes them", async () => {
  const plans = [planOf({ userIdType: "user_id", deleted: [ada.id.toUpperCase()] })];
  const guarded = await openGuard({ plans });
  expectDone(await guarded.deleteByUserId(ada));
  expect(guarded.idsLeft()).toEqual(everybodyBut(ada));
});

test("the people of several plans may be changed, up to the limit of the run", async () => {
  const plans = [planOf({ deleted: [ada.email] }), planOf({ suspended: [bob.email] })];
  const guarded = await openGuard({ plans, maxDeletions: 2 });
  expectDone(await guarded.deleteByEmail(ada));
  expectDone(await guarded.suspend(bob));
  expect(guarded.statusOf(bob)).toBe("Suspended");
  expect(guarded.idsLeft()).toEqual(everybodyBut(ada));
});

test("an id by which two plans mean the same person deletes this person", async () => {
  const guarded = await openGuard({ plans: [planOf({ deleted: [ada.email] }), plan] });
  expectDone(await guarded.deleteByEmail(ada));
  expect(guarded.idsLeft()).toEqual(everybodyBut(ada));
});

test("an id by which two plans mean different people deletes neither of them", async () => {
  const passedOn = poolWith([ada, { email: "ada@new.example" }], [dora, { email: ada.email }]);
  const plans = [planOf({ deleted: [ada.email] }), planOf({ deleted: [ada.email], users: passedOn })];
  const guarded = await openGuard({ plans });
  expectRefused(await guarded.deleteByEmail(ada), NO_DELETION);
  expectRefused(await guarded.deleteByUserId(ada), NO_DELETION);
  expectRefused(await guarded.deleteByUserId(dora), NO_DELETION);
  expect(guarded.idsLeft()).toEqual(idsOfEverybody);
});

test("deletions at once are not approved where the operator asks for a suspension first", async () => {
  const plans = [planOf({ deleted: [ada.email] }), nullPlanOf([bob.email])];
  const guarded = await openGuard({ plans, environment: { GENAUTH_MIN_SUSPEND_DAYS: "7" } });
  expectRefused(await guarded.deleteByEmail(ada), NO_DELETION);
  expectRefused(await guarded.deleteByEmail(bob), NO_DELETION);
  expect(guarded.idsLeft()).toEqual(idsOfEverybody);
});

test("deletions at once are approved of a set that suspends for as many days as the operator asks for", async () => {
  const plans = [planOf({ deleted: [ada.email], suspendDays: 7 })];
  const guarded = await openGuard({ plans, environment: { GENAUTH_MIN_SUSPEND_DAYS: "7" } });
  expectDone(await guarded.deleteByEmail(ada));
  expect(guarded.idsLeft()).toEqual(everybodyBut(ada));
});

test("due deletions are not approved while the operator holds them", async () => {
  const guarded = await openGuard(
    { plans: [planOf({ due: [carl.email] })], environment: { GENAUTH_DUE_DELETIONS: "hold" } },
    { users: poolWith([carl, { status: "Suspended" }]) },
  );
  expectRefused(await guarded.deleteByEmail(carl), NO_DELETION);
  expect(guarded.idsLeft()).toEqual(idsOfEverybody);
});

test("no reactivation is approved of a set of which the plan does not know them yet, and the guard says so", async () => {
  const later = planOf({ reactivated: [carl.id], declared: [carl.email] });
  const plans = [planWith(later, {}, { after_unknown: { reactivations: true } })];
  const guarded = await openGuard({ plans }, { users: poolWith([carl, { status: "Suspended" }]) });
  expect(guarded.session.approval?.unknown).toEqual([
    "The plan does not know yet which users genauth_user_set.staff reactivates, so no reactivation of that set is approved.",
  ]);
  expectRefused(await guarded.reactivate(carl), "no approved plan reactivates this user");
});

test("nobody is approved of a set of which the plan does not know the users, and the guard says so", async () => {
  const later = planOf({ deleted: [ada.email], declared: [carl.email] });
  const open = planWith(later, { address: "genauth_user_set.guests" }, { after_unknown: { users: true } });
  const guarded = await openGuard({ plans: [planOf({ deleted: [bob.email] }), open] });
  // The set that the other plan knows is not named.
  expect(guarded.session.approval?.unknown).toEqual([
    "The users of genauth_user_set.guests are not known in the plan, so nobody of that set is approved.",
  ]);
  expectRefused(await guarded.deleteByEmail(ada), NO_DELETION);
  expectDone(await guarded.deleteByEmail(bob));
  expect(guarded.idsLeft()).toEqual(everybodyBut(bob));
});

describe("a plan that does something else with a set than updating it approves nobody:", () => {
  /** Ada is deleted, Bob suspended, Carl reactivated. */
  const update = planOf({ deleted: [ada.email], suspended: [bob.email], reactivated: [carl.id] });
  const nullUpdate = nullPlanOf([ada.email]);

  test.each<{ readonly does: string; readonly its: PlanJson }>([
    { does: "replaces a set", its: planWith(update, {}, { actions: ["delete", "create"] }) },
    {
      does: "replaces a set, the new one first",
      its: planWith(update, {}, { actions: ["create", "delete"] }),
    },
    { does: "destroys a set", its: planWith(update, {}, { actions: ["delete"], after: null }) },
    { does: "forgets a set", its: planWith(update, {}, { actions: ["forget"], after: null }) },
    { does: "creates a set", its: planWith(update, {}, { actions: ["create"], before: null }) },
    {
      does: "destroys what is left of a set",
      its: planWith(update, { deposed: "abcd1234" }, { actions: ["delete"], after: null }),
    },
    { does: "reads a set as data", its: planWith(update, { mode: "data" }) },
    { does: "names a set's type in another case", its: planWith(update, { type: "Genauth_user_set" }) },
    {
      does: "replaces a null_resource, the new one first",
      its: planWith(nullUpdate, {}, { actions: ["create", "delete"] }),
    },
    {
      does: "replaces a tainted null_resource",
      its: planWith(nullUpdate, { action_reason: "replace_because_tainted" }),
    },
    { does: "destroys a null_resource", its: planWith(nullUpdate, {}, { actions: ["delete"], after: null }) },
  ])("it $does", async ({ its }) => {
    const guarded = await openGuard({ plans: [its] }, { users: poolWith([carl, { status: "Suspended" }]) });
    expectRefused(await guarded.deleteByEmail(ada), "no approved plan deletes");
    expectRefused(await guarded.deleteByUserId(ada), "no approved plan deletes");
    expectRefused(await guarded.suspend(bob), "no approved plan suspends");
    expectRefused(await guarded.reactivate(carl), "no approved plan reactivates");
    expect(guarded.changesReceived()).toBe(0);
  });
});

describe("a plan of a null_resource, which names nobody,", () => {
  test("means whom its ids name at the guard's start", async () => {
    const guarded = await openGuard({ plans: [nullPlanOf([ada.email, bob.email])] });
    guarded.emulator.pool.passId("email", ada.id, dora.id);
    expectRefused(await guarded.deleteByEmail(ada), "the plan means somebody else");
    expectRefused(await guarded.deleteByUserId(dora), NO_DELETION);
    expectDone(await guarded.deleteByUserId(ada));
    expectDone(await guarded.deleteByEmail(bob));
    expect(guarded.idsLeft()).toEqual(everybodyBut(ada, bob));
  });

  test("means people by ids of several types", async () => {
    const guarded = await openGuard({
      plans: [nullPlanOf([ada.email]), nullPlanOf([bob.username], "username")],
    });
    expectDone(await guarded.deleteByEmail(ada));
    expectDone(await guarded.send(DELETE, deletion([bob.username], "username")));
    expect(guarded.idsLeft()).toEqual(everybodyBut(ada, bob));
  });

  test("means nobody by an id that nobody had at the start", async () => {
    const nobody = "nobody@example.com";
    const guarded = await openGuard({ plans: [nullPlanOf([nobody])] });
    guarded.emulator.pool.update(dora.id, { email: nobody });
    expectRefused(await guarded.send(DELETE, deletion([nobody])), NO_DELETION);
    expect(guarded.idsLeft()).toEqual(idsOfEverybody);
  });

  test("means the person whom another plan names for the same id", async () => {
    const plans = [nullPlanOf([bob.email]), planOf({ deleted: [bob.email] })];
    const guarded = await openGuard({ plans }, { users: poolWith([bob, { email: "moved@example.com" }]) });
    guarded.emulator.pool.update(dora.id, { email: bob.email });
    expectRefused(await guarded.deleteByEmail(bob), "the plan means somebody else");
    expect(guarded.idsLeft()).toEqual(idsOfEverybody);
  });
});

import { describe, expect, test } from "@jest/globals";
import type { PlanJson } from "../../../src/terraform-json";
import { expectDone, expectRefused, LOOK_UP, lookUp, openGuard, protecting } from "./support/in-process";
import { ada, bob, carl, dora, everybody, everybodyBut, idsOfEverybody, poolWith } from "./support/people";
import { leavingOut, type PlannedSet, planOf, planWith } from "./support/plans";

/** Whom the guard keeps, although an approved plan deletes or suspends them. */

/** Ada is deleted, Bob suspended; all others stay. */
const plan = planOf({
  deleted: [ada.email],
  suspended: [bob.email],
  declared: everybody.slice(2).map(({ email }) => email),
});

describe("the operator protects", () => {
  test.each([
    { by: "a user name", protectedUsers: { username: [ada.username] } },
    { by: "a pattern", protectedUsers: { email: ["*@example.com"] } },
    { by: "a pattern in another case", protectedUsers: { email: ["*@EXAMPLE.com"] } },
  ])("by $by, whatever id the deletion names", async ({ protectedUsers }) => {
    const guarded = await openGuard({ plans: [plan], ...protecting(protectedUsers) });
    expectRefused(await guarded.deleteByEmail(ada), "this pipeline protects this user");
    expectRefused(await guarded.deleteByUserId(ada), "this pipeline protects this user");
    expect(guarded.changesReceived()).toBe(0);
  });

  test("some of a call, and the refusal counts those of its reason", async () => {
    const deletesBoth = planOf({ deleted: [ada.email, bob.email] });
    const both = await openGuard({ plans: [deletesBoth], ...protecting({ email: ["*@example.com"] }) });
    expectRefused(await both.deleteByEmail(ada, bob), "this pipeline protects 2 of these 2 users");

    const one = await openGuard({ plans: [deletesBoth], ...protecting({ username: [ada.username] }) });
    one.emulator.pool.remove(bob.id);
    expectRefused(await one.deleteByEmail(ada, bob), "this pipeline protects 1 of these 2 users");
  });

  test("somebody who gets a protected id right after the run has looked them up", async () => {
    const guarded = await openGuard({ plans: [plan], ...protecting({ username: ["chief"] }) });
    const { pool } = guarded.emulator;
    await guarded.send(LOOK_UP, lookUp([ada.id, bob.id], "user_id"));
    pool.update(ada.id, { username: "chief" });
    expectRefused(await guarded.deleteByUserId(ada), "this pipeline protects this user");
    pool.update(ada.id, { username: "former chief" });
    pool.update(bob.id, { username: "chief" });
    expectRefused(await guarded.suspend(bob), "this pipeline protects this user");
    expect(guarded.changesReceived()).toBe(0);
  });
});

describe("another plan of the run keeps whom it", () => {
  test.each<{ readonly does: string; readonly other: PlannedSet }>([
    { does: "declares by then", other: { declared: ["ada@new.example", "bob@new.example"] } },
    { does: "retains by then", other: { retained: ["ada@new.example", "bob@new.example"] } },
    {
      does: "names among those whom its provider protects",
      other: { provider: { protected_users: { email: ["*@NEW.example"] } } },
    },
    { does: "reactivates, whatever id they have", other: { reactivated: [ada.id, bob.id] } },
    { does: "declares again, but leaves suspended", other: { staying: [ada.id, bob.id] } },
  ])("$does", async ({ other }) => {
    const guarded = await openGuard({ plans: [plan, planOf(other)] });
    guarded.emulator.pool.update(ada.id, { email: "ada@new.example" });
    guarded.emulator.pool.update(bob.id, { email: "bob@new.example" });
    expectRefused(await guarded.deleteByUserId(ada), "one plan declares or retains this user");
    expectRefused(await guarded.suspend(bob), "one plan declares or retains this user");
    expect(guarded.changesReceived()).toBe(0);
  });
});

describe("another plan of the run does not keep somebody with", () => {
  test("a user name that it declares as an e-mail address", async () => {
    const shared = "shared@example.com";
    const users = poolWith([ada, { username: shared }]);
    const guarded = await openGuard({ plans: [plan, planOf({ declared: [shared] })] }, { users });
    expectDone(await guarded.deleteByEmail(ada));
    expect(guarded.idsLeft()).toEqual(everybodyBut(ada));
  });

  test("a user name that is the system user id of a person who is declared again", async () => {
    const users = poolWith([ada, { username: carl.id }], [carl, { status: "Suspended" }]);
    const guarded = await openGuard({ plans: [plan, planOf({ reactivated: [carl.id] })] }, { users });
    expectDone(await guarded.deleteByEmail(ada));
    expect(guarded.idsLeft()).toEqual(everybodyBut(ada));
  });
});

const declaresAda = { user_id_type: "user_id", users: { [ada.id]: "x" } };
const leavesOutAdasSet = leavingOut(declaresAda);

describe("a plan keeps whom another set of it declares,", () => {
  /** A plan that changes another object besides. */
  function besides(type: string, change: object): Partial<PlanJson> {
    const other = {
      address: `${type}.other`,
      mode: "managed",
      type,
      change: { actions: ["update"], ...change },
    };
    return { resource_changes: [...plan.resource_changes, other] };
  }

  test.each<{ readonly set: string; readonly others: Partial<PlanJson> }>([
    {
      set: "which the plan leaves out, as with -target",
      others: leavesOutAdasSet,
    },
    {
      set: "if the plan does not know its users, but the state did",
      others: besides("genauth_user_set", {
        before: declaresAda,
        after: { user_id_type: "user_id" },
        after_unknown: { users: true },
      }),
    },
    {
      set: "by any id, if the plan does not know its id type",
      others: besides("genauth_user_set", {
        before: null,
        after: { users: { [ada.username]: "x" } },
        after_unknown: { user_id_type: true },
      }),
    },
    {
      set: "if the plan does not know the triggers of a null_resource, but the state did",
      others: besides("null_resource", {
        before: { triggers: { user_id_type: "user_id", [`user:${ada.id}`]: "x" } },
        after: {},
        after_unknown: { id: true, triggers: true },
      }),
    },
    {
      set: "by any id, if the plan does not know the id type of a null_resource",
      others: besides("null_resource", {
        before: null,
        after: { triggers: { [`user:${ada.username}`]: "x" } },
        after_unknown: { id: true, triggers: { user_id_type: true } },
      }),
    },
  ])("$set", async ({ others }) => {
    const guarded = await openGuard({ plans: [{ ...plan, ...others }] });
    expectRefused(await guarded.deleteByEmail(ada), "one plan declares or retains this user");
    expect(guarded.idsLeft()).toEqual(idsOfEverybody);
  });
});

describe("a plan that is not applied keeps whom", () => {
  test.each<{ readonly whom: string; readonly notApplied: PlanJson }>([
    { whom: "it declares again, whatever id they have", notApplied: planOf({ reactivated: [ada.id] }) },
    {
      whom: "a set declares that it creates",
      notApplied: planWith(planOf({ declared: [ada.email] }), {}, { actions: ["create"], before: null }),
    },
    {
      whom: "a set declares that it destroys",
      notApplied: planWith(planOf({ declared: [ada.email] }), {}, { actions: ["delete"], after: null }),
    },
    {
      whom: "a set declares that it leaves out, as with -target",
      notApplied: { ...planOf({}), ...leavesOutAdasSet },
    },
    {
      whom: "its provider protects",
      notApplied: planOf({ provider: { protected_users: { email: [ada.email] } } }),
    },
  ])("$whom", async ({ notApplied }) => {
    const guarded = await openGuard({ plans: [plan], protecting: [notApplied] });
    expectRefused(await guarded.deleteByEmail(ada), "one plan declares or retains this user");
    expect(guarded.idsLeft()).toEqual(idsOfEverybody);
  });
});

test("a plan that is not applied approves nobody, and keeps whom it declares, before and after", async () => {
  const plans = [planOf({ deleted: [ada.email, bob.email, carl.email] })];
  const notApplied = planOf({ deleted: [ada.email, dora.email], declared: [bob.email] });
  const guarded = await openGuard({ plans, protecting: [notApplied] });
  expectRefused(await guarded.deleteByEmail(dora), "no approved plan deletes this user");
  expectRefused(await guarded.deleteByEmail(ada, bob), "one plan declares or retains 2 of these 2 users");
  expectDone(await guarded.deleteByEmail(carl));
  expect(guarded.idsLeft()).toEqual(everybodyBut(carl));
});

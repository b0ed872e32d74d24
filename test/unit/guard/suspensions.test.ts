import { describe, expect, test } from "@jest/globals";
import {
  type Answered,
  expectDone,
  expectRefused,
  openGuard,
  protecting,
  SET_STATUS,
} from "./support/in-process";
import { ada, bob, everybodyBut, poolWith } from "./support/people";
import { planOf } from "./support/plans";

/** Suspensions, their end, and the deletions that follow them. */

const suspendsBob = planOf({ suspended: [bob.email] });
const reactivatesBob = planOf({ reactivated: [bob.id], declared: [bob.email] });

describe.each(["Resigned", "Archived", "Deactivated"])("a user who is %s", (status) => {
  test("is not suspended", async () => {
    const guarded = await openGuard({ plans: [suspendsBob] }, { users: poolWith([bob, { status }]) });
    expectRefused(await guarded.suspend(bob), "only who is Activated may become Suspended");
    expect(guarded.statusOf(bob)).toBe(status);
  });

  test("is not reactivated", async () => {
    const guarded = await openGuard({ plans: [reactivatesBob] }, { users: poolWith([bob, { status }]) });
    expectRefused(await guarded.reactivate(bob), "only who is Suspended may become Activated");
    expect(guarded.statusOf(bob)).toBe(status);
  });
});

test("somebody whom the operator protects is not reactivated", async () => {
  const users = poolWith([bob, { status: "Suspended" }]);
  const options = { plans: [reactivatesBob], ...protecting({ username: [bob.username] }) };
  const guarded = await openGuard(options, { users });
  expectRefused(await guarded.reactivate(bob), "this pipeline protects this user");
  expect(guarded.statusOf(bob)).toBe("Suspended");
});

test("a plan that suspends a user does not approve the way back", async () => {
  const guarded = await openGuard({ plans: [suspendsBob] });
  expectDone(await guarded.suspend(bob));
  expectRefused(await guarded.reactivate(bob), "no approved plan reactivates this user");
  expect(guarded.statusOf(bob)).toBe("Suspended");
});

test("one call that suspends a user and reactivates another is refused, even if the plan shows both changes", async () => {
  const both = planOf({ suspended: [ada.email], reactivated: [bob.id], declared: [bob.email] });
  const guarded = await openGuard({ plans: [both] }, { users: poolWith([bob, { status: "Suspended" }]) });
  const list = [
    { userId: ada.id, status: "Suspended" },
    { userId: bob.id, status: "Activated" },
  ];
  expectRefused(await guarded.send(SET_STATUS, { list }), "the call has several statuses");
  expect(guarded.changesReceived()).toBe(0);
});

describe("the deletion of a user who was suspended before this run", () => {
  const deletesSuspended = planOf({ due: [ada.email, bob.email] });
  const NOT_SUSPENDED =
    "the plan deletes after a suspension, which somebody else has ended, or GenAuth does not show, of this user";

  test("is made by e-mail address and by system user id, as long as the user is suspended", async () => {
    const users = poolWith([ada, { status: "Suspended" }], [bob, { status: "Suspended" }]);
    const guarded = await openGuard({ plans: [deletesSuspended] }, { users });
    expectDone(await guarded.deleteByEmail(ada));
    expectDone(await guarded.deleteByUserId(bob));
    expect(guarded.idsLeft()).toEqual(everybodyBut(ada, bob));
  });

  test("is refused by e-mail address and by system user id, once the user is active again", async () => {
    const users = poolWith([bob, { status: "Activated" }]);
    const guarded = await openGuard({ plans: [deletesSuspended] }, { users });
    expectRefused(await guarded.deleteByEmail(bob), NOT_SUSPENDED);
    expectRefused(await guarded.deleteByUserId(bob), NOT_SUSPENDED);
    expect(guarded.idsLeft()).toContain(bob.id);
  });

  test("is refused if the look-up shows no status, although the user is suspended", async () => {
    const users = poolWith([bob, { status: "Suspended" }]);
    const guarded = await openGuard({ plans: [deletesSuspended] }, { users });
    const body = JSON.stringify({ statusCode: 200, data: [{ userId: bob.id, email: bob.email }] });
    guarded.emulator.faults.add({ on: "get-user-batch", then: { kind: "http", status: 200, body } });
    expectRefused(await guarded.deleteByEmail(bob), NOT_SUSPENDED);
    expect(guarded.idsLeft()).toContain(bob.id);
  });
});

describe("the deletion of a user who is suspended in this very run", () => {
  const deletesBobAsSuspendedBefore = planOf({ due: [bob.email] });
  const plans = [suspendsBob, deletesBobAsSuspendedBefore];

  test("is refused while the call that suspends the user is under way", async () => {
    const guarded = await openGuard({ plans });
    const answers: Answered[] = [];
    guarded.emulator.steps.add({
      on: "update-user-batch",
      run: async () => answers.push(await guarded.deleteByEmail(bob)),
    });
    expectDone(await guarded.suspend(bob));
    expect(answers).toMatchObject([
      { status: 403, text: expect.stringContaining("another call changes one of the users") },
    ]);
    expect(guarded.idsLeft()).toContain(bob.id);
  });

  test("is refused after that call: it is not the suspension that the plan of the deletion saw", async () => {
    const guarded = await openGuard({ plans });
    expectDone(await guarded.suspend(bob));
    expect(guarded.statusOf(bob)).toBe("Suspended");
    expectRefused(await guarded.deleteByEmail(bob), "the plan deletes after a suspension");
    expect(guarded.idsLeft()).toContain(bob.id);
  });
});

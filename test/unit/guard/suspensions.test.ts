import { describe, expect, test } from "@jest/globals";
import { expectDone, expectRefused, openGuard, protecting, SET_STATUS } from "./support/in-process";
import { ada, bob, carl, everybodyBut, poolWith } from "./support/people";
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

test("a suspension is not undone by the run that made it", async () => {
  const guarded = await openGuard({ plans: [suspendsBob] });
  expectDone(await guarded.suspend(bob));
  expectRefused(await guarded.reactivate(bob), "no approved plan reactivates this user");
  expect(guarded.statusOf(bob)).toBe("Suspended");
});

test("a suspension and a reactivation in one call are no call that the guard knows", async () => {
  const both = planOf({ suspended: [ada.email], reactivated: [bob.id], declared: [bob.email] });
  const guarded = await openGuard({ plans: [both] }, { users: poolWith([bob, { status: "Suspended" }]) });
  const list = [
    { userId: ada.id, status: "Suspended" },
    { userId: bob.id, status: "Activated" },
  ];
  expectRefused(await guarded.send(SET_STATUS, { list }), "the call has several statuses");
  expect(guarded.changesReceived()).toBe(0);
});

describe("a deletion that follows a suspension", () => {
  const due = planOf({ due: [ada.email, bob.email, carl.email] });

  test("is made while the suspension lasts, by either id, and refused once somebody has ended it", async () => {
    const users = poolWith([bob, { status: "Suspended" }], [carl, { status: "Suspended" }]);
    const guarded = await openGuard({ plans: [due] }, { users });
    expectRefused(await guarded.deleteByEmail(ada), "which somebody else has ended");
    expectRefused(await guarded.deleteByUserId(ada), "which somebody else has ended");
    expectDone(await guarded.deleteByEmail(bob));
    expectDone(await guarded.deleteByUserId(carl));
    expect(guarded.idsLeft()).toEqual(everybodyBut(bob, carl));
  });

  test("is refused if the look-up shows no status", async () => {
    const guarded = await openGuard({ plans: [due] });
    const body = JSON.stringify({ statusCode: 200, data: [{ userId: ada.id, email: ada.email }] });
    guarded.emulator.faults.add({ on: "get-user-batch", then: { kind: "http", status: 200, body } });
    expectRefused(await guarded.deleteByEmail(ada), "GenAuth does not show");
    expect(guarded.idsLeft()).toEqual(everybodyBut());
  });

  test("is refused during and after a suspension of this very run, which another plan shows", async () => {
    const guarded = await openGuard({ plans: [planOf({ due: [bob.email] }), suspendsBob] });
    guarded.emulator.steps.add({
      on: "update-user-batch",
      async run(pool) {
        pool.update(bob.id, { status: "Suspended" });
        expectRefused(await guarded.deleteByEmail(bob), "another call changes one of the users");
      },
    });
    expectDone(await guarded.suspend(bob));
    expectRefused(await guarded.deleteByEmail(bob), "which somebody else has ended");
    expect(guarded.idsLeft()).toEqual(everybodyBut());
  });
});

import { describe, expect, test } from "@jest/globals";
import { DELETE, expectDone, expectRefused, LOOK_UP, openGuard } from "./support/in-process";
import { ada, bob, dora, everybodyBut, poolWith } from "./support/people";
import { planOf } from "./support/plans";

/** A change happens once in a run. It may be sent again only where the first call had no effect. */

describe("a deletion", () => {
  test("is sent again after an answer that says it failed", async () => {
    const guarded = await openGuard({ plans: [planOf({ deleted: [ada.email] })] });
    const then = { kind: "answer", statusCode: 500 } as const;
    guarded.emulator.faults.add({ on: "delete-users-batch", times: 1, then });
    await guarded.deleteByEmail(ada);
    expectDone(await guarded.deleteByUserId(ada));
    expect(guarded.idsLeft()).toEqual(everybodyBut(ada));
  });

  test("that GenAuth has confirmed is not sent again, although look-ups lag and still show the user", async () => {
    const guarded = await openGuard({ plans: [planOf({ deleted: [ada.email] })] });
    expectDone(await guarded.deleteByEmail(ada));
    const body = JSON.stringify({ statusCode: 200, data: [{ userId: ada.id, email: ada.email }] });
    guarded.emulator.faults.add({ on: "get-user-batch", then: { kind: "http", status: 200, body } });
    guarded.emulator.pool.update(dora.id, { email: ada.email });
    expectRefused(await guarded.deleteByEmail(ada), "no second deletion of this user");
    expect(guarded.idsLeft()).toEqual(everybodyBut(ada));
  });

  test("is under way once at a time, whichever id names the person", async () => {
    const guarded = await openGuard({ plans: [planOf({ deleted: [ada.email] })] }, { latencyMs: 100 });
    const answers = await Promise.all([
      guarded.deleteByEmail(ada),
      guarded.deleteByUserId(ada),
      guarded.deleteByEmail(ada),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 403, 403]);
    expect(guarded.callsReceived().filter((path) => path === DELETE)).toHaveLength(1);
  });
});

test("a call waits for no other that changes one of its people: it is refused", async () => {
  const plans = [planOf({ deleted: [ada.email, bob.email] })];
  const guarded = await openGuard({ plans }, { latencyMs: 100 });
  const first = guarded.deleteByEmail(ada);
  while (!guarded.callsReceived().includes(LOOK_UP)) await new Promise((resolve) => setTimeout(resolve, 5));
  expectRefused(await guarded.deleteByEmail(bob, ada), "another call changes one of the users");
  expectDone(await first);
  expect(guarded.idsLeft()).toEqual(everybodyBut(ada));
});

const suspendsBob = { plan: planOf({ suspended: [bob.email] }), before: "Activated", after: "Suspended" };
const reactivatesBob = {
  plan: planOf({ reactivated: [bob.id], declared: [bob.email] }),
  before: "Suspended",
  after: "Activated",
};

describe.each([
  { change: "a suspension", ...suspendsBob },
  { change: "a reactivation", ...reactivatesBob },
])("$change", ({ plan, before, after }) => {
  const open = () => openGuard({ plans: [plan] }, { users: poolWith([bob, { status: before }]) });

  test("is sent again after an answer that was lost, if it had no effect", async () => {
    const guarded = await open();
    const send = after === "Suspended" ? guarded.suspend : guarded.reactivate;
    const then = { kind: "answer", statusCode: 500 } as const;
    guarded.emulator.faults.add({ on: "update-user-batch", times: 1, then });
    await send(bob);
    expect(guarded.statusOf(bob)).toBe(before);
    expectDone(await send(bob));
    expect(guarded.statusOf(bob)).toBe(after);
  });

  test("is not sent again after an answer that was lost, if somebody has undone what it did", async () => {
    const guarded = await open();
    const send = after === "Suspended" ? guarded.suspend : guarded.reactivate;
    const then = { kind: "reset", carriedOut: true } as const;
    guarded.emulator.faults.add({ on: "update-user-batch", times: 1, then });
    await send(bob);
    expect(guarded.statusOf(bob)).toBe(after);
    guarded.emulator.pool.update(bob.id, { status: before });
    expectRefused(await send(bob), "makes no second");
    expect(guarded.statusOf(bob)).toBe(before);
  });

  test("is not sent again once somebody has undone it", async () => {
    const guarded = await open();
    const send = after === "Suspended" ? guarded.suspend : guarded.reactivate;
    expectDone(await send(bob));
    guarded.emulator.pool.update(bob.id, { status: before });
    expectRefused(await send(bob), "makes no second");
    expect(guarded.statusOf(bob)).toBe(before);
  });
});

test("a reactivation happens once, also where GenAuth shows the time of the earlier status", async () => {
  const statusChangedAt = "2026-01-01T00:00:00.000Z";
  const users = poolWith([bob, { status: "Suspended", statusChangedAt }]);
  const guarded = await openGuard({ plans: [reactivatesBob.plan] }, { users });
  expectDone(await guarded.reactivate(bob));
  guarded.emulator.pool.update(bob.id, { status: "Suspended" });
  expectRefused(await guarded.reactivate(bob), "no second reactivation of this user");
  expect(guarded.statusOf(bob)).toBe("Suspended");
});

test("a reactivation is under way once at a time", async () => {
  const users = poolWith([bob, { status: "Suspended" }]);
  const guarded = await openGuard({ plans: [reactivatesBob.plan] }, { users, latencyMs: 100 });
  const answers = await Promise.all([guarded.reactivate(bob), guarded.reactivate(bob)]);
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 403]);
});

test("what GenAuth did not clearly confirm does not count as done, and an outage is passed on", async () => {
  const guarded = await openGuard({ plans: [planOf({ deleted: [ada.email] })] });
  const { faults } = guarded.emulator;
  for (const body of [
    "a gateway's page",
    '{"statusCode":200,"data":"queued"}',
    '{"statusCode":200,"data":{"success":"false"}}',
  ]) {
    faults.add({ on: "delete-users-batch", times: 1, then: { kind: "http", status: 200, body } });
    await guarded.deleteByEmail(ada);
    expect(guarded.session.summary().changes.deletion).toEqual({ approved: 1, sent: 1, done: 0 });
  }
  faults.add({ on: "delete-users-batch", then: { kind: "reset", carriedOut: true } });
  expect(await guarded.deleteByEmail(ada)).toMatchObject({ status: 502, cause: "connection_lost" });
});

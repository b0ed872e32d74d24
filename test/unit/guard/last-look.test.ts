import { describe, expect, test } from "@jest/globals";
import { GUARD_REFUSED, GUARD_REFUSES_ALL } from "../../../src/api";
import { DELETE, expectDone, expectRefused, LOOK_UP, lookUp, openGuard } from "./support/in-process";
import { ada, bob, dora, everybodyBut } from "./support/people";
import { planOf } from "./support/plans";

/** Right before it sends a change, the guard looks up whom the change concerns. */

const deletesAda = planOf({ deleted: [ada.email] });

describe("whom a change concerns is looked up right before the call,", () => {
  test.each([
    { type: "email", id: ada.email },
    { type: "user_id", id: ada.id },
  ])("although the run has just looked the user up, by $type", async ({ type, id }) => {
    const guarded = await openGuard({ plans: [deletesAda] });
    expectDone(await guarded.send(LOOK_UP, lookUp([id], type)));
    expectDone(await (type === "email" ? guarded.deleteByEmail(ada) : guarded.deleteByUserId(ada)));
    expect(guarded.callsReceived()).toEqual([LOOK_UP, LOOK_UP, DELETE]);
  });

  test("however many requests of others wait", async () => {
    const environment = { GENAUTH_REQUESTS_PER_SECOND: "20" };
    const guarded = await openGuard({ plans: [deletesAda], environment });
    const reads = Array.from({ length: 60 }, () => guarded.send(LOOK_UP, lookUp([bob.email])));
    expectDone(await guarded.deleteByEmail(ada));
    const { calls } = guarded.emulator;
    const lookedUpAt = calls.findIndex(({ ids }) => ids.includes(ada.email));
    const deletedAt = calls.findIndex(({ path }) => path === DELETE);
    // A few requests were on their way already.
    expect(deletedAt - lookedUpAt).toBeLessThan(5);
    await Promise.all(reads);
  });

  test("also while GenAuth asks everybody to wait", async () => {
    const guarded = await openGuard({ plans: [deletesAda] });
    const { emulator, send } = guarded;
    // While the look-up is under way, somebody else's call is answered with a Retry-After.
    emulator.faults.add({ on: "get-user-batch", times: 1, then: { kind: "slow", ms: 300 } });
    emulator.faults.add({
      on: "list-users",
      times: 1,
      then: { kind: "http", status: 503, headers: { "retry-after": "7" } },
    });
    emulator.steps.add({
      on: "get-user-batch",
      run: () => void send("/api/v3/list-users", { options: { pagination: { page: 1, limit: 1 } } }),
      times: 1,
    });
    const begun = performance.now();
    expectDone(await guarded.deleteByEmail(ada));
    expect(performance.now() - begun).toBeLessThan(5000);
    expect(guarded.idsLeft()).toEqual(everybodyBut(ada));
  });
});

describe("nothing is sent", () => {
  test("if the look-up takes so long that the id may have passed on since", async () => {
    const guarded = await openGuard({ plans: [deletesAda] });
    const { emulator } = guarded;
    // The answer is made at once and takes more than five seconds to arrive: it has more than 600 bytes.
    emulator.faults.add({ on: "get-user-batch", times: 1, then: { kind: "drip", everyMs: 10 } });
    emulator.steps.add({
      on: "get-user-batch",
      run: () => void setTimeout(() => emulator.pool.passId("email", ada.id, dora.id), 20),
      times: 1,
    });
    expect(await guarded.deleteByEmail(ada)).toMatchObject({ status: 502, cause: "guard_undecided" });
    expectRefused(await guarded.deleteByEmail(ada), "the plan means somebody else");
    expect(guarded.idsLeft()).toEqual(everybodyBut());
  }, 60_000);

  test("if GenAuth no longer shows the user", async () => {
    const guarded = await openGuard({ plans: [deletesAda] });
    guarded.emulator.pool.remove(ada.id);
    expectRefused(await guarded.deleteByEmail(ada), "GenAuth no longer shows this user");
    expect(guarded.changesReceived()).toBe(0);
  });

  test("if the look-up fails, until the run asks again", async () => {
    const guarded = await openGuard({ plans: [deletesAda] });
    guarded.emulator.faults.add({
      on: "get-user-batch",
      times: 1,
      then: { kind: "http", status: 503 },
    });
    expect(await guarded.deleteByEmail(ada)).toMatchObject({ status: 502, cause: "guard_undecided" });
    expect(guarded.changesReceived()).toBe(0);
    expectDone(await guarded.deleteByEmail(ada));
  });

  test("if the key may not look users up, and the run need not go on", async () => {
    const guarded = await openGuard({ plans: [deletesAda] });
    guarded.emulator.faults.add({ on: "get-user-batch", then: { kind: "answer", statusCode: 403 } });
    const answer = await guarded.deleteByEmail(ada);
    expectRefused(answer, "it could not look up the users that the call changes: Could not look up a user");
    expect(JSON.parse(answer.text)).toMatchObject({ apiCode: GUARD_REFUSES_ALL });
    expect(guarded.changesReceived()).toBe(0);
  });

  test("if GenAuth refuses the look-up of this call, and the run may go on", async () => {
    const guarded = await openGuard({ plans: [deletesAda] });
    guarded.emulator.faults.add({ on: "get-user-batch", then: { kind: "answer", statusCode: 422 } });
    const answer = await guarded.deleteByEmail(ada);
    expectRefused(answer, "it could not look up the users that the call changes");
    expect(JSON.parse(answer.text)).toMatchObject({ apiCode: GUARD_REFUSED });
    expect(guarded.changesReceived()).toBe(0);
  });

  test("for a client that has gone", async () => {
    const guarded = await openGuard({ plans: [deletesAda] }, { latencyMs: 200 });
    const gone = new AbortController();
    const answer = guarded.send(
      DELETE,
      { userIds: [ada.email], options: { userIdType: "email" } },
      { signal: gone.signal },
    );
    while (!guarded.callsReceived().includes(LOOK_UP))
      await new Promise((resolve) => setTimeout(resolve, 10));
    gone.abort();
    await expect(answer).rejects.toThrow();
    expect((await guarded.session.close()).changes.deletion.sent).toBe(0);
    expect(guarded.changesReceived()).toBe(0);
  });

  test("if one of the plans has become too old during the look-up", async () => {
    const timestamp = new Date(Date.now() - 3_600_000 + 1500).toISOString();
    const plans = [planOf({ deleted: [ada.email], timestamp }), planOf({ deleted: [bob.email] })];
    const guarded = await openGuard({ plans, maxPlanAgeHours: 1 });
    guarded.emulator.faults.add({ on: "get-user-batch", then: { kind: "slow", ms: 1600 } });
    expectRefused(await guarded.deleteByEmail(ada), "its plans are too old by now");
    expect(guarded.idsLeft()).toEqual(everybodyBut());
  });
});

import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { GUARD_REFUSED, GUARD_REFUSES_ALL } from "../../../src/api";
import {
  DELETE,
  deletion,
  expectDone,
  expectRefused,
  LOOK_UP,
  lookUp,
  openGuard,
} from "./support/in-process";
import { type StoppableClock, stoppableClock } from "./support/clock";
import { ada, bob, dora, everybodyBut, idsOfEverybody } from "./support/people";
import { planOf } from "./support/plans";

let clock: StoppableClock;
beforeEach(() => void (clock = stoppableClock()));
afterEach(() => clock.goOn());

const deletesAda = planOf({ deleted: [ada.email] });

describe("right before it sends a change, the guard looks the user up,", () => {
  test.each([
    { type: "email", id: ada.email },
    { type: "user_id", id: ada.id },
  ])("although the run has just done so, by $type", async ({ type, id }) => {
    const guarded = await openGuard({ plans: [deletesAda] });
    expectDone(await guarded.send(LOOK_UP, lookUp([id], type)));
    expectDone(await (type === "email" ? guarded.deleteByEmail(ada) : guarded.deleteByUserId(ada)));
    expect(guarded.callsReceived()).toEqual([LOOK_UP, LOOK_UP, DELETE]);
  });

  test("and no other request comes in between, although 20 wait for their turn", async () => {
    const guarded = await openGuard({ plans: [deletesAda], clock });
    const reads: Promise<unknown>[] = [];
    // While the look-up is under way, others send theirs. A deletion that waited behind these would wait for ever.
    guarded.emulator.steps.add({
      on: "get-user-batch",
      times: 1,
      run: async () => {
        clock.stop();
        for (let number = 0; number < 20; number += 1) reads.push(guarded.send(LOOK_UP, lookUp([bob.email])));
        await clock.somebodyWaits();
      },
    });
    expectDone(await guarded.deleteByEmail(ada));
    expect(guarded.callsReceived()).toEqual([LOOK_UP, DELETE]);
    clock.goOn();
    await Promise.all(reads);
    expect(guarded.callsReceived()).toEqual([LOOK_UP, DELETE, ...Array<string>(20).fill(LOOK_UP)]);
  });

  test("and waits no longer in between, although GenAuth asks everybody to wait", async () => {
    const guarded = await openGuard({ plans: [deletesAda], clock });
    const { emulator, send } = guarded;
    emulator.faults.add({
      on: "list-users",
      times: 1,
      then: { kind: "http", status: 503, headers: { "retry-after": "7" } },
    });
    // While the look-up is under way, GenAuth asks somebody else to wait. A deletion that obeyed would wait for ever.
    emulator.steps.add({
      on: "get-user-batch",
      times: 1,
      run: async () => {
        const answer = await send("/api/v3/list-users", { options: { pagination: { page: 1, limit: 1 } } });
        expect(answer.status).toBe(503);
        clock.stop();
      },
    });
    expectDone(await guarded.deleteByEmail(ada));
    expect(guarded.idsLeft()).toEqual(everybodyBut(ada));
  });
});

describe("nothing is sent", () => {
  test("if the look-up takes more than five seconds, so long that the id may have passed on since", async () => {
    const guarded = await openGuard({ plans: [planOf({ deleted: [ada.email, bob.email] })], clock });
    guarded.emulator.steps.add({ on: "get-user-batch", times: 1, run: () => clock.pass(5000) });
    expectDone(await guarded.deleteByEmail(bob));

    guarded.emulator.steps.add({ on: "get-user-batch", times: 1, run: () => clock.pass(5001) });
    expect(await guarded.deleteByEmail(ada)).toMatchObject({ status: 502, cause: "guard_undecided" });
    expect(guarded.changesReceived()).toBe(1);
    guarded.emulator.pool.passId("email", ada.id, dora.id);
    expectRefused(await guarded.deleteByEmail(ada), "the plan means somebody else");
    expect(guarded.idsLeft()).toEqual(everybodyBut(bob));
  });

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

  test.each([
    { refused: "every look-up", next: "ends", statusCode: 403, apiCode: GUARD_REFUSES_ALL },
    { refused: "the look-up of this call", next: "may go on", statusCode: 422, apiCode: GUARD_REFUSED },
  ])("if GenAuth refuses $refused; then the run $next", async ({ statusCode, apiCode }) => {
    const guarded = await openGuard({ plans: [deletesAda] });
    guarded.emulator.faults.add({ on: "get-user-batch", then: { kind: "answer", statusCode } });
    const answer = await guarded.deleteByEmail(ada);
    expectRefused(answer, "it could not look up the users that the call changes: ");
    expectRefused(answer, "Could not look up a user");
    expect(JSON.parse(answer.text)).toMatchObject({ apiCode });
    expect(guarded.changesReceived()).toBe(0);
  });

  test("for a client that has gone during the look-up", async () => {
    const guarded = await openGuard({ plans: [deletesAda] }, { latencyMs: 200 });
    const gone = new AbortController();
    const answer = guarded.send(DELETE, deletion([ada.email]), { signal: gone.signal });
    while (!guarded.callsReceived().includes(LOOK_UP))
      await new Promise((resolve) => setTimeout(resolve, 10));
    gone.abort();
    await expect(answer).rejects.toThrow();
    expect((await guarded.session.close()).changes.deletion.sent).toBe(0);
    expect(guarded.changesReceived()).toBe(0);
  });

  test("if one of the plans has become too old during the look-up", async () => {
    const minutes = 60_000;
    const timestamp = new Date(Date.now() - 30 * minutes).toISOString();
    const plans = [planOf({ deleted: [ada.email], timestamp }), planOf({ deleted: [bob.email] })];
    const guarded = await openGuard({ plans, maxPlanAgeHours: 1, clock });
    guarded.emulator.steps.add({ on: "get-user-batch", run: () => clock.setForward(31 * minutes) });
    expectRefused(await guarded.deleteByEmail(ada), "its plans are too old by now");
    expect(guarded.idsLeft()).toEqual(idsOfEverybody);
  });
});

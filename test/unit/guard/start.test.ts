import { once } from "node:events";
import inspector from "node:inspector";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { GUARD_VERSION, GuardHeader } from "../../../src/api";
import { refuseForeign } from "../../../src/guard/approval";
import { atEnd, newFolder } from "../../support/at-end";
import { DELETE, expectDone, openGuard } from "./support/in-process";
import { ada, bob, carl } from "./support/people";
import { leavingOut, nullPlanOf, type PlannedSet, planOf, planWith } from "./support/plans";

/** Which plans a guard starts with. */

const DAY_MS = 86_400_000;

describe("a guard does not start with a plan", () => {
  test.each<{ readonly its: string; readonly made: PlannedSet; readonly says: string }>([
    {
      its: "of two days ago",
      made: { timestamp: new Date(Date.now() - 2 * DAY_MS).toISOString() },
      says: "accepts plans of the last 24 hours (--max-plan-age)",
    },
    {
      its: "of tomorrow",
      made: { timestamp: new Date(Date.now() + DAY_MS).toISOString() },
      says: "accepts plans of the last 24 hours (--max-plan-age)",
    },
    {
      its: "of no time",
      made: { timestamp: "", provider: { tenant_id: "ours" } },
      says: "A plan is of an unknown time",
    },
    {
      its: "of another host",
      made: { provider: { host: "https://other.example" } },
      says: "A plan is about https://other.example, and the guard",
    },
    {
      its: "of another tenant",
      made: { provider: { tenant_id: "theirs" } },
      says: "A plan is about the tenant theirs, and the guard acts in the tenant ours. Nothing was started.",
    },
    {
      its: "of no tenant",
      made: { provider: { tenant_id: "" } },
      says: "A plan is about no tenant, and the guard acts in",
    },
  ])("$its", async ({ made, says }) => {
    const environment = { GENAUTH_TENANT_ID: "ours" };
    const plans = [planOf({ deleted: [ada.email], ...made })];
    await expect(openGuard({ plans, environment })).rejects.toThrow(says);
  });

  test("that failed, and may show a part of what it should, beside another that did not", async () => {
    const failed = { ...planOf({ deleted: [ada.email] }), errored: true };
    const plans = [planOf({ deleted: [bob.email] }), failed];
    await expect(openGuard({ plans })).rejects.toThrow("A plan failed, so it approves nothing. Plan again.");
  });

  test("that does not say what becomes of somebody who leaves", async () => {
    const plans = [planWith(planOf({ deleted: [ada.email] }), {}, { after_unknown: {} })];
    await expect(openGuard({ plans })).rejects.toThrow("does not say what becomes of everybody who leaves");
  });

  test("that does not know the id type of a null_resource", async () => {
    const change = {
      before: { triggers: { user_id_type: "user_id", [`user:${ada.id}`]: "x" } },
      after_unknown: { triggers: { user_id_type: true } },
    };
    await expect(openGuard({ plans: [planWith(nullPlanOf([ada.email]), {}, change)] })).rejects.toThrow(
      "does not say what becomes of everybody who leaves",
    );
  });

  test("of a null_resource, while GenAuth does not say whom it means", async () => {
    const environment = { GENAUTH_MAX_ATTEMPTS: "1", GENAUTH_HOST: "http://127.0.0.1:9" };
    await expect(openGuard({ plans: [nullPlanOf([ada.email])], environment })).rejects.toThrow(
      "It is not known which users the ids of a null_resource name. Nothing was started.",
    );
  });
});

test("a guard does not start with plans of two user pools, and says the way out", async () => {
  const inPool = (userPoolName: string) => planOf({ deleted: [ada.email], userPoolName });
  const plans = [inPool("us"), inPool("eu"), planOf({ declared: [bob.email] })];
  await expect(openGuard({ plans })).rejects.toThrow(
    /about 2 user pools: eu, us\..*Nothing was started\. Declare each pool in a stack of its own/,
  );
});

describe("a guard does not start beside a plan of another user pool that only", () => {
  const ofEurope = planOf({ declared: [bob.email], userPoolName: "eu" });

  test.each([
    { does: "creates a set", plan: planWith(ofEurope, {}, { actions: ["create"], before: null }) },
    { does: "destroys a set", plan: planWith(ofEurope, {}, { actions: ["delete"], after: null }) },
    {
      does: "leaves a set out, as with -target",
      plan: {
        ...planOf({ declared: [carl.email] }),
        ...leavingOut({ user_id_type: "email", user_pool_name: "eu", users: { [bob.email]: "x" } }),
      },
    },
  ])("$does", async ({ plan }) => {
    const plans = [planOf({ deleted: [ada.email], userPoolName: "us" }), plan];
    await expect(openGuard({ plans })).rejects.toThrow("about 2 user pools: eu, us.");
  });
});

describe("a plan is accepted to the millisecond", () => {
  const own = { host: "https://api.genauth.ai", tenant_id: "" };
  const made = Date.parse("2026-12-01T08:00:00.000Z");
  const plan = planOf({ deleted: [ada.email], timestamp: new Date(made).toISOString() });
  const startAt = (now: number): number => refuseForeign([plan], own, 24, now);

  test("until it is as old as the guard accepts", () => {
    expect(startAt(made + DAY_MS)).toBe(made + DAY_MS);
    expect(() => startAt(made + DAY_MS + 1)).toThrow("accepts plans of the last 24 hours");
  });

  test("from a quarter of an hour before its time, because clocks differ", () => {
    const quarterOfAnHour = 15 * 60_000;
    expect(startAt(made - quarterOfAnHour)).toBe(made + DAY_MS);
    expect(() => startAt(made - quarterOfAnHour - 1)).toThrow("accepts plans of the last 24 hours");
  });
});

describe("a guard does not start if its plans remove more people than the run may:", () => {
  const one = ada.email;
  const other = bob.email;

  test.each<{ readonly removals: string; readonly sets: readonly PlannedSet[] }>([
    { removals: "two deletions", sets: [{ deleted: [one, other] }] },
    { removals: "two suspensions", sets: [{ suspended: [one, other] }] },
    {
      removals: "a deletion, and a suspension in another plan",
      sets: [{ deleted: [one] }, { suspended: [other] }],
    },
  ])("$removals", async ({ sets }) => {
    await expect(openGuard({ plans: sets.map(planOf), maxDeletions: 1 })).rejects.toThrow(
      "2 users would be deleted or suspended in this run, which allows 1 ",
    );
  });

  test.each([
    { limits: "the operator's limit alone", maxDeletions: undefined },
    { limits: "a lower limit of the operator", maxDeletions: 5 },
  ])("two deletions, by $limits", async ({ maxDeletions }) => {
    const plans = [planOf({ deleted: [one, other] })];
    const environment = { GENAUTH_MAX_DELETIONS: "1" };
    await expect(openGuard({ plans, environment, maxDeletions })).rejects.toThrow(
      "in this run, which allows 1 ",
    );
  });
});

test("a person who leaves two sets counts once towards what the run may remove", async () => {
  const plans = [planOf({ deleted: [ada.email] }), planOf({ deleted: [ada.email], deleteBy: "user_id" })];
  const guarded = await openGuard({ plans, maxDeletions: 1 });
  expectDone(await guarded.deleteByEmail(ada));
});

test("a guard starts with an older plan if its owner says so, and with one that names no tenant", async () => {
  const timestamp = new Date(Date.now() - 2 * DAY_MS).toISOString();
  const old = planOf({ deleted: [ada.email], timestamp, provider: { tenant_id: "" } });
  const guarded = await openGuard({ plans: [old], maxPlanAgeHours: 72 });
  expectDone(await guarded.deleteByEmail(ada));
});

test("a debugger that is open keeps a guard from starting", async () => {
  inspector.open(0);
  try {
    await expect(openGuard()).rejects.toThrow("A debugger is open in this process");
  } finally {
    inspector.close();
  }
});

test("a request that waits for the start gets no answer of a guard that does not start, and does not keep it", async () => {
  const socket = join(newFolder(), "guard.sock");
  const starting = openGuard({
    plans: [planOf({ deleted: [ada.email] })],
    socket,
    readKey: () =>
      new Promise((_, reject) => {
        setTimeout(() => reject(new Error("no key")), 200);
      }),
  });
  const ended = expect(starting).rejects.toThrow();
  const waiting = await connectOnceThere(socket);
  let answer = "";
  waiting.on("data", (data: Buffer) => (answer += data.toString()));
  const head = `POST ${DELETE} HTTP/1.1\r\nhost: guard\r\n${GuardHeader.VERSION}: ${GUARD_VERSION}\r\n`;
  waiting.write(`${head}content-length: 2\r\n\r\n{}`);
  await ended;
  await once(waiting, "close");
  expect(answer).toBe("");
});

/** Connects to a socket as soon as somebody listens. */
async function connectOnceThere(path: string): Promise<Socket> {
  for (;;) {
    const socket = connect(path);
    atEnd(() => socket.destroy());
    const isConnected = await once(socket, "connect").then(
      () => true,
      () => false,
    );
    if (!isConnected) continue;
    socket.on("error", () => undefined);
    return socket;
  }
}

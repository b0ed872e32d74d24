import { describe, expect, test } from "@jest/globals";
import { UserIdType } from "../../../src/users";
import { REFUSED } from "../../support/users/failures";
import { ModelDirectory } from "../../support/users/model-directory";
import { idOf, person } from "../../support/users/people";
import {
  ada,
  ADA,
  adaWaits,
  bob,
  BOB,
  dan,
  eve,
  everybody,
  FIFTEEN_DAYS_LATER,
  statusOf,
  withoutAda,
} from "./support/ada-waits";
import { SuspendingStack } from "./support/suspending-stack";

/** The id passes to a new account, which has none of Ada's other ids. */
function handOn({ directory }: SuspendingStack, newcomer = person(50)) {
  const now = directory.get(ada.userId) ?? ada;
  const { email, username, phone, phoneCountryCode, externalId, identities } = now;
  const other = person(51);
  directory.put({ ...other, userId: now.userId, status: "Suspended", ...timeOf(now) });
  directory.put({ ...newcomer, email, username, phone, phoneCountryCode, externalId, identities });
  return newcomer;
}

function timeOf({ statusChangedAt }: { readonly statusChangedAt?: string }) {
  return statusChangedAt === undefined ? {} : { statusChangedAt };
}

describe.each(Object.values(UserIdType))("waiting, by %s", (type) => {
  test("nobody is deleted before the day, and the user who left on it", async () => {
    const stack = await adaWaits(type);
    stack.directory.letPass(13);
    await stack.declare(withoutAda);
    expect(stack.directory.deleted).toEqual([]);
    stack.directory.letPass(2);
    const { errors } = await stack.declare(withoutAda);
    expect(errors).toEqual([]);
    expect(stack.directory.deleted).toEqual([ada.userId]);
    expect(stack.suspended).toEqual({});
  });

  test("an id that passed on deletes neither the former nor the new holder", async () => {
    if (type === UserIdType.USER_ID) return;
    const stack = await adaWaits(type);
    const newcomer = handOn(stack);
    stack.directory.letPass(20);
    const { text } = await stack.declare(withoutAda);
    expect(stack.directory.deleted).toEqual([]);
    expect(stack.directory.has(newcomer.userId)).toBe(true);
    expect(text).toContain("somebody else now");
    expect(stack.suspended).toEqual({});
  });

  test("an id that passed on between plan and apply deletes nobody", async () => {
    if (type === UserIdType.USER_ID) return;
    const stack = await adaWaits(type);
    stack.directory.letPass(20);
    await stack.declare(withoutAda, {}, { beforeApply: () => void handOn(stack) });
    expect(stack.directory.deleted).toEqual([]);
  });
});

describe("an id that is declared again for somebody else", () => {
  test("a new account releases the former user, and leaves as itself", async () => {
    const stack = await adaWaits();
    const newcomer = handOn(stack);
    const { text } = await stack.declareIds([ADA, ...withoutAda.map(({ email = "" }) => email)]);
    expect(text).toContain("declared again for another account");
    expect(statusOf(stack, newcomer)).toBe("Activated");
    expect(statusOf(stack, ada)).toBe("Suspended");
    stack.directory.letPass(20);
    await stack.declare(withoutAda);
    expect(stack.waiting.get(ADA)?.userId).toBe(newcomer.userId);
    stack.directory.letPass(20);
    await stack.declare(withoutAda);
    expect(stack.directory.deleted).toEqual([newcomer.userId]);
  });

  test("a new account after the former user was deleted by others waits as itself, and comes back", async () => {
    const stack = await adaWaits();
    stack.directory.remove(ada.userId);
    const newcomer = person(50, { email: ADA });
    stack.directory.put(newcomer);
    const { text } = await stack.declareIds([ADA, ...withoutAda.map(({ email = "" }) => email)]);
    expect(text).toContain("declared again for another account");
    expect(stack.suspended).toEqual({});
    await stack.declare(withoutAda);
    expect(stack.waiting.get(ADA)).toMatchObject({ userId: newcomer.userId, isOurs: true });
    await stack.declareIds([ADA, ...withoutAda.map(({ email = "" }) => email)]);
    expect(statusOf(stack, newcomer)).toBe("Activated");
  });
});

describe("leaving again while the reactivation failed", () => {
  async function adaIsBackButSuspended(): Promise<SuspendingStack> {
    const stack = await adaWaits();
    stack.directory.letPass(10);
    stack.directory.fault = ({ method }) => (method === "setStatus" ? { failure: REFUSED } : undefined);
    const { errors } = await stack.declare(everybody);
    expect(errors).toEqual(["1 declared user is still suspended"]);
    stack.directory.fault = () => undefined;
    return stack;
  }

  test("gives the full days again, and stays a suspension of this set", async () => {
    const stack = await adaIsBackButSuspended();
    await stack.declare(withoutAda);
    expect(stack.suspended).toEqual({ [ADA]: "2026-01-26T00:00:00Z" });
    stack.directory.letPass(6);
    await stack.declare(withoutAda);
    expect(stack.directory.deleted).toEqual([]);
    await stack.declare(everybody);
    expect(statusOf(stack, ada)).toBe("Activated");
  });

  test("retained at that time, the user is not deleted later", async () => {
    const stack = await adaIsBackButSuspended();
    await stack.declare(withoutAda, { retained: [ADA] });
    expect(stack.suspended).toEqual({});
    stack.directory.letPass(30);
    await stack.declare(withoutAda);
    expect(stack.directory.deleted).toEqual([]);
  });

  test("the next apply reactivates whoever is still declared", async () => {
    const stack = await adaIsBackButSuspended();
    stack.directory.letPass(30);
    await stack.declare(everybody);
    expect(statusOf(stack, ada)).toBe("Activated");
    expect(stack.suspended).toEqual({});
    expect(stack.directory.deleted).toEqual([]);
  });
});

describe("somebody else changes the status", () => {
  test.each(["Activated", "Archived", "Suspended"])(
    "to %s between plan and apply: not deleted, and told",
    async (status) => {
      const stack = await adaWaits();
      stack.directory.letPass(20);
      const { text } = await stack.declare(
        withoutAda,
        {},
        {
          beforeApply: () => {
            stack.directory.changeStatus(ada.userId, "Activated");
            stack.directory.letPass(0.1);
            stack.directory.changeStatus(ada.userId, status);
          },
        },
      );
      expect(stack.directory.deleted).toEqual([]);
      expect(statusOf(stack, ada)).toBe(status);
      // GenAuth may also have shown the time of the suspension late.
      expect(text).toContain(
        status === "Suspended" ? "somebody has set it again" : "somebody has changed their status",
      );
      await stack.declare(everybody);
      expect(statusOf(stack, ada)).toBe(status);
    },
  );

  test("while others are suspended in the same apply: the deletion does not wait for them after its look-up", async () => {
    const stack = await adaWaits();
    stack.directory.letPass(20);
    await stack.declare([eve, dan]);
    const changes = stack.directory.calls.filter(({ method }) => /deleteUsers|setStatus/.test(method));
    expect(changes.map(({ method }) => method)).toEqual(["deleteUsers", "setStatus"]);
  });

  test("who was suspended before is not reactivated, and waits", async () => {
    const stack = new SuspendingStack(new ModelDirectory(everybody));
    await stack.declare(everybody);
    stack.directory.changeStatus(ada.userId, "Suspended");
    const { text } = await stack.declare(withoutAda);
    expect(stack.suspensions).toEqual({ [ADA]: "not suspended by this set" });
    expect(text).toContain("not certain that this set suspended them");
    await stack.declare(everybody);
    expect(statusOf(stack, ada)).toBe("Suspended");
    expect(stack.suspended).toEqual({});
  });
});

test.each(["hidden", "unchanged"] as const)(
  "statusChangedAt %s: nobody counts as ours, and that is told",
  async (shows) => {
    const stack = new SuspendingStack(new ModelDirectory(everybody));
    stack.directory.statusChangedAt = shows;
    await stack.declare(everybody);
    const { text } = await stack.declare(withoutAda);
    expect(text).toContain("not certain that this set suspended them");
    await stack.declare(everybody);
    expect(statusOf(stack, ada)).toBe("Suspended");
  },
);

describe("kept while they wait", () => {
  test.each([
    ["retained", { retained: [ADA] }, {}],
    ["retained under another spelling", { retained: [ADA.toUpperCase()] }, {}],
    [
      "protected by the operator under another id",
      {},
      {
        protectedIds: new Map([[UserIdType.USERNAME, ["person1"]]]),
        operatorProtectedIds: new Map([[UserIdType.USERNAME, ["person1"]]]),
      },
    ],
  ])("%s: released, suspended, and never deleted", async (_, set, options) => {
    const stack = await adaWaits();
    stack.directory.letPass(20);
    const { text } = await stack.declare(withoutAda, set, options);
    expect(text).toContain("Released because");
    expect(stack.suspended).toEqual({});
    await stack.declare(withoutAda);
    expect(stack.directory.deleted).toEqual([]);
    expect(statusOf(stack, ada)).toBe("Suspended");
  });
});

describe("kept right before the suspension", () => {
  const admin = { username: "admin" };
  const protectedIds = new Map([[UserIdType.USERNAME, ["admin"]]]);
  test.each([
    ["protected", UserIdType.EMAIL, {}, { protectedIds }],
    ["in the operator's file", UserIdType.EMAIL, {}, { protectedIds, operatorProtectedIds: protectedIds }],
    ["retained", UserIdType.USERNAME, { retained: ["admin"] }, {}],
  ])("%s since the plan's look-up: leaves the set, stays active, told", async (_, type, set, options) => {
    const stack = new SuspendingStack(new ModelDirectory(everybody), type);
    await stack.declare(everybody);
    // The apply plans once more. After its look-up, and before the one right before the call, the user becomes an admin.
    stack.directory.onCall = ({ method, ids, type: by }) => {
      const isLate = by === UserIdType.USER_ID && method === "findUsers" && ids.includes(eve.userId);
      if (isLate) stack.directory.put({ ...(stack.directory.get(eve.userId) ?? eve), ...admin });
    };
    const { errors, text } = await stack.declare([dan], set, options);
    expect(errors).toEqual([]);
    expect(statusOf(stack, eve)).toBe("Activated");
    expect([ada, bob].map((user) => statusOf(stack, user))).toEqual(["Suspended", "Suspended"]);
    expect(text).toContain("1 user left the set and stays in GenAuth");
    expect(text).toMatch(/Kept because the (id is in retained_user_ids|user is protected)/);
    expect(Object.keys(stack.suspended)).toEqual([ada, bob].map((user) => idOf(user, type)));
    expect(stack.suspensions[idOf(eve, type)]).toBe("not suspended");
    expect(stack.users).toEqual([idOf(dan, type)]);
  });

  test("who has another status by then is kept as well, and does not wait", async () => {
    const stack = new SuspendingStack(new ModelDirectory(everybody));
    await stack.declare(everybody);
    stack.directory.onCall = ({ method, ids, type: by }) => {
      const isLate = by === UserIdType.USER_ID && method === "findUsers" && ids.includes(eve.userId);
      if (isLate) stack.directory.put({ ...eve, ...admin, status: "Archived" });
    };
    await stack.declare([bob, dan], {}, { protectedIds });
    expect(Object.keys(stack.suspended)).toEqual([ADA]);
    expect(statusOf(stack, eve)).toBe("Archived");
  });
});

describe("declared again", () => {
  test.each([
    ["under another spelling", [ADA.toUpperCase()], {}],
    ["in another set", [], { protectedIds: new Map([[UserIdType.USERNAME, ["person1"]]]) }],
  ])("%s: reactivated, even on the day", async (_, ids, options) => {
    const stack = await adaWaits();
    stack.directory.letPass(20);
    await stack.declareIds([...ids, ...withoutAda.map(({ email = "" }) => email)], {}, options);
    expect(statusOf(stack, ada)).toBe("Activated");
    expect(stack.directory.deleted).toEqual([]);
    expect(stack.suspended).toEqual({});
  });

  test("under a new id of the same user: reactivated", async () => {
    const stack = await adaWaits();
    const now = stack.directory.get(ada.userId) ?? ada;
    stack.directory.put({ ...now, email: "ada.new@example.com" });
    await stack.declareIds(["ada.new@example.com", ...withoutAda.map(({ email = "" }) => email)]);
    expect(statusOf(stack, ada)).toBe("Activated");
    expect(stack.suspended).toEqual({});
  });

  test("two ids of one user: both wait, the user is reactivated once and deleted once", async () => {
    const directory = new ModelDirectory([...everybody, person(9)]);
    const phones = ["+8613800000009", "13800000009"];
    const rest = everybody.map((user) => idOf(user, UserIdType.PHONE));
    const stack = new SuspendingStack(directory, UserIdType.PHONE);
    await stack.declareIds([...phones, ...rest]);
    await stack.declareIds(rest);
    expect(Object.keys(stack.suspended).sort()).toEqual([...phones].sort());
    expect(directory.statusesSet).toHaveLength(1);
    await stack.declareIds([...phones, ...rest]);
    expect(directory.callsOf("setStatus").map(({ ids }) => ids)).toEqual([[person(9).userId]]);
    expect(stack.suspended).toEqual({});
    await stack.declareIds(rest);
    directory.letPass(20);
    await stack.declareIds(rest);
    expect(directory.deleted).toEqual([person(9).userId]);
    expect(stack.suspended).toEqual({});
  });
});

test("the headline about those who wait names who is reactivated or kept, and nobody who is deleted", async () => {
  const stack = await adaWaits();
  await stack.declare([eve, dan]);
  stack.directory.letPass(20);
  const held = await stack.declare([eve, dan], { maxDeletions: 1 });
  expect(held.text).toContain(`2 suspended users cannot be deleted yet: ${ADA}, …`);
  const { text } = await stack.declare([bob, eve, dan]);
  expect(text).toContain(`1 user will be permanently deleted from GenAuth in 1 call: ${ADA}\n`);
  expect(text).toContain(`1 user will be reactivated: ${BOB}\n`);
});

describe("days", () => {
  test("every plan says the day, also one that knows GenAuth's time only from its own look-ups", async () => {
    const stack = new SuspendingStack(new ModelDirectory(everybody));
    await stack.declare(everybody);
    // As in the process of an apply, or with -refresh=false: no call has been made before the plan.
    const beforeApply = () => stack.directory.forget();
    const { text } = await stack.declare(withoutAda, {}, { beforeApply });
    const said = "be suspended, and deleted 14 days later (2026-01-16 if applied today)";
    expect(text).toContain(`1 user will ${said}`);
    expect(text).toContain(`1 user is to ${said}`);
  });

  test("a longer suspend_days postpones, a shorter one and none do not bring forward", async () => {
    const stack = await adaWaits();
    await stack.declare(withoutAda, { suspendDays: 2 });
    expect(stack.suspended).toEqual({ [ADA]: FIFTEEN_DAYS_LATER });
    await stack.declare(withoutAda, { suspendDays: 0 });
    expect(stack.suspended).toEqual({ [ADA]: FIFTEEN_DAYS_LATER });
    stack.directory.letPass(20);
    await stack.declare(withoutAda, { suspendDays: 30 });
    expect(stack.suspended).toEqual({ [ADA]: "2026-02-15T00:00:00Z" });
    expect(stack.directory.deleted).toEqual([]);
    await stack.declare(withoutAda, { suspendDays: 30 });
    expect(stack.directory.deleted).toEqual([]);
  });

  const DAY_MS = 24 * 60 * 60 * 1000;
  const lateBy = (days: number, stack: SuspendingStack) => () => {
    const { directory } = stack;
    const now = directory.serviceTime() ?? 0;
    directory.serviceTime = () => now - days * DAY_MS;
  };

  test("an outdated date at the suspension does not end the days: GenAuth shows when the status changed", async () => {
    const stack = new SuspendingStack(new ModelDirectory(everybody));
    await stack.declare(everybody);
    const { errors } = await stack.declare(withoutAda, {}, { afterRefresh: lateBy(30, stack) });
    expect(errors).toEqual([]);
    expect(stack.suspended).toEqual({ [ADA]: FIFTEEN_DAYS_LATER });
  });

  test("nor does one where the status changed long ago: the set has seen a later time", async () => {
    const stack = new SuspendingStack(new ModelDirectory(everybody));
    await stack.declare(everybody);
    stack.directory.changeStatus(ada.userId, "Deactivated");
    stack.directory.letPass(100);
    await stack.declare(everybody);
    const { errors } = await stack.declare(withoutAda, {}, { beforeApply: lateBy(30, stack) });
    expect(errors).toEqual([]);
    expect(stack.suspended).toEqual({ [ADA]: "2026-04-26T00:00:00Z" });
  });

  test("a plan says that the clocks are more than a day apart, only where a day counts", async () => {
    const stack = new SuspendingStack(new ModelDirectory(everybody));
    const now = Date.now();
    stack.directory.serviceTime = () => now - 14.9 * DAY_MS;
    expect((await stack.declare(everybody)).text).not.toContain("clocks");
    const { text } = await stack.declare(withoutAda);
    expect(text).toContain("The clocks of GenAuth and of this machine are 15 days apart");
    stack.directory.serviceTime = () => now - 0.5 * DAY_MS;
    expect((await stack.declare([eve, dan])).text).not.toContain("clocks");
  });

  test("a clock that went back deletes nobody, and one without a date suspends nobody", async () => {
    const stack = await adaWaits();
    stack.directory.letPass(-400);
    await stack.declare(withoutAda);
    expect(stack.directory.deleted).toEqual([]);
    stack.directory.serviceTime = () => undefined;
    const { text } = await stack.declare([eve, dan]);
    expect(text).toContain("no Date header");
    expect(statusOf(stack, bob)).toBe("Activated");
    expect(stack.users).toContain(BOB);
    expect(stack.directory.deleted).toEqual([]);
  });
});

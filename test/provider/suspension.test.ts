import { describe, expect, test } from "@jest/globals";
import { UserIdType } from "../../src/users";
import { LOST, OUTAGE, REFUSED } from "../users/support/failures";
import { type Fault, ModelDirectory } from "../users/support/model-directory";
import { idOf, people, person } from "../users/support/people";
import type { StackOptions } from "./support/in-process-stack";
import { SuspendingStack } from "./support/suspending-stack";

const everybody = people(1, 4);
const [ada, bob, eve, dan] = [person(1), person(2), person(3), person(4)];
const ADA = idOf(ada, UserIdType.EMAIL);
const BOB = idOf(bob, UserIdType.EMAIL);
const withoutAda = [bob, eve, dan];
const FIFTEEN_DAYS_LATER = "2026-01-16T00:00:00Z";

async function adaWaits(type = UserIdType.EMAIL): Promise<SuspendingStack> {
  const stack = new SuspendingStack(new ModelDirectory(everybody), type);
  await stack.declare(everybody);
  const { errors } = await stack.declare(withoutAda);
  expect(errors).toEqual([]);
  expect(stack.suspended).toEqual({ [idOf(ada, type)]: FIFTEEN_DAYS_LATER });
  return stack;
}

function statusOf({ directory }: SuspendingStack, { userId }: { readonly userId: string }) {
  return directory.get(userId)?.status;
}

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
      expect(text).toContain("somebody has changed their status");
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
    const said = "1 user will be suspended, and deleted 14 days later (2026-01-16 if applied today)";
    expect(text.split(said)).toHaveLength(3);
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

describe("limits", () => {
  async function twoAreDue(): Promise<SuspendingStack> {
    const stack = await adaWaits();
    await stack.declare([eve, dan]);
    stack.directory.letPass(20);
    return stack;
  }

  test("more due than max_deletions: all wait, and the rest of the change goes on", async () => {
    const stack = await twoAreDue();
    const { errors, text } = await stack.declare([dan], { maxDeletions: 1 });
    expect(errors).toEqual([]);
    expect(text).toContain("cannot be deleted yet");
    expect(stack.directory.deleted).toEqual([]);
    expect(statusOf(stack, eve)).toBe("Suspended");
    expect(Object.keys(stack.suspended)).toHaveLength(3);
  });

  test("more due than the operator's limit: all wait", async () => {
    const stack = await twoAreDue();
    const { errors } = await stack.declare([eve, dan], {}, { limits: { maxDeletions: 1 } });
    expect(errors).toEqual([]);
    expect(stack.directory.deleted).toEqual([]);
    expect(Object.keys(stack.suspended)).toHaveLength(2);
  });

  test("held at the refresh, or only at the apply: nobody is deleted, and nobody lost", async () => {
    const stack = await twoAreDue();
    await stack.declare([eve, dan], {}, { limits: { holdDueDeletions: true } });
    expect(stack.directory.deleted).toEqual([]);
    const limits: { holdDueDeletions?: true } = {};
    const beforeApply = () => void (limits.holdDueDeletions = true);
    const { text } = await stack.declare([eve, dan], {}, { limits, beforeApply });
    expect(text).toContain("GENAUTH_DUE_DELETIONS=hold");
    expect(stack.directory.deleted).toEqual([]);
    expect(Object.keys(stack.suspended)).toHaveLength(2);
  });
});

describe("a plan that would only say that nobody is deleted is empty, with its warning", () => {
  async function isDue(): Promise<SuspendingStack> {
    const stack = await adaWaits();
    stack.directory.letPass(20);
    return stack;
  }
  const few = { maxDeletions: 0 };

  test("more due than max_deletions, which the first plan sets", async () => {
    const stack = await isDue();
    const { isChanged } = await stack.declare(withoutAda, few);
    expect(isChanged).toBe(true);
    expect(stack.removals).toEqual({ [ADA]: "not deleted" });
    const again = await stack.declare(withoutAda, few);
    expect(again).toMatchObject({ errors: [], isChanged: false });
    expect(again.text).toContain("max_deletions (0)");
    const raised = await stack.declare(withoutAda);
    expect(raised).toMatchObject({ errors: [], isChanged: true });
    expect(stack.directory.deleted).toEqual([ada.userId]);
  });

  test.each<[string, Partial<StackOptions>, (stack: SuspendingStack) => void, string]>([
    [
      "more due than the operator allows",
      { limits: { maxDeletions: 0 } },
      () => undefined,
      "All of them wait",
    ],
    ["held at the refresh", { limits: { holdDueDeletions: true } }, () => undefined, ""],
    ["hidden", {}, ({ directory }) => (directory.showsSuspended = false), "Not shown"],
    [
      "without a status",
      {},
      ({ directory }) => (directory.showsStatus = false),
      "does not show their status",
    ],
    [
      "refused look-ups",
      {},
      ({ directory }) => {
        directory.fault = ({ ids }) => (ids.includes(ada.userId) ? { failure: REFUSED } : undefined);
      },
      "could not be looked up",
    ],
  ])("%s", async (_, options, happen, says) => {
    const stack = await isDue();
    happen(stack);
    const { errors, isChanged, text } = await stack.declare(withoutAda, {}, options);
    expect(errors).toEqual([]);
    expect(text).toContain(says);
    expect(isChanged).toBe(false);
    expect(stack.directory.deleted).toEqual([]);
    expect(Object.keys(stack.suspended)).toEqual([ADA]);
    // As soon as something else of the set changes, the plan says what it does not do.
    const more = await stack.declare(withoutAda, { maxDeletions: 999 }, options);
    expect(more).toMatchObject({ errors: [], isChanged: true });
    // Those whom the refresh does not show are not marked as due, like those whom it holds.
    const isMarked = says !== "" && says !== "Not shown";
    expect(stack.removals).toEqual(isMarked ? { [ADA]: "not deleted" } : {});
    expect(stack.directory.deleted).toEqual([]);
    expect(Object.keys(stack.suspended)).toContain(ADA);
  });

  test("one of two who are due cannot be looked up: the other one is deleted, and the plan shows both", async () => {
    const stack = await adaWaits();
    await stack.declare([eve, dan]);
    stack.directory.letPass(20);
    stack.directory.fault = ({ ids }) => (ids.includes(ada.userId) ? { failure: REFUSED } : undefined);
    const { isChanged } = await stack.declare([eve, dan]);
    expect(isChanged).toBe(true);
    expect(stack.directory.deleted).toEqual([bob.userId]);
    expect(Object.keys(stack.suspended)).toEqual([ADA]);
    expect((await stack.declare([eve, dan])).isChanged).toBe(false);
  });

  test("hidden from plan to apply: the apply ends without an error, and so does the next plan", async () => {
    const stack = await isDue();
    const beforeApply = () => void (stack.directory.showsSuspended = false);
    const { errors, isChanged } = await stack.declare(withoutAda, {}, { beforeApply });
    expect({ errors, isChanged }).toEqual({ errors: [], isChanged: true });
    expect(stack.removals).toEqual({ [ADA]: "not deleted" });
    expect((await stack.declare(withoutAda)).isChanged).toBe(false);
    expect(stack.directory.deleted).toEqual([]);
  });

  test("without a refresh, a plan may be that of an apply, and says whom it does not delete", async () => {
    const stack = await isDue();
    await stack.declare(withoutAda, few);
    expect((await stack.declare(withoutAda, few)).isChanged).toBe(false);
    const { errors, isChanged } = await stack.declare(withoutAda, few, { withoutRefresh: true });
    expect({ errors, isChanged }).toEqual({ errors: [], isChanged: true });
    expect(stack.removals).toEqual({ [ADA]: "not deleted" });
    expect(stack.directory.deleted).toEqual([]);
  });
});

describe("GenAuth refuses", () => {
  const FORBIDDEN = { ...REFUSED, statusCode: 403, reach: "every_call" } as const;

  test("updates only: nobody is deleted instead, and who is due is still deleted", async () => {
    const stack = await adaWaits();
    stack.directory.letPass(20);
    stack.directory.fault = ({ method }) => (method === "setStatus" ? { failure: FORBIDDEN } : undefined);
    const { errors } = await stack.declare([eve, dan]);
    expect(errors).toEqual(["1 removed user is not suspended"]);
    expect(stack.directory.deleted).toEqual([ada.userId]);
    expect(statusOf(stack, bob)).toBe("Activated");
    expect(stack.users).toContain(BOB);
  });

  test("every look-up of one who waits: the refresh fails, says of whom, and changes nothing", async () => {
    const stack = await adaWaits();
    stack.directory.letPass(20);
    stack.directory.fault = ({ ids }) => (ids.includes(ada.userId) ? { failure: FORBIDDEN } : undefined);
    const { errors, text } = await stack.declare([eve, dan]);
    expect(errors).toEqual(["Cannot look up the users"]);
    expect(text).toContain("1 of 1 suspended user could not be looked up");
    expect(stack.directory.deleted).toEqual([]);
    expect(Object.keys(stack.suspended)).toEqual([ADA]);
  });

  test("the look-up of one who waits: the set is refreshed all the same, and the user waits on", async () => {
    const stack = await adaWaits();
    stack.directory.fault = ({ ids }) => (ids.includes(ada.userId) ? { failure: REFUSED } : undefined);
    stack.directory.letPass(20);
    const { errors } = await stack.declare([eve, dan]);
    expect(errors).toEqual([]);
    expect(stack.directory.deleted).toEqual([]);
    expect(Object.keys(stack.suspended)).toEqual([ADA, BOB]);
  });
});

describe("look-ups that show no status", () => {
  test("nobody is suspended or deleted, and that is told", async () => {
    const stack = new SuspendingStack(new ModelDirectory(everybody));
    stack.directory.showsStatus = false;
    await stack.declare(everybody);
    for (let day = 0; day < 40; day += 20) {
      const { errors, text } = await stack.declare(withoutAda);
      expect(errors).toEqual(["1 removed user is not suspended"]);
      expect(text).toContain("GenAuth does not show the user's status");
      stack.directory.letPass(20);
    }
    expect(stack.directory.deleted.length + stack.directory.statusesSet.length).toBe(0);
    expect(stack.users).toContain(ADA);
    expect(stack.suspended).toEqual({});
  });

  test("who waits is not deleted, and not forgotten", async () => {
    const stack = await adaWaits();
    stack.directory.letPass(20);
    stack.directory.showsStatus = false;
    const { errors, text } = await stack.declare(withoutAda);
    expect(errors).toEqual([]);
    expect(text).toContain("GenAuth does not show their status");
    expect(stack.directory.deleted).toEqual([]);
    expect(Object.keys(stack.suspended)).toEqual([ADA]);
    stack.directory.showsStatus = true;
    await stack.declare(withoutAda);
    expect(stack.directory.deleted).toEqual([ada.userId]);
  });

  test("from plan to apply: who is due is not deleted, waits on, and is told", async () => {
    const stack = await adaWaits();
    stack.directory.letPass(20);
    const beforeApply = () => void (stack.directory.showsStatus = false);
    const { errors, text } = await stack.declare(withoutAda, {}, { beforeApply });
    expect(errors).toEqual([]);
    expect(text).toContain("GenAuth does not show their status");
    expect(stack.directory.deleted).toEqual([]);
    expect(Object.keys(stack.suspended)).toEqual([ADA]);
  });

  test("only right before the call: the same", async () => {
    const stack = await adaWaits();
    stack.directory.letPass(20);
    let looks = 0;
    const beforeApply = () => {
      stack.directory.onCall = ({ method, type }) => {
        if (method === "findUsers" && type === UserIdType.EMAIL) looks += 1;
        // The apply plans, looks up again, and once more right before the call.
        stack.directory.showsStatus = looks < 3;
      };
    };
    const { text } = await stack.declare(withoutAda, {}, { beforeApply });
    expect(text).toContain("GenAuth does not show their status");
    expect(stack.directory.callsOf("deleteUsers")).toEqual([]);
    expect(Object.keys(stack.suspended)).toEqual([ADA]);
  });

  test("who is declared again waits for the reactivation", async () => {
    const stack = await adaWaits();
    stack.directory.showsStatus = false;
    const { text } = await stack.declare(everybody);
    expect(text).toContain("GenAuth does not show their status");
    expect(Object.keys(stack.suspended)).toEqual([ADA]);
    stack.directory.showsStatus = true;
    await stack.declare(everybody);
    expect(statusOf(stack, ada)).toBe("Activated");
    expect(stack.suspended).toEqual({});
  });
});

test("an incremental refresh looks up those who wait, and marks who is due", async () => {
  const crowd = people(1, 200);
  const stack = new SuspendingStack(new ModelDirectory(crowd));
  const archive = { archivedSince: () => Promise.resolve({ ok: true, value: [] } as const) };
  const incremental = { archive, now: 1_000_000, pool: "pool", key: "key", fullLasts: 1_000_000 };
  const declare = () => stack.declare(crowd.slice(1), {}, { incremental });
  await stack.declare(crowd, {}, { incremental });
  // The first refresh looks up everybody, and keeps a checkpoint.
  await stack.declare(crowd, {}, { incremental });
  await declare();
  expect(stack.suspended).toEqual({ [ADA]: FIFTEEN_DAYS_LATER });
  await declare();
  const looked = stack.directory.callsOf("findUsers").map(({ ids }) => ids);
  // One look-up each by refresh, plan and the plan of the apply, and nobody else.
  expect(new Set(looked.flat())).toEqual(new Set([ada.userId]));
  expect(stack.waiting.get(ADA)?.isDue).toBe(false);
  stack.directory.letPass(20);
  const due: boolean[] = [];
  const afterRefresh = () => due.push(stack.directory.calls.some(({ ids }) => ids.includes(ada.userId)));
  const { errors, text } = await stack.declare(crowd.slice(1), {}, { incremental, afterRefresh });
  expect(errors).toEqual([]);
  expect(due).toEqual([true]);
  expect(text).toContain("1 user will be permanently deleted");
  expect(stack.directory.deleted).toEqual([ada.userId]);
  expect(stack.suspended).toEqual({});
});

test("look-ups that hide suspended users: nobody stays suspended, and nobody is lost", async () => {
  const stack = new SuspendingStack(new ModelDirectory(everybody));
  stack.directory.showsSuspended = false;
  await stack.declare(everybody);
  const { errors } = await stack.declare([dan]);
  expect(errors).toEqual(["3 of 3 removed users are not suspended"]);
  expect(everybody.map((user) => statusOf(stack, user))).toEqual(Array(4).fill("Activated"));
  expect(stack.directory.statusesSet).toHaveLength(2);
  expect(stack.users).toHaveLength(4);
});

test("somebody who waits and is no longer shown waits on, is never gone, and no sign of a wrong pool", async () => {
  const stack = await adaWaits();
  stack.directory.showsSuspended = false;
  stack.directory.letPass(20);
  const { errors, text } = await stack.declare(withoutAda, {}, { acceptEmptyPool: false });
  expect(errors).toEqual([]);
  expect(text).toContain("Not shown");
  expect(Object.keys(stack.suspended)).toEqual([ADA]);
  // An element would change the plan, which would then never be empty again.
  expect(stack.removals).toEqual({});
  stack.directory.showsSuspended = true;
  await stack.declare(withoutAda);
  expect(stack.directory.deleted).toEqual([ada.userId]);
});

test("private data lost: released and told, nobody deleted or reactivated", async () => {
  const stack = await adaWaits();
  stack.kept = { ...stack.kept, privateData: new Uint8Array() };
  stack.directory.letPass(20);
  const { text } = await stack.declare(everybody);
  expect(text).toContain("its private data is missing");
  expect(stack.suspended).toEqual({});
  expect(statusOf(stack, ada)).toBe("Suspended");
  expect(stack.directory.deleted).toEqual([]);
});

test("a changed id type is refused while somebody waits", async () => {
  const stack = await adaWaits();
  const users = new Map(withoutAda.map(({ username = "" }) => [username, ""]));
  const { errors } = await stack.declare(withoutAda, { type: UserIdType.USERNAME, users });
  expect(errors).toEqual(["1 suspended user would be forgotten"]);
  expect(Object.keys(stack.suspended)).toEqual([ADA]);
});

test("interrupted before anything is sent: everybody stays in the set, and nobody is suspended or deleted", async () => {
  const stack = await adaWaits();
  stack.directory.letPass(20);
  const controller = new AbortController();
  const { errors } = await stack.declare(
    [eve, dan],
    {},
    { stop: controller.signal, beforeApply: () => controller.abort() },
  );
  expect(errors).not.toEqual([]);
  expect(stack.directory.deleted).toEqual([]);
  expect(statusOf(stack, bob)).toBe("Activated");
  expect(stack.users).toContain(BOB);
  expect(Object.keys(stack.suspended)).toEqual([ADA]);
});

describe("a look-up of those who wait fails at apply", () => {
  /** Ada is declared again, and her look-ups at apply fail from the given one on: the second plan's is the first. */
  async function adaReturns(fault: Fault, from: number) {
    const stack = await adaWaits();
    let looks = -Infinity;
    stack.directory.fault = ({ ids }) => (ids.includes(ada.userId) && ++looks >= from ? fault : undefined);
    const run = await stack.declare(everybody, {}, { beforeApply: () => void (looks = 0) });
    stack.directory.fault = () => undefined;
    expect(statusOf(stack, ada)).toBe("Suspended");
    expect(Object.keys(stack.suspended)).toEqual([ADA]);
    await stack.declare(everybody);
    expect(statusOf(stack, ada)).toBe("Activated");
    expect(stack.suspended).toEqual({});
    return run;
  }

  test.each([
    ["refused", REFUSED],
    ["lost", LOST],
  ])("%s at the second plan: told, and reactivated next time", async (_, failure) => {
    const { errors, text } = await adaReturns({ failure }, 1);
    expect(errors).toEqual([]);
    expect(text).toContain("1 suspended user cannot be reactivated yet");
    expect(text).toContain("Declared again, but not reactivated: they could not be looked up.");
  });

  test.each([
    ["refused", REFUSED],
    ["lost", LOST],
  ])("%s after it: the apply fails, and the next one reactivates", async (_, failure) => {
    const { errors } = await adaReturns({ failure }, 2);
    expect(errors).toEqual(["1 declared user is still suspended"]);
  });

  test("does not show the user: told, and reactivated next time", async () => {
    const { errors, text } = await adaReturns({ omit: true }, 2);
    expect(errors).toEqual([]);
    expect(text).toContain("Not shown");
  });
});

describe("a deletion that could not be confirmed", () => {
  async function adaIsDeletedUnseen(): Promise<SuspendingStack> {
    const stack = await adaWaits();
    stack.directory.letPass(20);
    stack.directory.fault = ({ method, ids }) =>
      method !== "deleteUsers" && ids.includes(ada.userId) && stack.directory.deleted.length > 0
        ? { failure: LOST }
        : undefined;
    const { errors } = await stack.declare(withoutAda);
    expect(errors).toEqual(["1 suspended user who was due is not confirmed gone from GenAuth"]);
    expect(Object.keys(stack.suspended)).toEqual([ADA]);
    stack.directory.fault = () => undefined;
    return stack;
  }

  test("no look-up shows the user any more: gone, and told", async () => {
    const stack = await adaIsDeletedUnseen();
    const { errors, text } = await stack.declare(withoutAda);
    expect(errors).toEqual([]);
    expect(text).toContain("1 suspended user is gone");
    expect(stack.suspended).toEqual({});
  });

  test("the user is still there: deleted again", async () => {
    const stack = await adaIsDeletedUnseen();
    const { status = "", statusChangedAt = "" } = stack.waiting.get(ADA) ?? {};
    stack.directory.put({ ...ada, status, statusChangedAt });
    await stack.declare(withoutAda);
    expect(stack.directory.deleted).toEqual([ada.userId]);
    expect(stack.suspended).toEqual({});
  });

  test("a look-up that misses the user at plan only: not forgotten", async () => {
    const stack = await adaIsDeletedUnseen();
    const { status = "", statusChangedAt = "" } = stack.waiting.get(ADA) ?? {};
    const beforeApply = () => stack.directory.put({ ...ada, status, statusChangedAt });
    await stack.declare(withoutAda, {}, { beforeApply });
    expect(Object.keys(stack.suspended)).toEqual([ADA]);
    await stack.declare(withoutAda);
    expect(stack.directory.has(ada.userId)).toBe(false);
    expect(stack.suspended).toEqual({});
  });
});

test.each([OUTAGE, REFUSED])(
  "a deletion that was not carried out does not make somebody who is no longer shown gone: $message",
  async (failure) => {
    const stack = await adaWaits();
    stack.directory.letPass(20);
    stack.directory.fault = ({ method }) => (method === "deleteUsers" ? { failure } : undefined);
    const { errors } = await stack.declare(withoutAda);
    expect(errors).toEqual(["1 suspended user who was due is not confirmed gone from GenAuth"]);
    stack.directory.fault = () => undefined;
    stack.directory.showsSuspended = false;
    const { text } = await stack.declare(withoutAda);
    expect(text).toContain("Not shown");
    expect(Object.keys(stack.suspended)).toEqual([ADA]);
    stack.directory.showsSuspended = true;
    await stack.declare(withoutAda);
    expect(stack.directory.deleted).toEqual([ada.userId]);
  },
);

test("released only at apply, because somebody changed the status right before: told", async () => {
  const stack = new SuspendingStack(new ModelDirectory(everybody));
  await stack.declare(everybody);
  await stack.declare([eve, dan]);
  let lookUps = -Infinity;
  stack.directory.fault = ({ method, ids }) => {
    if (method === "findUsers" && ids.includes(ada.userId)) lookUps += 1;
    if (lookUps === 2) stack.directory.changeStatus(ada.userId, "Activated");
    return undefined;
  };
  const { text } = await stack.declare([eve, dan], { retained: [BOB] }, { beforeApply: () => (lookUps = 0) });
  expect(stack.suspended).toEqual({});
  expect(text).toMatch(new RegExp(`somebody has changed their status since it was set.*\n  ${ADA}`));
});

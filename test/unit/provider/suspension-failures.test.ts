import { describe, expect, test } from "@jest/globals";
import { UserIdType } from "../../../src/users";
import { LOST, OUTAGE, REFUSED } from "../../support/users/failures";
import { type Fault, ModelDirectory } from "../../support/users/model-directory";
import { people, person } from "../../support/users/people";
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

describe("GenAuth refuses", () => {
  const FORBIDDEN = { ...REFUSED, statusCode: 403, reach: "every_call" } as const;

  test("updates only: nobody is deleted instead, and who is due is still deleted", async () => {
    const stack = await adaWaits();
    stack.directory.letPass(20);
    stack.directory.fault = ({ method }) => (method === "setStatus" ? { failure: FORBIDDEN } : undefined);
    const { errors } = await stack.declare([eve, dan]);
    expect(errors).toEqual(["1 removed user is not suspended"]);
    expect(stack.directory.deleted).toEqual([ada.userId]);
    expect(stack.suspensions).toEqual({ [BOB]: "not confirmed suspended" });
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
    expect(text).toContain("1 suspended user cannot be reactivated yet");
    expect(text).not.toContain("cannot be deleted yet");
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

test("somebody who waits, is no longer shown and whose id passed on is released, and told to whom", async () => {
  const stack = await adaWaits();
  stack.directory.remove(ada.userId);
  stack.directory.put({ ...person(5), email: ADA });
  const { errors, text } = await stack.declare(withoutAda);
  expect(errors).toEqual([]);
  expect(text).toContain("the id names somebody else now");
  expect(text).toContain(person(5).userId);
  expect(stack.suspended).toEqual({});
  stack.directory.letPass(20);
  expect(await stack.declare(withoutAda)).toMatchObject({ text: "", isChanged: false });
  expect(stack.directory.has(person(5).userId)).toBe(true);
});

test("somebody who waits, is hidden and is declared again: no advice that leaves the user suspended", async () => {
  const stack = await adaWaits();
  stack.directory.showsSuspended = false;
  const { text } = await stack.declare(everybody);
  expect(text).toContain("1 suspended user cannot be reactivated yet");
  expect(text).toContain("set their status to Activated in GenAuth's console");
  expect(text).not.toContain("retained_user_ids");
  expect(Object.keys(stack.suspended)).toEqual([ADA]);
});

test.each([
  ["released and told", withoutAda, "its private data is missing", []],
  [
    "named until the status is another one",
    everybody,
    "1 declared user is suspended, perhaps by this set",
    [ADA],
  ],
])("private data lost: %s, nobody deleted or reactivated", async (_, declared, says, lockedOut) => {
  const stack = await adaWaits();
  stack.kept = { ...stack.kept, privateData: new Uint8Array() };
  stack.directory.letPass(20);
  const { text } = await stack.declare(declared);
  expect(text).toContain(says);
  expect(stack.suspended).toEqual({});
  expect(stack.kept.state?.drift).toMatchObject({ locked_out: lockedOut });
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

describe("a suspension that could not be confirmed", () => {
  /** Ada's suspension takes effect, and every look-up of her fails from then on. */
  async function adaIsSuspendedUnseen(): Promise<SuspendingStack> {
    const stack = new SuspendingStack(new ModelDirectory(everybody));
    await stack.declare(everybody);
    stack.directory.fault = ({ method, ids }) =>
      method !== "setStatus" && ids.includes(ada.userId) && stack.directory.statusesSet.length > 0
        ? { failure: LOST }
        : undefined;
    const { errors } = await stack.declare(withoutAda);
    expect(errors).toEqual(["1 removed user is not suspended"]);
    expect(statusOf(stack, ada)).toBe("Suspended");
    stack.directory.fault = () => undefined;
    return stack;
  }

  test("declared again: reactivated, and not before the plan says so", async () => {
    const stack = await adaIsSuspendedUnseen();
    const { errors, text } = await stack.declare(everybody);
    expect(errors).toEqual([]);
    expect(text).toContain("1 user will be reactivated");
    expect(statusOf(stack, ada)).toBe("Activated");
    expect(stack.drift.locked_out).toEqual([]);
    expect(await stack.declare(everybody)).toMatchObject({ text: "", isChanged: false });
  });

  test("declared again by another set: the same", async () => {
    const stack = await adaIsSuspendedUnseen();
    await stack.declare(withoutAda, {}, { protectedIds: new Map([[UserIdType.EMAIL, [ADA]]]) });
    expect(statusOf(stack, ada)).toBe("Activated");
  });

  test("still not declared: waits, and counts as suspended by this set", async () => {
    const stack = await adaIsSuspendedUnseen();
    await stack.declare(withoutAda);
    expect(stack.suspensions).toEqual({ [ADA]: "suspended" });
    await stack.declare(everybody);
    expect(statusOf(stack, ada)).toBe("Activated");
  });

  test("somebody else suspends the user later: named in every plan and in drift, and not reactivated", async () => {
    const stack = await adaIsSuspendedUnseen();
    stack.directory.letPass(1);
    stack.directory.changeStatus(ada.userId, "Suspended");
    for (let run = 0; run < 3; run += 1) {
      const { text } = await stack.declare(everybody);
      expect(text).toContain("1 declared user is suspended, perhaps by this set");
      expect(stack.drift.locked_out).toEqual([ADA]);
    }
    expect((await stack.declare(everybody, {}, { withoutRefresh: true })).isChanged).toBe(false);
    expect(statusOf(stack, ada)).toBe("Suspended");
    await stack.declare(withoutAda);
    expect(stack.suspensions).toEqual({ [ADA]: "not suspended by this set" });
    expect(stack.drift.locked_out).toEqual([]);
  });

  test("somebody else gives the user another status: that stands, and nothing more is said", async () => {
    const stack = await adaIsSuspendedUnseen();
    stack.directory.changeStatus(ada.userId, "Deactivated");
    expect((await stack.declare(everybody)).text).not.toContain("suspended, perhaps");
    expect(statusOf(stack, ada)).toBe("Deactivated");
    expect(stack.drift.locked_out).toEqual([]);
  });

  test("the reactivation fails: in drift, and the next apply tries again", async () => {
    const stack = await adaIsSuspendedUnseen();
    stack.directory.fault = ({ method }) => (method === "setStatus" ? { failure: REFUSED } : undefined);
    expect((await stack.declare(everybody)).errors).toEqual(["1 declared user is still suspended"]);
    expect(stack.drift.locked_out).toEqual([ADA]);
    stack.directory.fault = () => undefined;
    await stack.declare(everybody);
    expect(statusOf(stack, ada)).toBe("Activated");
    expect(stack.drift.locked_out).toEqual([]);
  });

  test("a set-back that fails: the same, once the user is declared again", async () => {
    const stack = new SuspendingStack(new ModelDirectory(everybody));
    await stack.declare(everybody);
    stack.directory.wipes = ["phone"];
    stack.directory.fault = ({ method, status }) =>
      method === "setStatus" && status === "Activated" ? { failure: REFUSED } : undefined;
    const { text } = await stack.declare(withoutAda);
    expect(text).toContain("could not be set back");
    expect(statusOf(stack, ada)).toBe("Suspended");
    stack.directory.fault = () => undefined;
    stack.directory.wipes = [];
    expect((await stack.declare(everybody)).text).toContain("1 user will be reactivated");
    expect(statusOf(stack, ada)).toBe("Activated");
  });

  test("where the time of a status is not shown, who is declared again is named until the status changes", async () => {
    const stack = new SuspendingStack(new ModelDirectory(everybody));
    stack.directory.statusChangedAt = "hidden";
    await stack.declare(everybody);
    await stack.declare(withoutAda);
    for (let run = 0; run < 3; run += 1) {
      const { text } = await stack.declare(everybody);
      expect(text).toContain("not certain that this set suspended them");
      expect(stack.drift.locked_out).toEqual([ADA]);
    }
    stack.directory.changeStatus(ada.userId, "Activated");
    expect((await stack.declare(everybody)).text).toBe("");
    expect(stack.drift.locked_out).toEqual([]);
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

test.each([
  ["still left", withoutAda, "Released because GenAuth no longer shows the same time"],
  [
    "declared again",
    everybody,
    "Declared again, and not changed, because GenAuth no longer shows the same time",
  ],
])(
  "a time of the suspension that GenAuth shows late is not called somebody's change: %s",
  async (_, users, told) => {
    const stack = new SuspendingStack(new ModelDirectory(everybody));
    await stack.declare(everybody);
    stack.directory.statusChangedAt = "hidden";
    await stack.declare(withoutAda);
    const suspended = stack.directory.get(ada.userId) ?? ada;
    stack.directory.statusChangedAt = "shown";
    stack.directory.put({ ...suspended, statusChangedAt: "2026-01-01T00:00:00.000Z" });
    const { text } = await stack.declare(users);
    expect(statusOf(stack, ada)).toBe("Suspended");
    expect(text).toContain(told);
    expect(text).not.toContain("somebody has changed their status");
  },
);

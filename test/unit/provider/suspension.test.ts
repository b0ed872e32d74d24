import { describe, expect, test } from "@jest/globals";
import { lastDrift } from "../../../src/provider/user-set/model";
import { releaseWarning } from "../../../src/provider/user-set/release";
import { type DirectoryUser, UserIdType } from "../../../src/users";
import { contextOver, refresh } from "../../support/provider/refreshed-set";
import { LOST, REFUSED } from "../../support/users/failures";
import { type Fault, ModelDirectory } from "../../support/users/model-directory";
import { idOf, person } from "../../support/users/people";
import {
  ada,
  ADA,
  adaWaits,
  bob,
  dan,
  eve,
  everybody,
  FIFTEEN_DAYS_LATER,
  statusOf,
  withoutAda,
} from "./support/ada-waits";
import { SuspendingStack } from "./support/suspending-stack";

const FORBIDDEN = { ...REFUSED, statusCode: 403, reach: "every_call" } as const;

/** How it may end for Ada: her status in GenAuth, and whether the set remembers that she waits. */
interface End {
  readonly status: string | undefined;
  readonly waits: boolean;
}
const GONE: End = { status: undefined, waits: false };
const REACTIVATED: End = { status: "Activated", waits: false };
const WAITS: End = { status: "Suspended", waits: true };
const RELEASED: End = { status: "Suspended", waits: false };

/** How it ended for Ada. Whatever happens to her, the others are still there. */
function endOf(stack: SuspendingStack): End {
  expect(withoutAda.filter(({ userId }) => !stack.directory.has(userId))).toEqual([]);
  return { status: statusOf(stack, ada), waits: ADA in stack.suspended };
}

/** How it ended for Ada after one more run with these users, in which GenAuth works as it should. */
async function endLater(stack: SuspendingStack, users: readonly DirectoryUser[]): Promise<End> {
  stack.directory.fault = () => undefined;
  stack.directory.showsSuspended = true;
  await stack.declare(users);
  return endOf(stack);
}

/** Ada waited, and the day of her deletion has come. */
async function adaIsDue(): Promise<SuspendingStack> {
  const stack = await adaWaits();
  stack.directory.letPass(20);
  return stack;
}

/** These calls fail, if they change somebody or look Ada up. */
function failCalls(
  { directory }: SuspendingStack,
  fault: Fault,
  method: "any" | "deleteUsers" | "setStatus",
) {
  directory.fault = (call) => {
    const isMeant = method === "any" || call.method === method;
    const isAboutAda = call.method !== "findUsers" || call.ids.includes(ada.userId);
    return isMeant && isAboutAda ? fault : undefined;
  };
}

/** Ada gets another e-mail address, and somebody new gets hers. */
function passAddressOn({ directory }: SuspendingStack): void {
  const shown = directory.get(ada.userId) ?? ada;
  directory.put({ ...shown, email: "former@example.com" });
  directory.put(person(50, { email: ADA }));
}

/** The state loses what the set remembers beside it. */
function losePrivateData(stack: SuspendingStack): void {
  stack.kept = { ...stack.kept, privateData: new Uint8Array() };
}

const BACK = "1 user will be reactivated";
const LOCKED_OUT = "1 declared user suspended in GenAuth";
const STILL_SUSPENDED = "1 user still suspended";

describe("on the day, somebody who stays removed", () => {
  test("is deleted, as the plan says", async () => {
    const stack = await adaIsDue();

    const { errors, text } = await stack.declare(withoutAda);

    expect(errors).toEqual([]);
    expect(text).toContain(`1 user will be permanently deleted from GenAuth in 1 call: ${ADA}`);
    expect(endOf(stack)).toEqual(GONE);
    expect(await endLater(stack, withoutAda)).toEqual(GONE);
  });

  test("waits on while look-ups are forbidden, and is deleted later", async () => {
    const stack = await adaIsDue();
    failCalls(stack, { failure: FORBIDDEN }, "any");

    const { errors, text } = await stack.declare([eve, dan]);

    expect(errors).toEqual(["Cannot look up the users"]);
    expect(text).toContain("1 of 1 suspended user could not be looked up");
    expect(endOf(stack)).toEqual(WAITS);
    expect(await endLater(stack, withoutAda)).toEqual(GONE);
  });

  test("waits on while GenAuth hides suspended users, and is deleted later", async () => {
    const stack = await adaIsDue();
    stack.directory.showsSuspended = false;

    const { errors, text, isChanged } = await stack.declare(withoutAda);

    expect(errors).toEqual([]);
    expect(text).toContain("show nobody who waits here");
    expect(isChanged).toBe(false);
    expect(endOf(stack)).toEqual(WAITS);
    expect(await endLater(stack, withoutAda)).toEqual(GONE);
  });

  test("is released if somebody else has the id by now", async () => {
    const stack = await adaIsDue();
    passAddressOn(stack);

    const { errors, text } = await stack.declare(withoutAda);

    expect(errors).toEqual([]);
    expect(text).toContain("names somebody else now");
    expect(endOf(stack)).toEqual(RELEASED);
    expect(await endLater(stack, withoutAda)).toEqual(RELEASED);
  });

  test("is released if the private data of the set is lost", async () => {
    const stack = await adaIsDue();
    losePrivateData(stack);

    const { errors, text } = await stack.declare(withoutAda);

    expect(errors).toEqual([]);
    expect(text).toContain("its private data is missing");
    expect(endOf(stack)).toEqual(RELEASED);
    expect(await endLater(stack, withoutAda)).toEqual(RELEASED);
  });

  test("waits on while the operator holds, in an empty plan, and is deleted later", async () => {
    const stack = await adaIsDue();

    const { errors, isChanged } = await stack.declare(withoutAda, {}, { limits: { holdDueDeletions: true } });

    expect(errors).toEqual([]);
    expect(isChanged).toBe(false);
    expect(endOf(stack)).toEqual(WAITS);
    expect(await endLater(stack, withoutAda)).toEqual(GONE);
  });

  test("stays due if GenAuth refuses the deletion, and the next run tries again", async () => {
    const stack = await adaIsDue();
    failCalls(stack, { failure: REFUSED }, "deleteUsers");

    const { errors } = await stack.declare(withoutAda);

    expect(errors).toEqual(["1 suspended user due, but not confirmed gone from GenAuth"]);
    expect(endOf(stack)).toEqual(WAITS);
    expect(await endLater(stack, withoutAda)).toEqual(GONE);
  });

  test("waits on if GenAuth's clock says an earlier day again, in an empty plan", async () => {
    const stack = await adaIsDue();
    stack.directory.letPass(-400);

    const { errors, isChanged } = await stack.declare(withoutAda);

    expect(errors).toEqual([]);
    expect(isChanged).toBe(false);
    expect(endOf(stack)).toEqual(WAITS);
    expect(await endLater(stack, withoutAda)).toEqual(WAITS);
  });

  test("is released with the set if its id type changes", async () => {
    const stack = await adaIsDue();

    const { errors, text } = await stack.declareIds([bob.username ?? ""], { type: UserIdType.USERNAME });

    expect(errors).toEqual([]);
    expect(text).toContain("1 suspended user will not be deleted, and stays suspended");
    expect(endOf(stack)).toEqual(RELEASED);
    expect(await endLater(stack, withoutAda)).toEqual(RELEASED);
  });
});

describe("on the day, somebody who is declared again", () => {
  test("is reactivated, by any spelling of the id", async () => {
    const stack = await adaIsDue();
    const ids = [ADA.toUpperCase(), ...withoutAda.map((user) => idOf(user, UserIdType.EMAIL))];

    const { errors, text } = await stack.declareIds(ids);

    expect(errors).toEqual([]);
    expect(text).toContain(BACK);
    expect(endOf(stack)).toEqual(REACTIVATED);
    await stack.declareIds(ids);
    expect(endOf(stack)).toEqual(REACTIVATED);
  });

  test("is reactivated if another set declares the user, under another id", async () => {
    const stack = await adaIsDue();
    const protectedIds = new Map([[UserIdType.USERNAME, [ada.username ?? ""]]]);

    const { errors, text } = await stack.declare(withoutAda, {}, { protectedIds });

    expect(errors).toEqual([]);
    expect(text).toContain(BACK);
    expect(endOf(stack)).toEqual(REACTIVATED);
    expect(await endLater(stack, withoutAda)).toEqual(REACTIVATED);
  });

  test("stays suspended while GenAuth hides suspended users, which fails the run, and returns later", async () => {
    const stack = await adaIsDue();
    stack.directory.showsSuspended = false;

    const { errors } = await stack.declare(everybody);

    expect(errors).toEqual([STILL_SUSPENDED]);
    expect(endOf(stack)).toEqual(WAITS);
    expect(await endLater(stack, everybody)).toEqual(REACTIVATED);
  });

  test("stays suspended if GenAuth refuses the change, which fails the run, and returns later", async () => {
    const stack = await adaIsDue();
    failCalls(stack, { failure: REFUSED }, "setStatus");

    const { errors } = await stack.declare(everybody);

    expect(errors).toEqual([STILL_SUSPENDED]);
    expect(endOf(stack)).toEqual(WAITS);
    expect(await endLater(stack, everybody)).toEqual(REACTIVATED);
  });

  test("is released if the id means somebody else by now", async () => {
    const stack = await adaIsDue();
    passAddressOn(stack);

    const { errors, text } = await stack.declare(everybody);

    expect(errors).toEqual([]);
    expect(text).toContain("names somebody else now");
    expect(endOf(stack)).toEqual(RELEASED);
    expect(await endLater(stack, everybody)).toEqual(RELEASED);
  });

  test("stays suspended, and is named, if the private data of the set is lost", async () => {
    const stack = await adaIsDue();
    losePrivateData(stack);

    const { errors, text } = await stack.declare(everybody);

    expect(errors).toEqual([]);
    expect(text).toContain(LOCKED_OUT);
    expect(endOf(stack)).toEqual(RELEASED);
    expect(await endLater(stack, everybody)).toEqual(RELEASED);
  });
});

test.each(Object.values(UserIdType))("by %s, nobody is deleted before the day", async (type) => {
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

test("a user with two ids waits under both, and is suspended, reactivated and deleted once", async () => {
  const grace = person(9);
  const graceIds = ["+8613800000009", "13800000009"];
  const others = everybody.map((user) => idOf(user, UserIdType.PHONE));
  const directory = new ModelDirectory([...everybody, grace]);
  const stack = new SuspendingStack(directory, UserIdType.PHONE);
  await stack.declareIds([...graceIds, ...others]);

  await stack.declareIds(others);
  expect(Object.keys(stack.suspended).sort()).toEqual([...graceIds].sort());
  expect(directory.statusesSet).toEqual([{ userId: grace.userId, status: "Suspended" }]);

  await stack.declareIds([...graceIds, ...others]);
  expect(directory.callsOf("setStatus").map(({ ids }) => ids)).toEqual([[grace.userId]]);

  await stack.declareIds(others);
  directory.letPass(20);
  await stack.declareIds(others);
  expect(directory.deleted).toEqual([grace.userId]);
  expect(stack.suspended).toEqual({});
});

describe("somebody whose suspension no look-up confirms", () => {
  /** The set suspends Ada, and every look-up of her fails after the call. */
  async function suspendUnseen(): Promise<SuspendingStack> {
    const stack = new SuspendingStack(new ModelDirectory(everybody));
    const { directory } = stack;
    await stack.declare(everybody);
    directory.fault = ({ method, ids }) => {
      const isAfterCall = directory.statusesSet.length > 0;
      const isLookUpOfAda = method !== "setStatus" && ids.includes(ada.userId);
      return isAfterCall && isLookUpOfAda ? { failure: LOST } : undefined;
    };
    const { errors } = await stack.declare(withoutAda);
    expect(errors).toEqual(["1 of 1 removed user not suspended"]);
    directory.fault = () => undefined;
    return stack;
  }

  test("stays suspended when declared again, and is listed in drift", async () => {
    const stack = await suspendUnseen();

    const { text } = await stack.declare(everybody);

    expect(text).toContain(LOCKED_OUT);
    expect(stack.drift.locked_out).toEqual([ADA]);
    expect(endOf(stack)).toEqual(RELEASED);
  });

  test("waits if still not declared, as not suspended by this set", async () => {
    const stack = await suspendUnseen();

    const { text } = await stack.declare(withoutAda);

    expect(text).not.toContain(LOCKED_OUT);
    expect(stack.drift.locked_out).toEqual([]);
    expect(stack.suspensions).toEqual({ [ADA]: "not suspended by this set" });
    expect(endOf(stack)).toEqual(WAITS);
  });
});

test("a suspension that changes other fields names the user, and lists the user in drift when declared again", async () => {
  const stack = new SuspendingStack(new ModelDirectory(everybody));
  await stack.declare(everybody);

  stack.directory.wipes = ["phone"];
  const left = await stack.declare(withoutAda);
  expect(left.text).toContain("also changed other fields of the user: phone");

  stack.directory.wipes = [];
  const back = await stack.declare(everybody);
  expect(back.text).toContain(LOCKED_OUT);
});

test("a suspension that hides the user names the user, who counts as gone after the next refresh", async () => {
  const stack = new SuspendingStack(new ModelDirectory(everybody));
  await stack.declare(everybody);
  stack.directory.showsSuspended = false;

  const left = await stack.declare(withoutAda);

  expect(left.text).toContain(ADA);
  expect(left.text).toContain("Look at this user in GenAuth's console: the user stays suspended.");
  expect(statusOf(stack, ada)).toBe("Suspended");
  // A set that is taken away before a refresh still names her.
  expect(releaseWarning(stack.present.state)[0]?.detail).toContain(`tracks them:\n  ${ADA}`);

  const { kept } = await refresh(stack.present, contextOver(stack.directory));

  expect(stack.drift.survivors).toEqual([ADA]);
  expect(lastDrift(kept.state)?.survivors).toEqual([]);
  expect(releaseWarning(kept.state)[0]?.detail).not.toContain(ADA);
});

test("somebody whom a set forgot, and who is declared again, is named until the status is another one", async () => {
  const stack = await adaWaits();
  losePrivateData(stack);

  for (const _ of ["the run that changes the set", "the run after it"]) {
    const { text } = await stack.declare(everybody);
    expect(text).toContain(LOCKED_OUT);
    expect(stack.drift.locked_out).toEqual([ADA]);
  }

  stack.directory.changeStatus(ada.userId, "Activated");
  const { text } = await stack.declare(everybody);
  expect(text).not.toContain(LOCKED_OUT);
  expect(stack.drift.locked_out).toEqual([]);
});

describe("a plan of suspensions", () => {
  test("says the day, also if it knows GenAuth's time only from its own look-ups", async () => {
    const stack = new SuspendingStack(new ModelDirectory(everybody));
    await stack.declare(everybody);

    // As in the process of an apply, or with -refresh=false: no call has been made before the plan.
    const { text } = await stack.declare(withoutAda, {}, { beforeApply: () => stack.directory.forget() });

    expect(text).toContain(
      "1 user will be suspended, and deleted 14 days later (2026-01-16 if applied today)",
    );
    expect(stack.suspended).toEqual({ [ADA]: FIFTEEN_DAYS_LATER });
  });

  /** GenAuth's clock is behind that of this machine. */
  function setClockBehind({ directory }: SuspendingStack, days: number): void {
    const now = Date.now() - days * 24 * 60 * 60 * 1000;
    directory.serviceTime = () => now;
  }

  test("warns of clocks that are more than a day apart", async () => {
    const stack = new SuspendingStack(new ModelDirectory(everybody));
    await stack.declare(everybody);
    setClockBehind(stack, 14.9);

    const { text } = await stack.declare(withoutAda);

    expect(text).toContain("The clocks of GenAuth and of this machine are 15 days apart");
  });

  test("says nothing of clocks that are half a day apart", async () => {
    const stack = new SuspendingStack(new ModelDirectory(everybody));
    await stack.declare(everybody);
    setClockBehind(stack, 0.5);

    expect((await stack.declare(withoutAda)).text).not.toContain("clocks");
  });

  test("says nothing of the clocks while nobody leaves", async () => {
    const stack = new SuspendingStack(new ModelDirectory(everybody));
    setClockBehind(stack, 14.9);

    expect((await stack.declare(everybody)).text).not.toContain("clocks");
  });
});

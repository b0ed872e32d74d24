import { describe, expect, test } from "@jest/globals";
import { lastDrift } from "../../../src/provider/user-set/model";
import { releaseWarning } from "../../../src/provider/user-set/release";
import { UserIdType } from "../../../src/users";
import { contextOver, refresh } from "../../support/provider/refreshed-set";
import { LOST } from "../../support/users/failures";
import { ModelDirectory } from "../../support/users/model-directory";
import { idOf, person } from "../../support/users/people";
import {
  ada,
  ADA,
  adaWaits,
  everybody,
  FIFTEEN_DAYS_LATER,
  statusOf,
  withoutAda,
  endOf,
  LOCKED_OUT,
  losePrivateData,
  RELEASED,
  WAITS,
} from "./support/ada-waits";
import { SuspendingStack } from "./support/suspending-stack";

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

import { describe, expect, test } from "@jest/globals";
import { type DirectoryUser, UserIdType } from "../../../src/users";
import { REFUSED } from "../../support/users/failures";
import { type Fault } from "../../support/users/model-directory";
import { idOf } from "../../support/users/people";
import {
  ada,
  ADA,
  adaWaits,
  bob,
  dan,
  eve,
  everybody,
  withoutAda,
  type End,
  endOf,
  GONE,
  LOCKED_OUT,
  losePrivateData,
  REACTIVATED,
  RELEASED,
  WAITS,
} from "./support/ada-waits";
import { SuspendingStack } from "./support/suspending-stack";

const FORBIDDEN = { ...REFUSED, statusCode: 403, reach: "every_call" } as const;

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

const BACK = "1 user will be reactivated";
const STILL_SUSPENDED = "1 user still suspended";

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

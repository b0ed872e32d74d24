import { expect, test } from "@jest/globals";
import { UserIdType } from "../../../src/users";
import { ModelDirectory } from "../../support/users/model-directory";
import { idOf, person } from "../../support/users/people";
import { ada, ADA, adaWaits, everybody } from "./support/ada-waits";
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

test("somebody whom a set forgot, and who is declared again, is named until the status is another one", async () => {
  const LOCKED_OUT = "1 declared user suspended in GenAuth";
  const stack = await adaWaits();
  stack.kept = { ...stack.kept, privateData: new Uint8Array() };

  for (const _ of ["the run that changes the set", "the run after it"]) {
    const { text } = await stack.declare(everybody);
    expect(text).toContain(LOCKED_OUT);
    expect(stack.lockedOut).toEqual([ADA]);
  }

  stack.directory.changeStatus(ada.userId, "Activated");
  const { text } = await stack.declare(everybody);
  expect(text).not.toContain(LOCKED_OUT);
  expect(stack.lockedOut).toEqual([]);
});

import { expect, test } from "@jest/globals";
import { UserIdType } from "../../../src/users";
import { ModelDirectory } from "../../support/users/model-directory";
import { idOf, people, person } from "../../support/users/people";
import { SuspendingStack } from "./support/suspending-stack";

const last = person(401);
const stays = person(402);
const LAST = idOf(last, UserIdType.EMAIL);

test("a number of days that goes and comes back does not postpone the day each time", async () => {
  const stack = new SuspendingStack(new ModelDirectory([last, stays]));
  await stack.declare([last, stays]);
  await stack.declare([stays]);
  const day = stack.suspended[LAST];
  for (const suspendDays of [0, 14, 3, 14, 0, 14]) {
    await stack.declare([stays], { suspendDays });
    expect(stack.suspended).toEqual({ [LAST]: day });
  }
  await stack.declare([stays], { suspendDays: 15 });
  expect(Date.parse(String(stack.suspended[LAST])) - Date.parse(String(day))).toBe(24 * 3600 * 1000);
});

test("a refused plan names the first 20 who are due, and says that nobody is deleted", async () => {
  const six = people(402, 407);
  const stack = new SuspendingStack(new ModelDirectory([...people(1, 25), ...six]));
  await stack.declare([...people(1, 25), ...six]);
  await stack.declare(six);
  stack.directory.letPass(20);
  const { errors, text } = await stack.declare([last], { maxDeletionsPercent: 0 });
  expect(errors.join()).toContain("max_deletions_percent");
  expect(text).toContain("Refused: 25 users would be permanently deleted");
  expect(text).toContain(idOf(person(20), UserIdType.EMAIL));
  expect(text).toContain("and 5 more\n");
  expect(stack.directory.deleted).toEqual([]);
});

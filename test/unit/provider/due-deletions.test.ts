import { describe, expect, test } from "@jest/globals";
import { UserIdType } from "../../../src/users";
import { ModelDirectory } from "../../support/users/model-directory";
import { idOf, people, person } from "../../support/users/people";
import type { StackOptions } from "../../support/provider/in-process-stack";
import { OUTAGE } from "../../support/users/failures";
import { SuspendingStack } from "./support/suspending-stack";

const last = person(401);
const stays = person(402);
const LAST = idOf(last, UserIdType.EMAIL);

describe("somebody who waits, and whom no look-up shows any more,", () => {
  const waits = async (): Promise<SuspendingStack> => {
    const stack = new SuspendingStack(new ModelDirectory([last, stays]));
    await stack.declare([last, stays]);
    await stack.declare([stays]);
    expect(Object.keys(stack.suspended)).toEqual([LAST]);
    return stack;
  };

  test.each([
    ["stays", 3],
    ["is declared again", 3],
    ["stays", 20],
  ])("and who %s, is released after %i days if the archive lists the user", async (what, days) => {
    const stack = await waits();
    const { directory } = stack;
    directory.letPass(1);
    directory.remove(last.userId);
    directory.letPass(days);
    const declared = what === "stays" ? [stays] : [last, stays];
    const { errors, text } = await stack.declare(declared, {}, { archive: directory });
    expect(errors).toEqual([]);
    expect(text).toMatch(
      /1 suspended user gone.*\nGone: GenAuth's archive of deleted users lists them.*person401@/s,
    );
    expect(stack.suspended).toEqual({});
    expect(directory.archiveReads).toBe(1);
    const after = await stack.declare(declared, {}, { archive: directory });
    expect(after.text).not.toContain("gone");
    expect(directory.archiveReads).toBe(1);
  });

  test.each<[string, (stack: SuspendingStack) => StackOptions]>([
    ["lists somebody else", ({ directory }) => ({ archive: directory })],
    [
      "cannot be read",
      () => ({ archive: { archivedSince: () => Promise.resolve({ ok: false, failure: OUTAGE }) } }),
    ],
    [
      "is too long to be read",
      () => ({ archive: { archivedSince: () => Promise.resolve({ ok: true, value: undefined }) } }),
    ],
  ])("waits on if the archive %s, and the message names the way out", async (_, archiveOf) => {
    const stack = await waits();
    stack.directory.showsSuspended = false;
    stack.directory.put(person(7));
    stack.directory.remove(person(7).userId);
    const { errors, text } = await stack.declare([stays], {}, archiveOf(stack));
    expect(errors).toEqual([]);
    expect(text).toMatch(/Not shown: .*retained_user_ids for one apply.*person401@/s);
    expect(Object.keys(stack.suspended)).toEqual([LAST]);
  });

  test("without a refresh, is not released: plan and apply could differ", async () => {
    const stack = await waits();
    stack.directory.remove(last.userId);
    await stack.declare([stays], { maxDeletions: 7 }, { archive: stack.directory, withoutRefresh: true });
    expect(Object.keys(stack.suspended)).toEqual([LAST]);
  });
});

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

test("an answer with a clock far in the future spoils nobody's day who leaves later, and a refresh says so", async () => {
  const stack = new SuspendingStack(new ModelDirectory([last, stays, person(1), person(2)]));
  const { directory } = stack;
  await stack.declare([last, stays, person(1), person(2)]);
  const farAhead = 73 * 365;
  directory.letPass(farAhead);
  await stack.declare([stays, person(1), person(2)]);
  directory.letPass(-farAhead);
  expect(stack.suspended).toEqual({ [LAST]: expect.stringMatching(/^2098|^2099/) });

  const { errors, text } = await stack.declare([stays, person(2)]);
  expect(errors).toEqual([]);
  expect(text).toMatch(
    /^GenAuth's clock is 26\d{3} days behind a time that this set has seen.*person401@example\.com/s,
  );
  expect(text).toContain("deleted 14 days later (2026-01-16 if applied today)");
  expect(stack.suspended).toMatchObject({ [idOf(person(1), UserIdType.EMAIL)]: "2026-01-16T00:00:00Z" });
  // It is forgotten, and whoever was suspended by it gets another day in this way.
  expect((await stack.declare([stays, person(2), last])).text).not.toContain("days behind");
  await stack.declare([stays, person(2)]);
  expect(stack.suspended).toMatchObject({ [LAST]: "2026-01-16T00:00:00Z" });
});

test("an answer out of a cache, of some days ago, brings no day forward", async () => {
  const stack = new SuspendingStack(new ModelDirectory([last, stays]));
  await stack.declare([last, stays]);
  await stack.declare([last, stays], { suspendDays: 13 });
  stack.directory.letPass(-20);
  expect((await stack.declare([stays])).text).not.toContain("days behind");
  expect(stack.suspended).toEqual({ [LAST]: "2026-01-16T00:00:00Z" });
});

test("a refused plan names the first 20 who are due, and says that nobody is deleted", async () => {
  const stack = new SuspendingStack(new ModelDirectory([...people(1, 25), stays]));
  await stack.declare([...people(1, 25), stays]);
  await stack.declare([stays]);
  stack.directory.letPass(20);
  const { errors, text } = await stack.declare([last], { maxDeletionsPercent: 0 });
  expect(errors.join()).toContain("max_deletions_percent");
  expect(text).toContain("Refused: 25 users would be permanently deleted");
  expect(text).toContain(idOf(person(20), UserIdType.EMAIL));
  expect(text).toContain("and 5 more\n");
  expect(stack.directory.deleted).toEqual([]);
});

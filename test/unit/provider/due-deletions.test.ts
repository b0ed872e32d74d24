import { describe, expect, test } from "@jest/globals";
import { UserIdType } from "../../../src/users";
import { ModelDirectory } from "../../support/users/model-directory";
import { idOf, people, person } from "../../support/users/people";
import type { StackOptions } from "../../support/provider/in-process-stack";
import { OUTAGE } from "../../support/users/failures";
import { SuspendingStack } from "./support/suspending-stack";

/** One more call than can be in flight, so that the last one waits behind the first. */
const LEAVERS = 401;
const last = person(LEAVERS);
const stays = person(LEAVERS + 1);
const LAST = idOf(last, UserIdType.EMAIL);

/** The states and pools after suspensions, with which several tests begin, by the number of users who wait. */
const suspended = new Map<number, SuspendingStack>();

async function areDue(leavers = LEAVERS): Promise<SuspendingStack> {
  const before = suspended.get(leavers) ?? (await suspend(leavers));
  suspended.set(leavers, before);
  const directory = new ModelDirectory(before.directory.all());
  directory.time = before.directory.time;
  directory.letPass(20);
  const stack = new SuspendingStack(directory);
  stack.kept = before.kept;
  return stack;
}

async function suspend(leavers: number): Promise<SuspendingStack> {
  const stack = new SuspendingStack(new ModelDirectory([...people(1, leavers), stays]));
  await stack.declare([...people(1, leavers), stays]);
  await stack.declare([stays]);
  expect(Object.keys(stack.suspended)).toHaveLength(leavers);
  return stack;
}

/** Does something once, when the first deletion arrives. */
function atFirstDeletion({ directory }: SuspendingStack, change: () => void): void {
  directory.onCall = ({ method }) => {
    if (method === "deleteUsers" && directory.callsOf("deleteUsers").length === 1) change();
  };
}

const change = {
  reactivates: ({ directory }: SuspendingStack) => directory.changeStatus(last.userId, "Activated"),
  suspends: ({ directory }: SuspendingStack) => {
    directory.changeStatus(last.userId, "Activated");
    directory.letPass(0.1);
    directory.changeStatus(last.userId, "Suspended");
  },
  renames: ({ directory }: SuspendingStack) => {
    directory.put({ ...(directory.get(last.userId) ?? last), email: "renamed@example.com" });
  },
};
const told = {
  reactivates: "somebody has changed their status",
  suspends: "somebody has set it again",
  renames: "the user has another id",
};

describe("an administrator, while earlier users are deleted,", () => {
  test.each(["reactivates", "suspends", "renames"] as const)(
    "%s a user of the last call: kept, released, told, and all others are deleted",
    async (what) => {
      const stack = await areDue();
      atFirstDeletion(stack, () => change[what](stack));
      const { errors, text } = await stack.declare([stays]);
      expect(errors).toEqual([]);
      expect(stack.directory.has(last.userId)).toBe(true);
      expect(stack.directory.deleted).toHaveLength(LEAVERS - 1);
      expect(text).toContain(told[what]);
      expect(text).toContain(LAST);
      expect(stack.suspended).toEqual({});
      expect(stack.removals[LAST]).toBe("not deleted");
    },
  );

  test("lets a user get a protected id: kept, and the set does not forget whom the next run reactivates", async () => {
    const stack = await areDue();
    atFirstDeletion(stack, () => {
      const now = stack.directory.get(last.userId) ?? last;
      stack.directory.put({ ...now, username: "admin" });
    });
    const protectedIds = new Map([[UserIdType.USERNAME, ["admin"]]]);
    const { errors, text } = await stack.declare([stays], {}, { protectedIds });
    expect(errors).toEqual([]);
    expect(stack.directory.has(last.userId)).toBe(true);
    expect(text).toContain("another set declares them meanwhile");
    expect(Object.keys(stack.suspended)).toEqual([LAST]);
    await stack.declare([stays], {}, { protectedIds });
    expect(stack.directory.get(last.userId)?.status).toBe("Activated");
    expect(stack.suspended).toEqual({});
  });

  const ADMIN = "admin@example.com";
  const byOperator = new Map([[UserIdType.EMAIL, [ADMIN]]]);
  const byBoth = new Map([[UserIdType.USERNAME, ["admin"]], ...byOperator]);
  const byNobody = new Map<UserIdType, string[]>();
  test.each([
    ["the operator protects", byOperator, byOperator, {}],
    ["the operator protects, and whom another set declares by another id", byBoth, byOperator, {}],
    ["is in retained_user_ids", byNobody, byNobody, { retained: [ADMIN] }],
  ])("lets a user get an id that %s: kept, released, told", async (_, protectedIds, operators, set) => {
    const stack = await areDue();
    atFirstDeletion(stack, () => {
      const now = stack.directory.get(last.userId) ?? last;
      stack.directory.put({ ...now, email: ADMIN, username: "admin" });
    });
    const options = { protectedIds, operatorProtectedIds: operators };
    const { text } = await stack.declare([stays], set, options);
    expect(stack.directory.has(last.userId)).toBe(true);
    expect(text).toContain("Released because the");
    expect(stack.suspended).toEqual({});
    expect(stack.directory.get(last.userId)?.status).toBe("Suspended");
  });
});

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

  test.each<[string, (stack: SuspendingStack) => Partial<StackOptions>]>([
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
  const stack = await areDue(25);
  const { errors, text } = await stack.declare([person(LEAVERS)], { maxDeletionsPercent: 0 });
  expect(errors.join()).toContain("max_deletions_percent");
  expect(text).toContain("Refused: 25 users would be permanently deleted");
  expect(text).toContain(idOf(person(20), UserIdType.EMAIL));
  expect(text).toContain("and 5 more\n");
  expect(stack.directory.deleted).toEqual([]);
});

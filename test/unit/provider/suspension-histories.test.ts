import { expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { UserIdType } from "../../../src/users";
import { LOST, REFUSED } from "../../support/users/failures";
import { type Fault, ModelDirectory } from "../../support/users/model-directory";
import { idOf, people } from "../../support/users/people";
import { SuspendingStack } from "./support/suspending-stack";

const everybody = people(1, 3);
const DAY_MS = 24 * 3600 * 1000;
const SUSPEND_DAYS = 14;

const who = fc.constantFrom(...everybody.map(({ userId }) => userId));
const fault = fc.constantFrom<Fault>(
  undefined,
  undefined,
  { failure: REFUSED },
  { failure: LOST },
  { failure: LOST, after: true },
  { lie: true },
);
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ does: fc.constant("apply" as const), status: fault, deletion: fault }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ does: fc.constant("pass" as const), days: fc.integer({ min: 1, max: 20 }) }),
  },
  { weight: 3, arbitrary: fc.record({ does: fc.constantFrom("leave" as const, "return" as const), who }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constantFrom("retain" as const, "protect" as const), who }) },
  {
    weight: 1,
    arbitrary: fc.record({
      does: fc.constant("administrate" as const),
      who,
      status: fc.constantFrom("Activated", "Suspended", "Archived"),
    }),
  },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** What a history has done to a user. */
interface Fate {
  isDeclared: boolean;
  isRetained: boolean;
  isProtected: boolean;
  /** When the apply began after which the set no longer declares the user. */
  leftAt?: number | undefined;
  /** Whether somebody else changed the status while the user waited, or an apply kept the user after that. */
  isSafe: boolean;
  /** Who set the status last. */
  lastChangeBy: "nobody" | "administrator" | "set";
}

/** Replays a history, and checks every call that changes a user when it arrives, and that nobody is forgotten in silence. */
async function replay(steps: readonly Step[]): Promise<void> {
  const directory = new ModelDirectory(everybody);
  const stack = new SuspendingStack(directory);
  await stack.declare(everybody);
  const fates = new Map<string, Fate>(
    everybody.map(({ userId }) => [
      userId,
      { isDeclared: true, isRetained: false, isProtected: false, isSafe: false, lastChangeBy: "nobody" },
    ]),
  );
  const fateOf = (userId: string): Fate => fates.get(userId) as Fate;
  const those = (are: (fate: Fate) => boolean) => everybody.filter(({ userId }) => are(fateOf(userId)));
  const emails = (are: (fate: Fate) => boolean) => those(are).map((user) => idOf(user, UserIdType.EMAIL));
  const wrong: string[] = [];
  const userIdOf = (id: string) =>
    everybody.find(({ userId, email }) => [userId, email].includes(id))?.userId ?? "";

  const check = (call: ModelDirectory["calls"][number], takesEffect: boolean): void => {
    if (!/deleteUsers|setStatus/.test(call.method)) return;
    for (const userId of call.ids.map(userIdOf)) {
      const fate = fateOf(userId);
      const isKept = fate.isDeclared || fate.isRetained || fate.isProtected;
      const waited = directory.time - (fate.leftAt ?? Infinity);
      if (call.method === "deleteUsers" && (isKept || fate.isSafe || !(waited >= SUSPEND_DAYS * DAY_MS)))
        wrong.push(`deleted ${userId}: ${JSON.stringify(fate)}`);
      if (
        call.status === "Suspended" &&
        (isKept || !/^(Activated|Suspended)$/.test(directory.get(userId)?.status ?? ""))
      )
        wrong.push(`suspended ${userId}: ${JSON.stringify(fate)}`);
      if (call.status === "Activated" && !(fate.isDeclared && fate.lastChangeBy === "set"))
        wrong.push(`reactivated ${userId}: ${JSON.stringify(fate)}`);
      if (call.method === "setStatus" && takesEffect) fate.lastChangeBy = "set";
    }
  };

  const apply = async ({ status, deletion }: Step & { does: "apply" }): Promise<void> => {
    for (const fate of fates.values()) {
      if (fate.isDeclared) {
        fate.leftAt = undefined;
        fate.isSafe = false;
      } else {
        fate.leftAt ??= directory.time;
        fate.isSafe ||= fate.isRetained || fate.isProtected;
      }
    }
    const before = [...stack.users, ...Object.keys(stack.suspended)];
    directory.fault = (call, nth) => {
      const its = call.method === "setStatus" ? status : call.method === "deleteUsers" ? deletion : undefined;
      const now = nth <= 2 ? its : undefined;
      check(call, now === undefined || ("after" in now && now.after === true));
      return now;
    };
    const protectedIds = new Map([[UserIdType.EMAIL, emails(({ isProtected }) => isProtected)]]);
    const retained = emails(({ isRetained }) => isRetained);
    const { text } = await stack.declareIds(
      emails(({ isDeclared }) => isDeclared),
      { retained, suspendDays: SUSPEND_DAYS },
      { protectedIds, operatorProtectedIds: protectedIds },
    );
    const after = new Set([...stack.users, ...Object.keys(stack.suspended)]);
    for (const id of before) {
      const isGone = !directory.has(userIdOf(id));
      if (!after.has(id) && !isGone && !text.includes(id)) wrong.push(`lost ${id} in silence`);
    }
  };

  for (const one of steps) {
    if (one.does === "apply") await apply(one);
    else if (one.does === "pass") directory.letPass(one.days);
    else {
      const fate = fateOf(one.who);
      if (one.does === "leave") fate.isDeclared = false;
      if (one.does === "return") fate.isDeclared = true;
      if (one.does === "retain") fate.isRetained = !fate.isRetained;
      if (one.does === "protect") fate.isProtected = !fate.isProtected;
      if (one.does === "administrate" && directory.has(one.who)) {
        directory.letPass(0.01);
        directory.changeStatus(one.who, one.status);
        fate.lastChangeBy = "administrator";
        const email = everybody.find(({ userId }) => userId === one.who)?.email ?? "";
        if (email in stack.suspended) fate.isSafe = true;
      }
    }
  }
  expect(wrong).toEqual([]);
}

test("in any history, only those are deleted who left, waited, were not kept, and whose status nobody changed", async () => {
  await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 40 }), replay), {
    numRuns: 20,
  });
});

import { describe, expect, test } from "@jest/globals";
import { fillModel, UNKNOWN } from "../../../src/plugin";
import type { ProviderContext } from "../../../src/provider/context";
import { type UserSetModel, userSetSchema } from "../../../src/provider/user-set/schema";
import { ProtectedUsers, UserIdType } from "../../../src/users";
import {
  applySet,
  isFailed,
  planAgain,
  planSet,
  refreshSet,
  type SetPlan,
} from "../../support/engine-model/user-set";
import { contextOver } from "../../support/provider/refreshed-set";
import { OUTAGE } from "../../support/users/failures";
import { ModelDirectory } from "../../support/users/model-directory";
import { idOf } from "../../support/users/people";
import { ada, ADA, adaWaits, BOB, everybody, statusOf, withoutAda } from "./support/ada-waits";
import { SuspendingStack } from "./support/suspending-stack";

const EMAIL = UserIdType.EMAIL;
const emails = (users: typeof everybody): string[] => users.map((user) => idOf(user, EMAIL));

const contextFor = (
  { directory }: SuspendingStack,
  protectedIds: readonly string[] = [],
): ProviderContext => {
  const context = contextOver(directory, { confirmWithinMs: 2, sleep: () => Promise.resolve() });
  return {
    ...context,
    protectedUsers: ProtectedUsers.of(new Map([[UserIdType.USER_ID, protectedIds]])),
    operatorProtected: ProtectedUsers.of(new Map()),
  };
};

const setOf = (ids: readonly string[]): UserSetModel =>
  fillModel(userSetSchema, {
    users: new Map(ids.map((id) => [id, ""])),
    user_id_type: EMAIL,
    max_deletions: 1_000,
    max_deletions_percent: 100,
    allow_missing_users: true,
    suspend_days: 14,
    retained_user_ids: [],
  });

/** Refreshes and plans in one process. */
async function plan(
  stack: SuspendingStack,
  ids: readonly string[],
  protectedIds?: string[],
): Promise<SetPlan> {
  stack.directory.forget();
  const context = contextFor(stack, protectedIds);
  const prior = await refreshSet(stack.kept, context, []);
  return await planSet(prior, setOf(ids), context, []);
}

/** Plans again and applies in another process. @returns the summaries of errors */
async function apply(stack: SuspendingStack, planned: SetPlan, protectedIds?: string[]): Promise<string[]> {
  const seen: Parameters<typeof applySet>[2] = [];
  const context = contextFor(stack, protectedIds);
  const again = await planAgain(planned, context, seen);
  if (again) stack.kept = await applySet(again, context, seen);
  return seen.filter((one) => isFailed([one])).map(({ summary }) => summary);
}

const reactivationsIn = ({ planned }: SetPlan): unknown => planned?.reactivations;
const may = { user_id: ada.userId, outcome: UNKNOWN };
const mayNot = { user_id: ada.userId, outcome: "not reactivated" };

test("a plan states who will be reactivated, the apply how it ended, and the next plan is empty", async () => {
  const stack = await adaWaits();
  const planned = await plan(stack, emails(everybody));
  expect(reactivationsIn(planned)).toEqual(new Map([[ADA, may]]));
  expect(await apply(stack, planned)).toEqual([]);
  expect(stack.reactivations).toEqual({ [ADA]: { user_id: ada.userId, outcome: "reactivated" } });
  const next = await plan(stack, emails(everybody));
  expect(next.isEmpty).toBe(true);
  expect(reactivationsIn(next)).toEqual(new Map());
});

test("a user of another set who is reactivated by hand before the apply makes no difference to the engine", async () => {
  const stack = await adaWaits();
  const planned = await plan(stack, emails(withoutAda), [ada.userId]);
  stack.directory.changeStatus(ada.userId, "Activated");
  expect(await apply(stack, planned, [ada.userId])).toEqual([]);
  expect(stack.reactivations).toEqual({ [ADA]: mayNot });
});

test("an apply does not reactivate whom its plan does not", async () => {
  const stack = await adaWaits();
  const planned = await plan(stack, emails(withoutAda.slice(1)));
  // Another set declares her by then.
  const [refused] = await apply(stack, planned, [ada.userId]);
  expect(refused).toBe("Provider produced inconsistent final plan");
  expect(statusOf(stack, ada)).toBe("Suspended");
});

test("an apply says whom it does not reactivate, because only its own look-ups show that the user is declared", async () => {
  const stack = await adaWaits();
  const planned = await plan(stack, ["new@example.com", ...emails(withoutAda.slice(1))]);
  const context = contextFor(stack);
  const again = await planAgain(planned, context, []);
  if (!again) throw new Error("The plan of the apply is refused.");
  stack.directory.put({ ...(stack.directory.get(ada.userId) ?? ada), email: "new@example.com" });
  const seen: Parameters<typeof applySet>[2] = [];
  stack.kept = await applySet(again, context, seen);
  expect(statusOf(stack, ada)).toBe("Suspended");
  const detail: unknown = expect.stringMatching(/^Declared again, but not reactivated: .+\n *person1@/);
  expect(seen.filter(({ summary }) => !summary.startsWith("1 user was suspended"))).toMatchObject([
    { severity: "warning", detail },
  ]);
  const next = await plan(stack, ["new@example.com", ...emails(withoutAda.slice(1))]);
  expect(reactivationsIn(next)).toEqual(new Map([[ADA, may]]));
});

test("a state of an older version, without the attribute, stays quiet", async () => {
  const stack = await adaWaits();
  if (stack.kept.state) stack.kept = { ...stack.kept, state: { ...stack.kept.state, reactivations: null } };
  expect((await plan(stack, emails(withoutAda))).isEmpty).toBe(true);
  const planned = await plan(stack, emails(everybody));
  expect(reactivationsIn(planned)).toEqual(new Map([[ADA, may]]));
  expect(await apply(stack, planned)).toEqual([]);
  expect((await plan(stack, emails(everybody))).isEmpty).toBe(true);
});

describe("look-ups that say less at one of the two plans of an apply", () => {
  const withoutBob = everybody.filter((user) => idOf(user, EMAIL) !== BOB);

  test("whom the plan does not find, and the apply does, is reactivated", async () => {
    const stack = await adaWaits();
    stack.directory.showsSuspended = false;
    const planned = await plan(stack, emails(withoutBob));
    expect(reactivationsIn(planned)).toEqual(new Map([[ADA, may]]));
    stack.directory.showsSuspended = true;
    expect(await apply(stack, planned)).toEqual([]);
    expect(statusOf(stack, ada)).toBe("Activated");
  });

  test("whom somebody else suspended stays so, whatever the apply finds", async () => {
    const stack = new SuspendingStack(new ModelDirectory(everybody));
    await stack.declare(everybody);
    stack.directory.changeStatus(ada.userId, "Suspended");
    await stack.declare(withoutAda);
    const planned = await plan(stack, emails(withoutBob));
    expect(reactivationsIn(planned)).toEqual(new Map([[ADA, mayNot]]));
    stack.directory.fault = ({ ids }) => (ids.includes(ada.userId) ? { failure: OUTAGE } : undefined);
    expect(await apply(stack, planned)).toEqual(["1 declared user is still suspended"]);
    expect(stack.reactivations).toEqual({ [ADA]: mayNot });
    expect(statusOf(stack, ada)).toBe("Suspended");
  });
});

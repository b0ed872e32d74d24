import { describe, expect, test } from "@jest/globals";
import { REFUSED } from "../../support/users/failures";
import { ada, ADA, adaWaits, bob, dan, eve, statusOf, withoutAda } from "./support/ada-waits";
import type { StackOptions } from "../../support/provider/in-process-stack";
import type { SuspendingStack } from "./support/suspending-stack";

describe("limits", () => {
  async function twoAreDue(): Promise<SuspendingStack> {
    const stack = await adaWaits();
    await stack.declare([eve, dan]);
    stack.directory.letPass(20);
    return stack;
  }

  test("more due than max_deletions: all wait, and the rest of the change goes on", async () => {
    const stack = await twoAreDue();
    const { errors, text } = await stack.declare([dan], { maxDeletions: 1 });
    expect(errors).toEqual([]);
    expect(text).toContain("cannot be deleted yet");
    expect(stack.directory.deleted).toEqual([]);
    expect(statusOf(stack, eve)).toBe("Suspended");
    expect(Object.keys(stack.suspended)).toHaveLength(3);
  });

  test("more due than the operator's limit: all wait", async () => {
    const stack = await twoAreDue();
    const { errors } = await stack.declare([eve, dan], {}, { limits: { maxDeletions: 1 } });
    expect(errors).toEqual([]);
    expect(stack.directory.deleted).toEqual([]);
    expect(Object.keys(stack.suspended)).toHaveLength(2);
  });

  test("as many due as the operator's limit: counted once a run, also if somebody is released after the plan", async () => {
    const stack = await twoAreDue();
    const entries = new Map<string, number>();
    const ledger = (set: string, deletions: number, most = Infinity): number => {
      const { [set]: own = 0, ...others } = Object.fromEntries(entries);
      const total = Object.values(others).reduce((sum, each) => sum + each, Math.max(own, deletions));
      if (total <= most) entries.set(set, Math.max(own, deletions));
      return total;
    };
    const beforeApply = () => stack.directory.put({ ...ada, status: "Activated" });
    const { errors } = await stack.declare(
      [eve, dan],
      {},
      { limits: { maxDeletions: 2 }, ledger, beforeApply },
    );
    expect(errors).toEqual([]);
    expect(stack.directory.deleted).toEqual([bob.userId]);
    expect(statusOf(stack, ada)).toBe("Activated");
  });

  test("the share of a set limits suspensions, and no deletions that are due", async () => {
    const stack = await twoAreDue();
    const { errors } = await stack.declare([eve, dan], { maxDeletionsPercent: 0 });
    expect(errors).toEqual([]);
    expect(stack.directory.deleted).toHaveLength(2);
    const refused = await stack.declare([dan], { maxDeletionsPercent: 49 });
    expect(refused.errors.join()).toContain("max_deletions_percent");
    expect(statusOf(stack, eve)).toBe("Activated");
    expect((await stack.declare([dan], { maxDeletionsPercent: 50 })).errors).toEqual([]);
    expect(statusOf(stack, eve)).toBe("Suspended");
  });

  test("held at the refresh, or only at the apply: nobody is deleted, and nobody lost", async () => {
    const stack = await twoAreDue();
    await stack.declare([eve, dan], {}, { limits: { holdDueDeletions: true } });
    expect(stack.directory.deleted).toEqual([]);
    const limits: { holdDueDeletions?: true } = {};
    const beforeApply = () => void (limits.holdDueDeletions = true);
    const { text } = await stack.declare([eve, dan], {}, { limits, beforeApply });
    expect(text).toContain("GENAUTH_DUE_DELETIONS=hold");
    expect(stack.directory.deleted).toEqual([]);
    expect(Object.keys(stack.suspended)).toHaveLength(2);
  });
});

describe("a plan that would only say that nobody is deleted is empty, with its warning", () => {
  async function isDue(): Promise<SuspendingStack> {
    const stack = await adaWaits();
    stack.directory.letPass(20);
    return stack;
  }
  const few = { maxDeletions: 0 };

  test("more due than max_deletions, which the first plan sets", async () => {
    const stack = await isDue();
    const { isChanged } = await stack.declare(withoutAda, few);
    expect(isChanged).toBe(true);
    expect(stack.removals).toEqual({ [ADA]: "not deleted" });
    const again = await stack.declare(withoutAda, few);
    expect(again).toMatchObject({ errors: [], isChanged: false });
    expect(again.text).toContain("max_deletions (0)");
    const raised = await stack.declare(withoutAda);
    expect(raised).toMatchObject({ errors: [], isChanged: true });
    expect(stack.directory.deleted).toEqual([ada.userId]);
  });

  test.each<[string, Partial<StackOptions>, (stack: SuspendingStack) => void, string]>([
    ["more due than the operator allows", { limits: { maxDeletions: 0 } }, () => undefined, "The user waits"],
    ["held at the refresh", { limits: { holdDueDeletions: true } }, () => undefined, ""],
    ["hidden", {}, ({ directory }) => (directory.showsSuspended = false), "Not shown"],
    [
      "without a status",
      {},
      ({ directory }) => (directory.showsStatus = false),
      "does not show their status",
    ],
    [
      "refused look-ups",
      {},
      ({ directory }) => {
        directory.fault = ({ ids }) => (ids.includes(ada.userId) ? { failure: REFUSED } : undefined);
      },
      "could not be looked up",
    ],
  ])("%s", async (_, options, happen, says) => {
    const stack = await isDue();
    happen(stack);
    const { errors, isChanged, text } = await stack.declare(withoutAda, {}, options);
    expect(errors).toEqual([]);
    expect(text).toContain(says);
    expect(isChanged).toBe(false);
    expect(stack.directory.deleted).toEqual([]);
    expect(Object.keys(stack.suspended)).toEqual([ADA]);
    // As soon as something else of the set changes, the plan says what it does not do.
    const more = await stack.declare(withoutAda, { maxDeletions: 999 }, options);
    expect(more).toMatchObject({ errors: [], isChanged: true });
    // Those whom the refresh does not show are not marked as due, like those whom it holds.
    const isMarked = says !== "" && says !== "Not shown";
    expect(stack.removals).toEqual(isMarked ? { [ADA]: "not deleted" } : {});
    expect(stack.directory.deleted).toEqual([]);
    expect(Object.keys(stack.suspended)).toContain(ADA);
  });

  test("one of two who are due cannot be looked up: the other one is deleted, and the plan shows both", async () => {
    const stack = await adaWaits();
    await stack.declare([eve, dan]);
    stack.directory.letPass(20);
    stack.directory.fault = ({ ids }) => (ids.includes(ada.userId) ? { failure: REFUSED } : undefined);
    const { isChanged } = await stack.declare([eve, dan]);
    expect(isChanged).toBe(true);
    expect(stack.directory.deleted).toEqual([bob.userId]);
    expect(Object.keys(stack.suspended)).toEqual([ADA]);
    expect((await stack.declare([eve, dan])).isChanged).toBe(false);
  });

  test("hidden from plan to apply: the apply ends without an error, and so does the next plan", async () => {
    const stack = await isDue();
    const beforeApply = () => void (stack.directory.showsSuspended = false);
    const { errors, isChanged } = await stack.declare(withoutAda, {}, { beforeApply });
    expect({ errors, isChanged }).toEqual({ errors: [], isChanged: true });
    expect(stack.removals).toEqual({ [ADA]: "not deleted" });
    expect((await stack.declare(withoutAda)).isChanged).toBe(false);
    expect(stack.directory.deleted).toEqual([]);
  });

  test("without a refresh, a plan may be that of an apply, and says whom it does not delete", async () => {
    const stack = await isDue();
    await stack.declare(withoutAda, few);
    expect((await stack.declare(withoutAda, few)).isChanged).toBe(false);
    const { errors, isChanged } = await stack.declare(withoutAda, few, { withoutRefresh: true });
    expect({ errors, isChanged }).toEqual({ errors: [], isChanged: true });
    expect(stack.removals).toEqual({ [ADA]: "not deleted" });
    expect(stack.directory.deleted).toEqual([]);
  });
});

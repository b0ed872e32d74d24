import { beforeEach, describe, expect, test } from "@jest/globals";
import { UNKNOWN } from "../../../src/plugin";
import type { ProviderContext } from "../../../src/provider/context";
import type { UserSetModel } from "../../../src/provider/user-set/schema";
import { type DirectoryUser, UserIdType } from "../../../src/users";
import { contextOver, create, type PresentSet } from "../../support/provider/refreshed-set";
import { ModelDirectory } from "../../support/users/model-directory";
import { emailOf, people, person, unlabelled } from "../../support/users/people";
import { ADA, ada, adaStatus, adaWaits, BOB, everybody, withoutAda } from "./support/ada-waits";
import { applyPlan, elementOf, planWith } from "./support/planned";
import type { SuspendingStack } from "./support/suspending-stack";

const emailsOf = (users: readonly DirectoryUser[]) => users.map(emailOf);
/** An id of the set that no look-up has ever found. */
const NOBODY = "nobody@example.com";

describe("a set from which somebody leaves", () => {
  let directory: ModelDirectory;
  let set: PresentSet;
  beforeEach(async () => {
    directory = new ModelDirectory(everybody);
    set = await create(UserIdType.EMAIL, [...emailsOf(everybody), NOBODY], contextOver(directory));
  });

  const adaLeaves = { users: unlabelled([...emailsOf(withoutAda), NOBODY]) };
  const withoutPool = (): ProviderContext => ({ ...contextOver(directory), pool: undefined });

  test("says who was deleted, who was gone already, and who was never found", async () => {
    const adaAndBobLeave = { users: unlabelled(emailsOf(people(3, 4))) };
    // This plan can look nobody up, so it leaves open what becomes of all who leave.
    const { planned } = await planWith(set, adaAndBobLeave, withoutPool());
    expect(planned?.removals).toEqual(
      new Map([
        [ADA, UNKNOWN],
        [BOB, UNKNOWN],
        [NOBODY, UNKNOWN],
      ]),
    );

    directory.remove(person(2).userId);
    const { state } = await applyPlan(set, planned, contextOver(directory));

    expect(state?.removals).toEqual(
      new Map([
        [ADA, "deleted"],
        [BOB, "already gone"],
        [NOBODY, "never found"],
      ]),
    );
    expect(directory.deleted).toEqual([ada.userId]);
  });

  test.each<{ readonly what: string; readonly removals: UserSetModel["removals"]; readonly ending: string }>([
    { what: "says that Ada is kept", removals: new Map([[ADA, "not deleted"]]), ending: "not deleted" },
    { what: "does not say who leaves", removals: UNKNOWN, ending: "not confirmed gone" },
  ])("keeps Ada, and deletes nobody, if the plan $what", async ({ removals, ending }) => {
    const { planned } = await planWith(set, adaLeaves, contextOver(directory));
    const { state } = await applyPlan(set, planned && { ...planned, removals }, contextOver(directory));
    expect(elementOf(state, "removals", ADA)).toBe(ending);
    expect(elementOf(state, "users", ADA)).toBe("");
    expect(directory.deleted).toEqual([]);
  });

  test("keeps Ada, and deletes nobody, if the pool is not known at apply either", async () => {
    const { planned } = await planWith(set, adaLeaves, contextOver(directory));
    const { state } = await applyPlan(set, planned, withoutPool());
    expect(elementOf(state, "users", ADA)).toBe("");
    expect(directory.deleted).toEqual([]);
  });
});

test("a set that was never checked has no drift and no removals after an apply either", async () => {
  const directory = new ModelDirectory(everybody);
  const set = await create(UserIdType.EMAIL, emailsOf(everybody), contextOver(directory));
  const neverChecked = { ...set, state: { ...set.state, drift: null, removals: null } };
  const { planned } = await planWith(neverChecked, { max_deletions: 7 }, contextOver(directory));
  const { state } = await applyPlan(neverChecked, planned, contextOver(directory));
  expect(state).toMatchObject({ drift: null, removals: null, max_deletions: 7 });
});

describe("a set that suspended Ada, and in which she waits for her deletion,", () => {
  let stack: SuspendingStack;
  beforeEach(async () => {
    stack = await adaWaits();
  });

  const adaReturns = { users: unlabelled(emailsOf(everybody)) };
  const plan = async (changes: Partial<UserSetModel>, context: Partial<ProviderContext> = {}) =>
    (await planWith(stack.present, changes, contextOver(stack.directory, {}, context))).planned;
  const apply = async (planned: UserSetModel | null) =>
    (await applyPlan(stack.present, planned, contextOver(stack.directory))).state;
  const adaEnds = (outcome: string) => new Map([[ADA, { user_id: ada.userId, outcome }]]);

  test("says that she was reactivated if she is declared again", async () => {
    const state = await apply(await plan(adaReturns));
    expect(state?.reactivations).toEqual(adaEnds("reactivated"));
    expect(adaStatus(stack)).toBe("Activated");
  });

  test("says that she was not reactivated if GenAuth refuses that", async () => {
    const planned = await plan(adaReturns);
    stack.directory.poisoned.add(ada.userId);
    const state = await apply(planned);
    expect(state?.reactivations).toEqual(adaEnds("not reactivated"));
    expect(adaStatus(stack)).toBe("Suspended");
  });

  test("does not reactivate her if the plan says that she is not", async () => {
    const planned = await plan(adaReturns);
    const state = await apply(planned && { ...planned, reactivations: adaEnds("not reactivated") });
    expect(state?.reactivations).toEqual(adaEnds("not reactivated"));
    expect(adaStatus(stack)).toBe("Suspended");
  });

  describe("if the plan left reactivations open, because protected users were not known,", () => {
    const open = { protectedUsersKnown: false };

    test("says that she was reactivated if she is declared again", async () => {
      const planned = await plan(adaReturns, open);
      expect(planned?.reactivations).toBe(UNKNOWN);
      expect((await apply(planned))?.reactivations).toEqual(adaEnds("reactivated"));
      expect(adaStatus(stack)).toBe("Activated");
    });

    test("names nobody if only a limit changes", async () => {
      const planned = await plan({ max_deletions: 7 }, open);
      expect(planned?.reactivations).toBe(UNKNOWN);
      expect((await apply(planned))?.reactivations).toEqual(new Map());
      expect(adaStatus(stack)).toBe("Suspended");
    });
  });
});

import { beforeEach, describe, expect, test } from "@jest/globals";
import { UNKNOWN } from "../../../src/plugin";
import type { ProviderContext } from "../../../src/provider/context";
import { planUserSet } from "../../../src/provider/user-set/plan";
import type { UserSetModel } from "../../../src/provider/user-set/schema";
import { type DirectoryUser, UserIdType } from "../../../src/users";
import { contextOver, create, type PresentSet } from "../../support/provider/refreshed-set";
import { REFUSED } from "../../support/users/failures";
import { ModelDirectory } from "../../support/users/model-directory";
import { ADA, ada, adaWaits, BOB, everybody, adaStatus, withoutAda } from "./support/ada-waits";
import { applyPlan, elementOf, errorsOf, planNew, planWith } from "./support/planned";
import { emailOf, people, unlabelled } from "../../support/users/people";

const type = UserIdType.EMAIL;
const NOBODY = "nobody@example.com";
const labelled = (users: readonly DirectoryUser[]) => unlabelled(users.map(emailOf));

let directory: ModelDirectory;
let set: PresentSet;
beforeEach(async () => {
  directory = new ModelDirectory(everybody);
  set = await create(type, [...labelled(everybody).keys(), NOBODY], contextOver(directory));
});

describe("how each removal ended", () => {
  const leave = { users: labelled(withoutAda.slice(1)) };

  test("says who was deleted, who was gone already, and who was never found", async () => {
    const unconfigured: ProviderContext = { ...contextOver(directory), pool: undefined };
    const { planned } = await planWith(set, leave, unconfigured);
    const [ADAS, BOBS, NOBODYS] = [ADA, BOB, NOBODY].map((id) => [id, UNKNOWN]);
    expect([...((planned?.removals as ReadonlyMap<string, unknown> | undefined) ?? [])]).toEqual([
      ADAS,
      BOBS,
      NOBODYS,
    ]);
    directory.remove(everybody[1]?.userId ?? "");
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
    { what: "the plan kept", removals: new Map([[ADA, "not deleted"]]), ending: "not deleted" },
    { what: "the plan left out", removals: UNKNOWN, ending: "not confirmed gone" },
  ])("deletes nobody whom $what", async ({ removals, ending }) => {
    const { planned } = await planWith(set, { users: labelled(withoutAda) }, contextOver(directory));
    if (!planned) throw new Error("The set is planned.");
    const { state } = await applyPlan(set, { ...planned, removals }, contextOver(directory));
    expect(elementOf(state, "removals", ADA)).toBe(ending);
    expect(elementOf(state, "users", ADA)).toBe("");
    expect(directory.deleted).toEqual([]);
  });
});

test("an apply of a set that was never checked leaves that so", async () => {
  const prior = { ...set, state: { ...set.state, drift: null, removals: null } };
  const { planned } = await planWith(prior, { max_deletions: 7 }, contextOver(directory));
  const { state } = await applyPlan(prior, planned, contextOver(directory));
  expect(state).toMatchObject({ drift: null, removals: null, max_deletions: 7 });
});

test("reactivations that the plan left open say who was reactivated, and nobody else", async () => {
  const stack = await adaWaits();
  const kept = stack.present;
  const open = contextOver(stack.directory, {}, { protectedUsersKnown: false });
  const plan = async (changes: Partial<UserSetModel>) => (await planWith(kept, changes, open)).planned;
  const waitsOn = await applyPlan(kept, await plan({ max_deletions: 7 }), contextOver(stack.directory));
  expect(waitsOn.state?.reactivations).toEqual(new Map());
  const back = await applyPlan(
    kept,
    await plan({ users: labelled(everybody) }),
    contextOver(stack.directory),
  );
  const outcome = "reactivated";
  expect(back.state?.reactivations).toEqual(new Map([[ADA, { user_id: ada.userId, outcome }]]));
  expect(adaStatus(stack)).toBe("Activated");
});

test.each([
  { outcome: "reactivated", status: "Activated", fails: false },
  { outcome: "not reactivated", status: "Suspended", fails: true },
] as const)("a planned reactivation ends as $outcome", async ({ outcome, status, fails }) => {
  const stack = await adaWaits();
  const kept = stack.present;
  const { planned } = await planWith(kept, { users: labelled(everybody) }, contextOver(stack.directory));
  if (fails)
    stack.directory.fault = ({ method }) => (method === "setStatus" ? { failure: REFUSED } : undefined);
  const { state: after } = await applyPlan(kept, planned, contextOver(stack.directory));
  expect(after?.reactivations).toEqual(new Map([[ADA, { user_id: ada.userId, outcome }]]));
  expect(adaStatus(stack)).toBe(status);
});

test("a reactivation that the plan ruled out is not made", async () => {
  const stack = await adaWaits();
  const kept = stack.present;
  const { planned } = await planWith(kept, { users: labelled(everybody) }, contextOver(stack.directory));
  if (!planned) throw new Error("The set is planned.");
  const reactivations = new Map([[ADA, { user_id: ada.userId, outcome: "not reactivated" }]]);
  const applied = await applyPlan(kept, { ...planned, reactivations }, contextOver(stack.directory));
  expect(applied.state?.reactivations).toEqual(reactivations);
  expect(adaStatus(stack)).toBe("Suspended");
});

describe("the plan of an apply", () => {
  const leave = { users: labelled(withoutAda), retained_ids: [NOBODY] };
  const severitiesOf = async (
    changes: Partial<UserSetModel>,
    context: Partial<ProviderContext>,
    handed = {},
  ) => {
    const proposed: UserSetModel = { ...set.state, ...changes };
    const { state: prior, privateData } = set;
    const its = contextOver(directory, {}, context);
    const request = { prior, proposed, config: proposed, privateData, ...handed, context: its };
    const { diagnostics } = await planUserSet(request);
    return [...new Set(diagnostics.map(({ severity }) => severity))].sort();
  };

  test("which refreshes nothing, repeats no warning, and is refused as before", async () => {
    expect(await severitiesOf(leave, { refreshed: new Set([set.state.id]) })).toEqual(["warning"]);
    expect(await severitiesOf(leave, {})).toEqual([]);
    expect(await severitiesOf({ ...leave, max_deletions: 0 }, {})).toEqual(["error"]);
  });
});

test("a limit that is not known at plan is the default one then", async () => {
  const changes = {
    users: labelled(withoutAda),
    max_deletions: UNKNOWN,
    max_deletions_percent: UNKNOWN,
  } as const;
  const { planned, diagnostics } = await planWith(set, changes, contextOver(directory));
  expect(errorsOf({ diagnostics })).toEqual([]);
  expect(elementOf(planned, "removals", ADA)).toBe(UNKNOWN);
});

test("a new set is looked up at plan, and its wrong ids are told", async () => {
  directory.forget();
  const { diagnostics } = await planNew(set.state, contextOver(directory));
  expect(diagnostics.map(({ detail }) => detail).join("\n")).toContain(NOBODY);
  expect(directory.calls.length).toBeGreaterThan(0);
});

test("a new set without anybody in the pool is refused, unless it accepts missing users", async () => {
  const users = labelled(people(101, 105));
  const plan = (allowed: boolean) =>
    planNew({ ...set.state, users, allow_missing_users: allowed }, contextOver(directory));
  expect(errorsOf(await plan(false))).toHaveLength(1);
  expect(errorsOf(await plan(true))).toEqual([]);
});

test("an apply without a pool deletes nobody, and the leavers stay in the set", async () => {
  const { planned } = await planWith(set, { users: labelled(withoutAda) }, contextOver(directory));
  const unconfigured: ProviderContext = { ...contextOver(directory), pool: undefined };
  const { state } = await applyPlan(set, planned, unconfigured);
  expect(elementOf(state, "users", ADA)).toBe("");
  expect(directory.deleted).toEqual([]);
});

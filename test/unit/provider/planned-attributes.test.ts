import { describe, expect, test } from "@jest/globals";
import { fillModel, UNKNOWN } from "../../../src/plugin";
import type { ProviderContext } from "../../../src/provider/context";
import { approvedPlanOf } from "../../../src/provider/user-set/attributes";
import { decodeMemory, encodeMemory } from "../../../src/provider/user-set/memory-codec";
import { type UserSetModel, userSetSchema } from "../../../src/provider/user-set/schema";
import { type DirectoryUser, type SetMemory, UserIdType } from "../../../src/users";
import { contextOver, create, refresh } from "../../support/provider/refreshed-set";
import { ModelDirectory } from "../../support/users/model-directory";
import { emailOf, idOf, person, unlabelled } from "../../support/users/people";
import { ADA, ada, adaWaits, everybody, FIFTEEN_DAYS_LATER, withoutAda } from "./support/ada-waits";
import type { SuspendingStack } from "./support/suspending-stack";
import { applyPlan, endings, planUnrefreshed, planWith } from "./support/planned";

const type = UserIdType.EMAIL;
const usersOf = (users: readonly DirectoryUser[]) => unlabelled(users.map(emailOf));

describe("what an approved plan allows", () => {
  const allowedBy = (planned: Partial<UserSetModel>) => approvedPlanOf(fillModel(userSetSchema, planned));
  const may = ["delete", "suspend", "reactivate"] as const;
  const allowed = (planned: Partial<UserSetModel>) =>
    may.filter((kind) => allowedBy(planned).allows("a", kind));
  const open = new Map([["a", UNKNOWN] as const]);
  const outcome = (its: string | typeof UNKNOWN): UserSetModel["reactivations"] =>
    new Map([["a", { user_id: "1", outcome: its }]]);

  test.each<{ what: string; planned: Partial<UserSetModel> }>([
    { what: "is empty", planned: {} },
    { what: "settles the removal", planned: { removals: new Map([["a", "not deleted"]]) } },
    { what: "leaves the removal of somebody else open", planned: { removals: new Map([["b", UNKNOWN]]) } },
    {
      what: "says nothing of removals and suspensions",
      planned: { removals: UNKNOWN, suspensions: UNKNOWN },
    },
    { what: "settles the suspension", planned: { suspensions: new Map([["a", "not suspended"]]) } },
    { what: "settles the reactivation", planned: { reactivations: outcome("not reactivated") } },
    { what: "has a reactivation that is null", planned: { reactivations: new Map([["a", null]]) } },
    { what: "reactivates nobody", planned: { reactivations: new Map() } },
  ])("is nothing if the plan $what", ({ planned }) => {
    expect(allowed(planned)).toEqual([]);
  });

  test("is a deletion or a suspension if the plan leaves it open", () => {
    expect(allowed({ removals: open })).toEqual(["delete"]);
    expect(allowed({ suspensions: open })).toEqual(["suspend"]);
  });

  test.each<{ what: string; reactivations: UserSetModel["reactivations"] }>([
    { what: "its outcome", reactivations: outcome(UNKNOWN) },
    { what: "it", reactivations: new Map([["a", UNKNOWN]]) },
    { what: "all reactivations", reactivations: UNKNOWN },
  ])("is a reactivation if the plan leaves $what open", ({ reactivations }) => {
    expect(allowed({ reactivations })).toEqual(["reactivate"]);
  });

  test("changes for those who wait only if the plan leaves them open", () => {
    expect(allowedBy({ suspended: UNKNOWN }).changesWaiting).toBe(true);
    expect(allowedBy({ suspended: new Map() }).changesWaiting).toBe(false);
    expect(allowedBy({ suspended: null }).changesWaiting).toBe(false);
  });
});

describe("drift in a plan", () => {
  const NEW = "new@example.com";
  const NONE = { missing: [], survivors: [], locked_out: [] };
  const joined = { users: new Map([...usersOf(everybody), [NEW, ""]]) };
  const left = { users: usersOf(withoutAda) };
  const joinedAndLeft = { users: new Map([...usersOf(withoutAda), [NEW, ""]]) };
  /** The state says that somebody waits. */
  const waits = { suspended: new Map([["x@x", "2999-01-01T00:00:00Z"]]) };
  const waiting = new Map([["x@x", { label: "", userId: "1", isOurs: true, isDue: false }]]);
  const survivor = { undeclared: new Set([ADA]) };
  const rebound = { rebindings: new Map([[ADA, person(2).userId]]) };

  /** What the plan says of drift, of a set that has been applied and is as declared, but for what is given. */
  async function driftWith(
    changes: Partial<UserSetModel>,
    { memory, state: prior }: { memory?: Partial<SetMemory>; state?: Partial<UserSetModel> } = {},
  ) {
    const directory = new ModelDirectory([...everybody, person(9, { email: NEW })]);
    const ids = [...usersOf(everybody).keys()];
    const { state, privateData } = await create(type, ids, contextOver(directory));
    const remembered = { ...decodeMemory(privateData, ids), ...memory };
    const set = { state: { ...state, ...prior }, privateData: encodeMemory(remembered, ids, type) };
    const { planned } = await planWith(set, changes, contextOver(directory));
    return planned?.drift;
  }

  test("stays where nothing changes, or only a limit does", async () => {
    expect(await driftWith({})).toEqual(NONE);
    expect(await driftWith({ max_deletions: 7 })).toEqual(NONE);
  });

  test("is open if somebody leaves", async () => {
    expect(await driftWith(left)).toBe(UNKNOWN);
  });

  test("leaves open who is missing or locked out if somebody joins", async () => {
    expect(await driftWith(joined)).toEqual({ ...NONE, missing: UNKNOWN, locked_out: UNKNOWN });
  });

  test("is open if somebody joins a set that was never checked", async () => {
    expect(await driftWith(joined, { state: { drift: null } })).toBe(UNKNOWN);
  });

  test("is open if one joins and one leaves, while somebody waits", async () => {
    expect(await driftWith(joinedAndLeft, { memory: { waiting }, state: waits })).toBe(UNKNOWN);
  });

  test("is open if somebody joins, and nothing is remembered of the one who waits", async () => {
    expect(await driftWith(joined, { state: waits })).toBe(UNKNOWN);
  });

  test("is open while a survivor is to be forgotten, or an id gets another user", async () => {
    expect(await driftWith({}, { memory: survivor })).toBe(UNKNOWN);
    expect(await driftWith({}, { memory: rebound })).toBe(UNKNOWN);
    expect(await driftWith({}, { memory: { ...survivor, ...rebound } })).toBe(UNKNOWN);
  });

  test("of which only the missing users were open is that of the apply", async () => {
    const directory = new ModelDirectory(everybody);
    const set = await create(type, [...usersOf(everybody).keys()], contextOver(directory));
    const { planned, privateData } = await planWith(set, joined, contextOver(directory));
    const { state } = await applyPlan(set, planned, contextOver(directory), privateData);
    expect(state?.drift).toEqual({ ...NONE, missing: [NEW] });
  });
});

describe("a plan of a set in which somebody waits", () => {
  /** Refreshes and plans in one process, as an engine does. */
  async function planAfterRefresh(stack: SuspendingStack, changes: Partial<UserSetModel> = {}) {
    const its = contextOver(stack.directory);
    const { kept: refreshed } = await refresh(stack.present, its);
    return { prior: refreshed.state, ...(await planWith(refreshed, changes, its)) };
  }

  test("is empty before the day", async () => {
    const { prior, planned } = await planAfterRefresh(await adaWaits());
    expect(planned).toEqual(prior);
  });

  test("is empty while look-ups hide who waits, unless something else changes", async () => {
    const stack = await adaWaits();
    stack.directory.showsSuspended = false;
    const { prior, planned } = await planAfterRefresh(stack);
    expect(planned).toEqual(prior);
    const changed = await planAfterRefresh(stack, { max_deletions: 7 });
    expect(changed.planned?.suspended).toBe(UNKNOWN);
  });

  test("is empty on the day, if the deletion is held then, unless something else changes", async () => {
    const stack = await adaWaits();
    stack.directory.letPass(20);
    const context = contextOver(stack.directory);
    const { kept: due } = await refresh(stack.present, context);
    const limits = { ...context.limits, holdDueDeletions: true };
    const plan = async (changes: Partial<UserSetModel>) =>
      (await planWith(due, changes, contextOver(stack.directory, {}, { limits }))).planned;
    expect(await plan({})).toEqual(due.state);
    const said = { removals: new Map([[ADA, "not deleted"]]), suspensions: new Map() };
    expect(await plan({ max_deletions: 7 })).toMatchObject(said);
    // An apply, which refreshes no set, must say what becomes of everybody.
    const { planned } = await planUnrefreshed(due, {}, contextOver(stack.directory, {}, { limits }));
    expect(planned).toMatchObject(said);
  });

  test("leaves the deletion open on the day, and who leaves then is to be suspended", async () => {
    const stack = await adaWaits();
    stack.directory.letPass(20);
    const left = withoutAda.slice(1);
    const { planned } = await planAfterRefresh(stack, { users: usersOf(left) });
    expect(planned).toMatchObject({
      removals: new Map([[ADA, UNKNOWN]]),
      suspensions: new Map([[idOf(withoutAda[0] ?? ada, type), UNKNOWN]]),
      suspended: UNKNOWN,
      drift: UNKNOWN,
    });
  });

  test("postpones the day with more days, and leaves nothing else open", async () => {
    const { planned } = await planAfterRefresh(await adaWaits(), { suspend_days: 30 });
    expect(planned).toMatchObject({
      suspended: new Map([[ADA, "2026-02-01T00:00:00Z"]]),
      removals: new Map(),
      suspensions: new Map(),
    });
  });

  test("reactivates who is declared again, and nobody who was suspended by others", async () => {
    const stack = await adaWaits();
    const ours = await planAfterRefresh(stack, { users: usersOf(everybody) });
    const element = { user_id: ada.userId, outcome: UNKNOWN };
    expect(ours.planned).toMatchObject({ reactivations: new Map([[ADA, element]]), suspended: UNKNOWN });
    stack.directory.letPass(1);
    stack.directory.changeStatus(ada.userId, "Activated");
    stack.directory.letPass(1);
    stack.directory.changeStatus(ada.userId, "Suspended");
    const others = await planAfterRefresh(stack, { users: usersOf(everybody) });
    expect(others.planned?.reactivations).toEqual(
      new Map([[ADA, { ...element, outcome: "not reactivated" }]]),
    );
  });

  test("leaves reactivations open while it is not known who is protected, or in which pool", async () => {
    const stack = await adaWaits();
    const changes = { max_deletions: 7 };
    const plan = async (context: Partial<ProviderContext>, set = stack.present) =>
      (await planWith(set, changes, { ...contextOver(stack.directory), ...context })).planned?.reactivations;
    expect(await plan({})).toEqual(new Map());
    expect(await plan({ protectedUsersKnown: false })).toBe(UNKNOWN);
    expect(await plan({ pool: undefined })).toBe(UNKNOWN);
    const nobody = await create(type, [...usersOf(withoutAda).keys()], contextOver(stack.directory));
    expect(await plan({ protectedUsersKnown: false }, nobody)).toEqual(new Map());
  });

  test("leaves the endings of the last apply open while it is not known who is protected", async () => {
    const stack = await adaWaits();
    const { state, privateData } = stack.present;
    const ended = { state: { ...state, removals: new Map([["x@x", "deleted"]]) }, privateData };
    const open = contextOver(stack.directory, {}, { protectedUsersKnown: false });
    const { planned } = await planWith(ended, { max_deletions: 7 }, open);
    expect(planned).toMatchObject({ removals: UNKNOWN, rebindings: new Map(), reactivations: UNKNOWN });
  });

  test("keeps the dates that a plan without a change shows", async () => {
    const { planned } = await planAfterRefresh(await adaWaits(), { max_deletions: 7 });
    expect(planned?.suspended).toEqual(new Map([[ADA, FIFTEEN_DAYS_LATER]]));
  });
});

test("a plan drops the endings of an apply before it if something changes, and only then", async () => {
  const directory = new ModelDirectory(everybody);
  const set = await create(type, [...usersOf(everybody).keys()], contextOver(directory));
  const ENDED = new Map([["x@x", "deleted"]]);
  const reactivations = new Map([["x@x", { user_id: "1", outcome: "reactivated" }]]);
  const state = { ...set.state, removals: ENDED, suspensions: ENDED, reactivations, leaver_user_ids: ENDED };
  const plan = async (prior: UserSetModel, changes: Partial<UserSetModel>) =>
    (await planWith({ ...set, state: prior }, changes, contextOver(directory))).planned;
  expect(await plan(state, {})).toEqual(state);
  expect(await plan(state, { max_deletions: 7 })).toMatchObject(endings(new Map()));
  const never = endings(null);
  expect(await plan({ ...state, ...never }, { max_deletions: 7 })).toMatchObject(never);
});

describe("an id that is declared, and names somebody else now,", () => {
  const newcomer = person(50, { email: ADA });
  const rebindings = new Map([[ADA, { former_user_id: ada.userId, user_id: newcomer.userId }]]);

  /** A set of which Ada's address has passed to a newcomer, as a refresh finds it. */
  async function passedOn() {
    const directory = new ModelDirectory(everybody);
    const ids = everybody.map(emailOf);
    const before = await create(type, ids, contextOver(directory));
    directory.put({ ...ada, email: "former@example.com" });
    directory.put(newcomer);
    const context = contextOver(directory);
    return { directory, ids, context, ...(await refresh(before, context)) };
  }

  test("is a change of the set that names both accounts, and that its apply carries out", async () => {
    const { directory, context, kept, seen } = await passedOn();
    expect(seen.diagnostics.map(({ summary }) => summary)).toEqual([
      `1 declared id now names somebody else: ${ADA}`,
    ]);
    const { planned } = await planWith(kept, {}, context);
    expect(planned).toMatchObject({ rebindings, removals: new Map(), drift: UNKNOWN });
    if (!planned) throw new Error("The set is planned.");
    const { state, privateData } = await applyPlan(kept, planned, contextOver(directory));
    expect(state).toMatchObject({ rebindings });
    const applied = { state: state ?? kept.state, privateData };
    expect((await planUnrefreshed(applied, {}, contextOver(directory))).planned).toEqual(state);
    const again = await refresh(applied, contextOver(directory));
    expect(again.seen.bindings.get(ADA)).toBe(newcomer.userId);
    expect(again.kept.state.rebindings).toEqual(new Map());
  });

  test("is planned the same by an apply, which refreshes nothing", async () => {
    const { directory, kept } = await passedOn();
    const { planned } = await planUnrefreshed(kept, {}, contextOver(directory));
    expect(planned).toMatchObject({ rebindings });
  });

  test("is bound to nobody if it leaves before", async () => {
    const { context, ids, kept } = await passedOn();
    const { planned } = await planWith(
      kept,
      { users: new Map(ids.filter((id) => id !== ADA).map((id) => [id, ""])) },
      context,
    );
    expect(planned).toMatchObject({ rebindings: new Map(), removals: new Map([[ADA, "not deleted"]]) });
  });
});

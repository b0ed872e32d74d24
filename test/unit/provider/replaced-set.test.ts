import { beforeEach, describe, expect, test } from "@jest/globals";
import { fillModel, UNKNOWN } from "../../../src/plugin";
import type { ProviderContext } from "../../../src/provider/context";
import { releaseWarning } from "../../../src/provider/user-set/release";
import { type UserSetModel, userSetSchema } from "../../../src/provider/user-set/schema";
import { UserIdType } from "../../../src/users";
import { contextOver, create, type PresentSet, refresh } from "../../support/provider/refreshed-set";
import { OUTAGE } from "../../support/users/failures";
import { ModelDirectory } from "../../support/users/model-directory";
import { idOf, people } from "../../support/users/people";
import { adaWaits, withoutAda } from "./support/ada-waits";
import { detailOf, errorsOf, headlinesOf, planNew, planWith } from "./support/planned";

const type = UserIdType.EMAIL;
const everybody = people(1, 25);
const ids = everybody.map((user) => idOf(user, type));
const [ADA = "", BOB = "", EVE = ""] = ids;
const labelled = (...its: string[]) => new Map(its.map((id) => [id, ""]));
const driftOf = (...survivors: string[]) => ({ missing: [], survivors, locked_out: [] });

let directory: ModelDirectory;
let set: PresentSet;
beforeEach(async () => {
  directory = new ModelDirectory(everybody);
  set = await create(type, ids, contextOver(directory));
});

/** The errors of the creation that replaces a set after the plan of its update, as with replace_triggered_by. */
async function errorsOfReplacement(
  prior: PresentSet,
  changes: Partial<UserSetModel>,
  context: ProviderContext,
) {
  const { privateData } = await planWith(prior, changes, context);
  const creation = await planNew({ ...prior.state, ...changes }, context, privateData);
  return { diagnostics: creation.diagnostics.filter(({ severity }) => severity === "error") };
}

describe("a replacement is refused if it would lose", () => {
  const of = (changes: Partial<UserSetModel>): PresentSet => ({
    ...set,
    state: { ...set.state, ...changes },
  });
  const errors = (changes: Partial<UserSetModel>, prior = set) =>
    errorsOfReplacement(prior, changes, contextOver(directory));

  test("the removal of the same plan, with the label of the user", async () => {
    const named = of({ users: new Map([...labelled(...ids), [ADA, "Ada Lovelace"]]) });
    const refused = await errors({ users: labelled(...ids.slice(1)) }, named);
    expect(headlinesOf(refused)).toEqual(["error: Replacing this set would lose 1 removal"]);
    const detail = detailOf(refused);
    expect(detail).toMatch(/^Whoever was removed from the set is still to be deleted/);
    expect(detail).toContain("Nobody was: what this plan says that apply does to them holds only without");
    for (const part of [ADA, "Ada Lovelace"]) expect(detail).toContain(part);
    expect(detail).not.toContain("more");
  });

  test("many removals, of which it names the first twenty", async () => {
    const refused = await errors({ users: labelled(...ids.slice(22)), max_deletions_percent: 100 });
    expect(headlinesOf(refused)).toEqual(["error: Replacing this set would lose 22 removals"]);
    const detail = detailOf(refused);
    expect(detail).toMatch(/^Whoever was removed from the set is still to be deleted/);
    expect(detail).toContain(ids[19]);
    expect(detail).not.toContain(ids[20]);
    expect(detail).toContain("and 2 more");
  });

  test("a suspension of the same plan, or a deletion that is due", async () => {
    const suspending = await errors({ users: labelled(...ids.slice(1)), suspend_days: 14 });
    expect(headlinesOf(suspending)).toEqual(["error: Replacing this set would lose 1 removal"]);
    const stack = await adaWaits();
    stack.directory.letPass(20);
    const context = contextOver(stack.directory);
    const { kept } = await refresh(stack.present, context);
    const both = { users: labelled(...withoutAda.slice(1).map((user) => idOf(user, type))) };
    expect(headlinesOf(await errorsOfReplacement(kept, both, context))).toEqual([
      "error: Replacing this set would lose 2 removals",
    ]);
  });

  test("a removal that an earlier apply did not confirm, while nothing newer is known", async () => {
    const pending = of({ drift: driftOf(ADA, BOB, "gone@example.com") });
    const unknown: Partial<UserSetModel> = { users: UNKNOWN, allow_unknown_users: true };
    expect(headlinesOf(await errors(unknown, pending))).toEqual([
      "error: Replacing this set would lose 2 removals",
    ]);
    const retained = { ...unknown, retained_ids: [ADA, BOB] };
    expect(headlinesOf(await errors(retained, pending))).toEqual([]);
    const nulls = of({ removals: null, drift: driftOf(ADA) });
    expect(headlinesOf(await errors({}, nulls))).toEqual(["error: Replacing this set would lose 1 removal"]);
  });

  test("those who wait, or are declared again and still suspended, of whom it names the first twenty", async () => {
    const stack = await adaWaits();
    const context = contextOver(stack.directory);
    for (const changes of [{}, { users: labelled(...ids.slice(0, 4)) }]) {
      const refused = await errorsOfReplacement(stack.present, changes, context);
      expect(headlinesOf(refused)).toEqual(["error: 1 suspended user would be forgotten"]);
      expect(detailOf(refused)).toMatch(
        /would stay suspended:\n {2}person1@.* declared again or protected\. .*retained_ids in a change before/s,
      );
    }
    const lockedOut = of({ drift: { missing: [], survivors: [], locked_out: ids.slice(0, 22) } });
    const refused = await errors({}, lockedOut);
    expect(headlinesOf(refused)).toEqual(["error: 22 suspended users would be forgotten"]);
    expect(detailOf(refused)).toContain("and 2 more");
  });

  test("somebody whom no look-up had found before, without a refresh", async () => {
    directory.fault = () => ({ failure: OUTAGE });
    const unseen = await create(type, ids, contextOver(directory));
    directory.fault = () => undefined;
    expect(headlinesOf(await errors({ users: labelled(...ids.slice(1)) }, unseen))).toEqual([
      "error: Replacing this set would lose 1 removal",
    ]);
  });

  test("but not if nobody leaves, or who leaves is kept", async () => {
    expect(headlinesOf(await errors({}))).toEqual([]);
    expect(headlinesOf(await errors({ max_deletions: 7 }))).toEqual([]);
    const retained = { users: labelled(...ids.slice(1)), retained_ids: [ADA] };
    expect(headlinesOf(await errors(retained))).toEqual([]);
  });
});

describe("a changed id type", () => {
  test.each<[ids: string[], headline: string]>([
    [["x@x"], "error: 1 suspended user would be forgotten"],
    [["x@x", "y@y"], "error: 2 suspended users would be forgotten"],
  ])("is refused while %j wait", async (waiting, headline) => {
    const dates = new Map(waiting.map((id) => [id, "2999-01-01T00:00:00Z"]));
    const prior = { ...set, state: { ...set.state, suspended: dates } };
    const refused = await planWith(prior, { user_id_type: UserIdType.USERNAME }, contextOver(directory));
    expect(headlinesOf(refused)).toEqual([headline]);
    for (const id of waiting) expect(detailOf(refused)).toContain(id);
    expect(refused.diagnostics[0]?.path).toEqual([{ attribute: "user_id_type" }]);
  });

  test("that keeps everybody releases the set, which is told, and makes a new one", async () => {
    const users = new Map(everybody.map((user) => [idOf(user, UserIdType.USERNAME), ""]));
    const changes = { user_id_type: UserIdType.USERNAME, users };
    const { planned, privateData, requiresReplace, ...told } = await planWith(
      set,
      changes,
      contextOver(directory),
    );
    expect(headlinesOf(told)).toEqual([`warning: 25 users are released, not deleted: ${ADA}, …`]);
    expect(requiresReplace).toEqual([[{ attribute: "user_id_type" }]]);
    expect(privateData).toEqual(new Uint8Array());
    const NONE = new Map();
    const empty = {
      removals: NONE,
      suspensions: NONE,
      reactivations: NONE,
      suspended: NONE,
      leaver_user_ids: NONE,
    };
    expect(planned).toEqual({ ...set.state, ...changes, ...empty, id: UNKNOWN, drift: UNKNOWN });
  });
});

describe("removals that were not confirmed", () => {
  const pending = (...survivors: string[]): PresentSet => ({
    ...set,
    state: { ...set.state, drift: driftOf(...survivors) },
  });

  test.each<[survivors: string[], headline: string]>([
    [[ADA], `warning: The set includes 1 removed user again, and keeps them: ${ADA}`],
    [[ADA, BOB], `warning: The set includes 2 removed users again, and keeps them: ${ADA}, …`],
  ])("whose users %j are declared again are told", async (survivors, headline) => {
    const planned = await planWith(pending(...survivors), {}, contextOver(directory));
    expect(headlinesOf(planned)).toContain(headline);
  });

  test("are not told of if they are still to be removed, or nothing is known of the users", async () => {
    const prior = pending(ADA);
    const removed = { users: labelled(...ids.slice(1)) };
    const unknown: Partial<UserSetModel> = { users: UNKNOWN, allow_unknown_users: true };
    for (const changes of [removed, unknown]) {
      const planned = await planWith(prior, changes, contextOver(directory));
      expect(headlinesOf(planned).join()).not.toContain("in the set again");
    }
  });
});

describe("a release tells", () => {
  const prior = (changes: Partial<UserSetModel>) =>
    fillModel(userSetSchema, { users: labelled("a@x", "b@x"), ...changes });

  test("what is lost, and how to delete everybody before, or what was lost", () => {
    const set = prior({ drift: driftOf("b@x", "gone@x") });
    const before = releaseWarning(set)[0];
    expect(before?.detail).toMatch(
      /To delete them, first apply users = \{\}.*\nThe removal of these is not/s,
    );
    expect(before?.detail).toMatch(/After this change, nothing here tracks them:\n {2}b@x/);
    expect(before?.detail).not.toContain("gone@x");
    const after = releaseWarning(set, true)[0];
    expect(after?.summary).toBe("2 users were released, not deleted: b@x, …");
    expect(after?.detail).not.toContain("To delete them");
    expect(after?.detail).toMatch(/is not confirmed yet\. Nothing here tracks them:/);
    expect(releaseWarning(prior({}))[0]?.detail).not.toContain("These were removed");
  });

  test.each<[ids: string[], isDone: boolean, summary: string, detail: RegExp]>([
    [
      ["a@x"],
      false,
      "1 suspended user will not be deleted, and stays suspended: a@x",
      /^This user stays .*After this change, nothing here deletes or reactivates the user:/,
    ],
    [
      ["a@x"],
      true,
      "1 user stays suspended, and will not be deleted: a@x",
      /^This user stays .*Nothing here deletes or reactivates the user:/,
    ],
    [
      ["a@x", "b@x"],
      true,
      "2 users stay suspended, and will not be deleted: a@x, …",
      /^These users stay .*reactivates them:/,
    ],
  ])("who stays suspended: %j, done: %j", (waiting, isDone, summary, detail) => {
    const suspended = new Map(waiting.map((id) => [id, "2999-01-01T00:00:00Z"]));
    // Also of a set that holds nobody else.
    const told = releaseWarning(fillModel(userSetSchema, { users: new Map(), suspended }), isDone);
    expect(told).toMatchObject([{ severity: "warning", summary, detail: expect.stringMatching(detail) }]);
  });

  test.each([
    [["a@x"], [], "1 user is released, not deleted: a@x"],
    [["a@x", "b@x"], [], "2 users are released, not deleted: a@x, …"],
    [["a@x", "b@x"], ["b@x"], "2 users are released, not deleted: b@x, …"],
  ])("whether it names everybody: of %j with the survivors %j", (its, survivors, summary) => {
    const set = prior({ users: labelled(...its), drift: driftOf(...survivors) });
    expect(releaseWarning(set)).toMatchObject([{ summary }]);
  });

  test("declared users who stay suspended, and each user once", () => {
    const suspended = new Map([["b@x", "2026-12-01T00:00:00Z"]]);
    const drift = { missing: [], survivors: [], locked_out: ["a@x", "b@x"] };
    const told = releaseWarning(prior({ users: labelled("a@x"), suspended, drift }));
    expect(told.map(({ summary }) => summary)).toEqual([
      "1 user is released, not deleted: a@x",
      "2 suspended users will not be deleted, and stay suspended: b@x, …",
    ]);
  });

  test("nothing of a set that holds nobody", () => {
    expect(releaseWarning(prior({ users: new Map() }))).toEqual([]);
  });
});

describe("while one set is not known, another one", () => {
  const leaves = { users: labelled(BOB, EVE) };
  const refusal = "error: This change deletes 1 user while the users of another set are not known yet";

  test.each<[what: string, open: Partial<UserSetModel>, errors: string[]]>([
    ["deletes nobody: its retained ids", { retained_ids: UNKNOWN }, [refusal]],
    ["deletes nobody: one of its retained ids", { retained_ids: [EVE, UNKNOWN] }, [refusal]],
    ["may delete: it accepts that", { retained_ids: UNKNOWN, allow_unknown_users: true }, []],
    ["may delete: all is known", { retained_ids: [EVE] }, []],
    ["may delete: only a label is not known", { users: new Map([["new@example.com", UNKNOWN]]) }, []],
  ])("%s", async (_what, open, errors) => {
    const context = contextOver(directory);
    await planWith(await create(type, [], contextOver(directory)), open, context);
    const small = await create(type, [ADA, BOB, EVE], contextOver(directory));
    expect(errorsOf(await planWith(small, leaves, context))).toEqual(errors);
  });
});

test("while the users of a new set are not known, another one deletes nobody", async () => {
  const context = contextOver(directory);
  await planNew({ ...set.state, users: UNKNOWN }, context);
  expect(errorsOf(await planWith(set, { users: labelled(...ids.slice(1)) }, context))).toHaveLength(1);
});

test("a state that is older than suspend_days deletes at once", async () => {
  const old = { ...set, state: { ...set.state, suspend_days: null, suspended: null, suspensions: null } };
  const { planned } = await planWith(old, { users: labelled(...ids.slice(1)) }, contextOver(directory));
  expect(planned?.removals).toEqual(new Map([[ADA, UNKNOWN]]));
});

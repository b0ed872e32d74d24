import { beforeEach, describe, expect, test } from "@jest/globals";
import { fillModel, UNKNOWN } from "../../../src/plugin";
import { releaseWarning } from "../../../src/provider/user-set/release";
import { type UserSetModel, userSetSchema } from "../../../src/provider/user-set/schema";
import { UserIdType } from "../../../src/users";
import { contextOver, create, type PresentSet } from "../../support/provider/refreshed-set";
import { ModelDirectory } from "../../support/users/model-directory";
import { idOf, people } from "../../support/users/people";
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

const NONE = new Map();

/** The planned state of a set that is created. */
const CREATED = {
  id: UNKNOWN,
  drift: UNKNOWN,
  removals: NONE,
  suspensions: NONE,
  reactivations: NONE,
  suspended: NONE,
  leaver_user_ids: NONE,
  rebindings: NONE,
};

describe("a changed id type", () => {
  const byName = (...its: readonly (typeof everybody)[number][]) => ({
    user_id_type: UserIdType.USERNAME,
    users: new Map(its.map((user) => [idOf(user, UserIdType.USERNAME), ""])),
  });

  test.each([
    ["everybody stays", everybody],
    ["24 leave with it", everybody.slice(24)],
  ])("releases the set, which is told, and makes a new one: %s", async (_, declared) => {
    const changes = byName(...declared);
    const { planned, privateData, requiresReplace, ...told } = await planWith(
      set,
      changes,
      contextOver(directory),
    );
    expect(headlinesOf(told)).toEqual([`warning: 25 users are released, not deleted: ${ADA}, …`]);
    expect(detailOf(told)).toContain("So do those who leave with the same change");
    expect(requiresReplace).toEqual([[{ attribute: "user_id_type" }]]);
    expect(privateData).toEqual(new Uint8Array());
    expect(planned).toEqual({ ...set.state, ...changes, ...CREATED });
    expect(directory.deleted).toEqual([]);
  });

  test("to one by which nobody is found is refused", async () => {
    const wrong = { ...byName(), users: labelled(...ids) };
    const context = contextOver(directory);
    expect(errorsOf(await planWith(set, wrong, context))).toEqual([]);
    expect(errorsOf(await planNew({ ...set.state, ...wrong }, context))).toEqual([
      "error: None of the 25 users of this new set is in GenAuth",
    ]);
  });

  test("names those who stay suspended", async () => {
    const suspended = new Map([["x@x", "2999-01-01T00:00:00Z"]]);
    const prior = { ...set, state: { ...set.state, suspended } };
    expect(headlinesOf(await planWith(prior, byName(...everybody), contextOver(directory)))).toContain(
      "warning: 1 suspended user will not be deleted, and stays suspended: x@x",
    );
  });

  test("that is not known before the apply counts as changed", async () => {
    const unknown: Partial<UserSetModel> = { user_id_type: UNKNOWN };
    expect(headlinesOf(await planWith(set, unknown, contextOver(directory)))).toEqual([
      `warning: 25 users are released, not deleted: ${ADA}, …`,
    ]);
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
    const after = releaseWarning(set, "done")[0];
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
    const told = releaseWarning(
      fillModel(userSetSchema, { users: new Map(), suspended }),
      isDone ? "done" : "destroyed",
    );
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

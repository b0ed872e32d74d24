import { beforeEach, describe, expect, test } from "@jest/globals";
import { fillModel, UNKNOWN } from "../../../src/plugin";
import { releaseWarning } from "../../../src/provider/user-set/release";
import { type UserSetModel, userSetSchema } from "../../../src/provider/user-set/schema";
import { UserIdType } from "../../../src/users";
import { contextOver, create, type PresentSet } from "../../support/provider/refreshed-set";
import { ModelDirectory } from "../../support/users/model-directory";
import { emailOf, idOf, people, unlabelled } from "../../support/users/people";
import {
  detailOf,
  endings,
  error,
  errorsOf,
  headlinesOf,
  planNew,
  planWith,
  saying,
  warning,
} from "./support/planned";

const type = UserIdType.EMAIL;
const everybody = people(1, 25);
const ids = everybody.map(emailOf);
const [ADA = "", BOB = "", EVE = ""] = ids;
const usersOf = (...its: string[]) => unlabelled(its);
const driftOf = (...survivors: string[]) => ({ missing: [], survivors, locked_out: [] });

let directory: ModelDirectory;
let set: PresentSet;
beforeEach(async () => {
  directory = new ModelDirectory(everybody);
  set = await create(type, ids, contextOver(directory));
});

/** The planned state of a set that is created. */
const CREATED = { id: UNKNOWN, drift: UNKNOWN, suspended: new Map(), ...endings(new Map()) };

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
    expect(headlinesOf(told)).toEqual([warning(`25 users are released, not deleted: ${ADA}, …`)]);
    expect(detailOf(told)).toContain("Users who leave in the same change keep their accounts, too");
    expect(requiresReplace).toEqual([[{ attribute: "user_id_type" }]]);
    expect(privateData).toEqual(new Uint8Array());
    expect(planned).toEqual({ ...set.state, ...changes, ...CREATED });
    expect(directory.deleted).toEqual([]);
  });

  test("to one by which nobody is found is refused", async () => {
    const wrong = { ...byName(), users: usersOf(...ids) };
    const context = contextOver(directory);
    expect(errorsOf(await planWith(set, wrong, context))).toEqual([]);
    expect(errorsOf(await planNew({ ...set.state, ...wrong }, context))).toEqual([
      error("None of the 25 users of this new set is in GenAuth"),
    ]);
  });

  test("names those who stay suspended", async () => {
    const suspended = new Map([["x@x", "2999-01-01T00:00:00Z"]]);
    const prior = { ...set, state: { ...set.state, suspended } };
    expect(headlinesOf(await planWith(prior, byName(...everybody), contextOver(directory)))).toContainEqual(
      warning("1 suspended user will not be deleted, and stays suspended: x@x"),
    );
  });

  test("that is not known before the apply counts as changed", async () => {
    const unknown: Partial<UserSetModel> = { user_id_type: UNKNOWN };
    expect(headlinesOf(await planWith(set, unknown, contextOver(directory)))).toEqual([
      warning(`25 users are released, not deleted: ${ADA}, …`),
    ]);
  });
});

describe("a replacement that the engine decides", () => {
  /** The second half of it: a creation, with the private data that the engine hands over from the first. */
  const planSecondHalf = (changes: Partial<UserSetModel>, context: ReturnType<typeof contextOver>) =>
    planNew({ ...set.state, ...changes }, context, set.privateData);

  test("is refused if somebody leaves with it, who is named", async () => {
    const context = contextOver(directory);
    const withoutAda = { users: usersOf(...ids.slice(1)) };
    await planWith(set, withoutAda, context);

    const planned = await planSecondHalf(withoutAda, context);

    expect(headlinesOf(planned)).toEqual([
      { severity: "error", summary: "The set is replaced, which would lose 1 removal" },
    ]);
    expect(detailOf(planned)).toContain(`These would leave the set, and keep their accounts:\n  ${ADA}`);
    expect(detailOf(planned)).not.toContain("stay suspended");
  });

  test("is refused if somebody waits for the deletion, who is named", async () => {
    const context = contextOver(directory);
    const suspended = new Map([["x@x", "2999-01-01T00:00:00Z"]]);
    await planWith({ ...set, state: { ...set.state, suspended } }, {}, context);

    const planned = await planSecondHalf({}, context);

    expect(headlinesOf(planned)).toEqual([
      { severity: "error", summary: "The set is replaced, which would lose 1 suspended user" },
    ]);
    expect(detailOf(planned)).toContain("nothing here would delete or reactivate them:\n  x@x");
    expect(detailOf(planned)).not.toContain("leave the set");
  });

  test("is refused for a survivor of the last apply", async () => {
    const context = contextOver(directory);
    const survivors = { ...set.state, drift: driftOf(ADA, BOB) };
    const withoutBoth = { users: usersOf(...ids.slice(2)) };
    await planWith({ ...set, state: survivors }, withoutBoth, context);

    expect(errorsOf(await planSecondHalf(withoutBoth, context))).toEqual([
      { severity: "error", summary: "The set is replaced, which would lose 2 removals" },
    ]);
  });

  test("passes if everybody stays, or who leaves is retained", async () => {
    const context = contextOver(directory);
    await planWith(set, {}, context);
    expect(errorsOf(await planSecondHalf({}, context))).toEqual([]);

    const retained = { users: usersOf(...ids.slice(1)), retained_ids: [ADA] };
    await planWith(set, retained, context);
    expect(errorsOf(await planSecondHalf(retained, context))).toEqual([]);
  });

  test.each<{ which: string; privateData?: Uint8Array }>([
    { which: "this set" },
    { which: "an imported set, which has no private data either", privateData: new Uint8Array() },
  ])("is told from a new set beside $which", async ({ privateData = set.privateData }) => {
    const context = contextOver(directory);
    const withoutAda = { users: usersOf(...ids.slice(1)) };
    await planWith({ ...set, privateData }, withoutAda, context);

    expect(errorsOf(await planNew({ ...set.state, users: usersOf(EVE) }, context))).toEqual([]);
  });

  test("passes although somebody leaves another set", async () => {
    const context = contextOver(directory);
    const other = await create(type, ["other@example.com"], contextOver(directory));
    await planWith(other, { users: usersOf() }, context);
    await planWith(set, {}, context);

    expect(errorsOf(await planSecondHalf({}, context))).toEqual([]);
  });
});

describe("removals that were not confirmed", () => {
  const pending = (...survivors: string[]): PresentSet => ({
    ...set,
    state: { ...set.state, drift: driftOf(...survivors) },
  });

  test.each([
    { survivors: [ADA], says: `The set includes 1 removed user again, and keeps them: ${ADA}` },
    { survivors: [ADA, BOB], says: `The set includes 2 removed users again, and keeps them: ${ADA}, …` },
  ])("of $survivors who are declared again are told", async ({ survivors, says }) => {
    const planned = await planWith(pending(...survivors), {}, contextOver(directory));
    expect(headlinesOf(planned)).toContainEqual(warning(says));
  });

  test("are not told of if they are still to be removed, or nothing is known of the users", async () => {
    const prior = pending(ADA);
    const removed = { users: usersOf(...ids.slice(1)) };
    const unknown: Partial<UserSetModel> = { users: UNKNOWN, allow_unknown_users: true };
    for (const changes of [removed, unknown]) {
      const planned = await planWith(prior, changes, contextOver(directory));
      expect(headlinesOf(planned)).not.toContainEqual(saying("again, and keeps them"));
    }
  });
});

describe("a release tells", () => {
  const prior = (changes: Partial<UserSetModel>) =>
    fillModel(userSetSchema, { users: usersOf("a@x", "b@x"), ...changes });

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
    expect(releaseWarning(prior({}))[0]?.detail).not.toContain("The removal of these is not");
  });

  /** What a release tells of a set that holds nobody but those who wait. */
  const tellOfWaiting = (stage: "done" | "destroyed", ...waiting: string[]) => {
    const suspended = new Map(waiting.map((id) => [id, "2999-01-01T00:00:00Z"]));
    return releaseWarning(fillModel(userSetSchema, { users: new Map(), suspended }), stage);
  };

  test("before it, who will stay suspended", () => {
    expect(tellOfWaiting("destroyed", "a@x")).toMatchObject([
      {
        ...warning("1 suspended user will not be deleted, and stays suspended: a@x"),
        detail: expect.stringMatching(
          /^This user stays .*After this change, nothing here deletes or reactivates the user:/,
        ),
      },
    ]);
  });

  test("after it, who stays suspended", () => {
    expect(tellOfWaiting("done", "a@x")).toMatchObject([
      {
        ...warning("1 user stays suspended, and will not be deleted: a@x"),
        detail: expect.stringMatching(/^This user stays .*Nothing here deletes or reactivates the user:/),
      },
    ]);
    expect(tellOfWaiting("done", "a@x", "b@x")).toMatchObject([
      {
        ...warning("2 users stay suspended, and will not be deleted: a@x, …"),
        detail: expect.stringMatching(/^These users stay .*reactivates them:/),
      },
    ]);
  });

  test("who is released, by the only id or the first one", () => {
    expect(releaseWarning(prior({ users: usersOf("a@x") }))).toMatchObject([
      warning("1 user is released, not deleted: a@x"),
    ]);
    expect(releaseWarning(prior({ users: usersOf("a@x", "b@x") }))).toMatchObject([
      warning("2 users are released, not deleted: a@x, …"),
    ]);
  });

  test("first of a user whose removal is not confirmed", () => {
    expect(releaseWarning(prior({ drift: driftOf("b@x") }))).toMatchObject([
      warning("2 users are released, not deleted: b@x, …"),
    ]);
  });

  test("declared users who stay suspended, and each user once", () => {
    const suspended = new Map([["b@x", "2026-12-01T00:00:00Z"]]);
    const drift = { missing: [], survivors: [], locked_out: ["a@x", "b@x"] };
    const told = releaseWarning(prior({ users: usersOf("a@x"), suspended, drift }));
    expect(told.map(({ summary }) => summary)).toEqual([
      "1 user is released, not deleted: a@x",
      "2 suspended users will not be deleted, and stay suspended: b@x, …",
    ]);
  });

  test("nothing of a set that holds nobody", () => {
    expect(releaseWarning(prior({ users: new Map() }))).toEqual([]);
  });
});

describe("while the retained ids of one set are not known", () => {
  /** Plans that Ada leaves a set, after another one of which this is planned. */
  const errorsBeside = async (other: Partial<UserSetModel>) => {
    const context = contextOver(directory);
    await planWith(await create(type, [], contextOver(directory)), other, context);
    const small = await create(type, [ADA, BOB, EVE], contextOver(directory));
    return errorsOf(await planWith(small, { users: usersOf(BOB, EVE) }, context));
  };
  const REFUSED = [error("This change deletes 1 user while the users of another set are not known yet")];

  test("another set deletes nobody, even if only one of them is not known", async () => {
    expect(await errorsBeside({ retained_ids: UNKNOWN })).toEqual(REFUSED);
    expect(await errorsBeside({ retained_ids: [EVE, UNKNOWN] })).toEqual(REFUSED);
  });

  test("another set may delete if the set accepts it", async () => {
    expect(await errorsBeside({ retained_ids: UNKNOWN, allow_unknown_users: true })).toEqual([]);
  });

  test("another set may delete once all ids are known, whatever the labels are", async () => {
    expect(await errorsBeside({ retained_ids: [EVE] })).toEqual([]);
    expect(await errorsBeside({ users: new Map([["new@example.com", UNKNOWN]]) })).toEqual([]);
  });
});

test("while the users of a new set are not known, another one deletes nobody", async () => {
  const context = contextOver(directory);
  await planNew({ ...set.state, users: UNKNOWN }, context);
  expect(errorsOf(await planWith(set, { users: usersOf(...ids.slice(1)) }, context))).toHaveLength(1);
});

test("a state that is older than suspend_days deletes at once", async () => {
  const old = { ...set, state: { ...set.state, suspend_days: null, suspended: null, suspensions: null } };
  const { planned } = await planWith(old, { users: usersOf(...ids.slice(1)) }, contextOver(directory));
  expect(planned?.removals).toEqual(new Map([[ADA, UNKNOWN]]));
});

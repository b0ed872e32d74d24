import { describe, expect, test } from "@jest/globals";
import { type Logger, UNKNOWN } from "../../../src/plugin";
import { planUserSet } from "../../../src/provider/user-set/plan";
import { UserIdType } from "../../../src/users";
import { contextOver, create, type PresentSet, refresh, update } from "../../support/provider/refreshed-set";
import { REFUSED } from "../../support/users/failures";
import { ModelDirectory } from "../../support/users/model-directory";
import { emailOf, idOf, people, person, unlabelled } from "../../support/users/people";
import { adaWaits, withoutAda } from "./support/ada-waits";
import { applyPlan, error, errorsOf, headlinesOf, planWith } from "./support/planned";

const type = UserIdType.EMAIL;
const everybody = people(1, 5);
const ids = everybody.map(emailOf);
const [ADA = "", BOB = "", ...others] = ids;

/** A log that keeps what it says at INFO. */
function logInto(lines: unknown[]): Logger {
  const nowhere = (): void => undefined;
  const info = (message: string, fields: unknown) => void lines.push([message, fields]);
  return { trace: nowhere, debug: nowhere, info, warn: nowhere, error: nowhere };
}

async function createdIn(directory: ModelDirectory): Promise<PresentSet> {
  return create(type, ids, contextOver(directory));
}

describe("at INFO, the log of an apply counts how users ended", () => {
  test("deleted, kept as survivors, and gone before", async () => {
    const directory = new ModelDirectory(everybody);
    const set = await createdIn(directory);
    directory.remove(person(3).userId);
    directory.poisoned.add(person(2).userId);
    const lines: unknown[] = [];
    const { state } = await update(
      set,
      others.slice(1),
      contextOver(directory, {}, { logger: logInto(lines) }),
    );
    expect(state.removals).toEqual(
      new Map([
        [ADA, "deleted"],
        [BOB, "not confirmed gone"],
        // Gone before the plan, so nothing is left to be done.
        [others[0], "not deleted"],
      ]),
    );
    expect(lines).toEqual([
      ["user set applied", { removed: 3, gone: 1, suspended: 0, survivors: 1, declared: 2 }],
    ]);
  });

  test("suspended, and deleted after their days", async () => {
    const stack = await adaWaits();
    stack.directory.letPass(20);
    const lines: unknown[] = [];
    const context = () => contextOver(stack.directory, {}, { logger: logInto(lines) });
    const { kept } = await refresh(stack.present, context());
    const left = new Map(withoutAda.slice(1).map((user) => [idOf(user, type), ""]));
    const { planned, privateData } = await planWith(kept, { users: left }, context());
    const { state } = await applyPlan(kept, planned, context(), privateData);
    expect(state).toMatchObject({
      removals: new Map([[ADA, "deleted"]]),
      suspensions: new Map([[BOB, "suspended"]]),
      suspended: new Map([[BOB, "2026-02-05T00:00:00Z"]]),
      users: left,
    });
    expect(lines).toEqual([
      ["user set applied", { removed: 1, gone: 1, suspended: 1, survivors: 0, declared: 2 }],
    ]);
  });
});

test("an apply that is refused leaves the set as it was, and deletes nobody", async () => {
  const directory = new ModelDirectory(everybody);
  const set = await createdIn(directory);
  const changes = { users: unlabelled(others), max_deletions: 2 };
  const { planned, privateData } = await planWith(set, changes, contextOver(directory));
  const limits = { protectedUsers: new Map(), acceptEmptyPool: true, maxDeletions: 1 };
  const counted: (readonly string[])[] = [];
  const ledger = (people: readonly string[]) => {
    counted.push(people);
    return people.length;
  };
  const strict = contextOver(directory, {}, { limits, ledger });
  const refused = await applyPlan(set, planned, strict, privateData);
  expect(refused).toMatchObject({ state: set.state, privateData: set.privateData });
  expect(headlinesOf(refused)).toEqual([error("More deletions than this pipeline allows")]);
  expect(directory.deleted).toEqual([]);
  // The operator's limit counts people, by the ids that never pass to another user.
  expect(counted).toEqual([[person(1).userId, person(2).userId]]);
});

test("a refused plan points at the attribute that caused it, and at no other", async () => {
  const set = await createdIn(new ModelDirectory(everybody));
  const changes = { users: new Map(), max_deletions: 0 };
  const { diagnostics } = await planWith(set, changes, contextOver(new ModelDirectory(everybody)));
  expect(diagnostics.map(({ severity, path }) => [severity, path])).toEqual([
    ["warning", undefined],
    ["error", [{ attribute: "max_deletions" }]],
  ]);
});

test("a deletion by system user id is sent as one, and otherwise the declared id is", async () => {
  const sentBy = async (deleteBy: string | null): Promise<unknown> => {
    const directory = new ModelDirectory(everybody);
    const set = await createdIn(directory);
    const changes = { users: unlabelled([BOB, ...others]), delete_by: deleteBy };
    const { planned, privateData } = await planWith(set, changes, contextOver(directory));
    await applyPlan(set, planned, contextOver(directory), privateData);
    return directory.calls.filter(({ method }) => method === "deleteUsers").map(({ ids: sent }) => sent);
  };
  expect(await sentBy("user_id")).toEqual([[person(1).userId]]);
  expect(await sentBy("declared_id")).toEqual([[ADA]]);
  expect(await sentBy(null)).toEqual([[ADA]]);
});

test("somebody leaves a set in which nobody was ever found only if it accepts missing users", async () => {
  const directory = new ModelDirectory([]);
  directory.fault = () => ({ failure: REFUSED });
  const set = await createdIn(directory);
  directory.fault = () => undefined;
  const users = unlabelled([BOB, ...others]);
  const plan = (allowed: boolean) =>
    planWith(set, { users, allow_missing_users: allowed }, contextOver(directory));
  expect(errorsOf(await plan(false))).toHaveLength(1);
  expect(errorsOf(await plan(true))).toEqual([]);
});

describe("a plan that is not refused without a configuration", () => {
  test("deletes whom it may, and says that nobody could be looked up", async () => {
    const directory = new ModelDirectory(everybody);
    const set = await createdIn(directory);
    directory.forget();
    const context = { ...contextOver(directory), pool: undefined };
    const planned = await planWith(set, { users: unlabelled(others) }, context);
    expect(errorsOf(planned)).toEqual([]);
    expect(planned.diagnostics.map(({ detail }) => detail).join("\n")).toContain(
      "The provider's configuration is not known before apply",
    );
    expect(planned.planned?.removals).toEqual(
      new Map([
        [ADA, UNKNOWN],
        [BOB, UNKNOWN],
      ]),
    );
    expect(directory.calls).toEqual([]);
  });
});

test("a released set is compared with the others of the plan: nobody is deleted while its users move on", async () => {
  const directory = new ModelDirectory(everybody);
  const context = contextOver(directory);
  const one = await create(type, [ADA, BOB], contextOver(directory));
  const released = await create(type, others, contextOver(directory));
  const { state: prior, privateData } = released;
  await planUserSet({ prior, proposed: null, config: null, privateData, context });
  const shifted = unlabelled([BOB, ...others]);
  expect(errorsOf(await planWith(one, { users: shifted }, context))).toEqual([
    error("This change deletes 1 user while it takes over 3 users of a set that is being removed"),
  ]);
});

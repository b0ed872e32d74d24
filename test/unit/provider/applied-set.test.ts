import { describe, expect, test } from "@jest/globals";
import type { Logger } from "../../../src/plugin";
import { UserIdType } from "../../../src/users";
import { contextOver, create, type PresentSet, refresh, update } from "../../support/provider/refreshed-set";
import { ModelDirectory } from "../../support/users/model-directory";
import { emailOf, idOf, people, person, unlabelled } from "../../support/users/people";
import { adaWaits, withoutAda } from "./support/ada-waits";
import { applyPlan, error, headlinesOf, planWith } from "./support/planned";

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

import { beforeEach, describe, expect, test } from "@jest/globals";
import { UNKNOWN } from "../../../src/plugin";
import { planUserSet } from "../../../src/provider/user-set/plan";
import { UserIdType } from "../../../src/users";
import { contextOver, create, type PresentSet } from "../../support/provider/refreshed-set";
import { REFUSED } from "../../support/users/failures";
import { ModelDirectory } from "../../support/users/model-directory";
import { emailOf, people, unlabelled } from "../../support/users/people";
import { error, errorsOf, headlinesOf, planNew, planUnrefreshed, planWith, warning } from "./support/planned";

const type = UserIdType.EMAIL;
const everybody = people(1, 5);
const ids = everybody.map(emailOf);
const [ADA = "", BOB = "", ...others] = ids;

let directory: ModelDirectory;
let set: PresentSet;
beforeEach(async () => {
  directory = new ModelDirectory(everybody);
  set = await create(type, ids, contextOver(directory));
  directory.forget();
});

const adaLeaves = { users: unlabelled([BOB, ...others]) };

describe("in a process that has not refreshed the set, as in that of an apply, a plan", () => {
  test("repeats no warning", async () => {
    const refreshed = await planWith(set, adaLeaves, contextOver(directory));
    expect(headlinesOf(refreshed)).toEqual([
      warning(`1 user will be permanently deleted from GenAuth in 1 call: ${ADA}`),
    ]);
    const unrefreshed = await planUnrefreshed(set, adaLeaves, contextOver(directory));
    expect(headlinesOf(unrefreshed)).toEqual([]);
  });

  test("is refused as before", async () => {
    const changes = { ...adaLeaves, max_deletions: 0 };
    const unrefreshed = await planUnrefreshed(set, changes, contextOver(directory));
    expect(headlinesOf(unrefreshed)).toEqual([error("1 user would be deleted, more than max_deletions (0)")]);
  });
});

test("a refused plan points at the attribute that caused it, and a warning at none", async () => {
  const changes = { ...adaLeaves, max_deletions: 0 };
  const { diagnostics } = await planWith(set, changes, contextOver(directory));
  expect(diagnostics).toMatchObject([
    { severity: "warning", path: undefined },
    { severity: "error", path: [{ attribute: "max_deletions" }] },
  ]);
});

test("a plan without the provider's configuration looks nobody up, says so, and leaves open who is deleted", async () => {
  const planned = await planWith(set, adaLeaves, { ...contextOver(directory), pool: undefined });
  expect(errorsOf(planned)).toEqual([]);
  expect(planned.diagnostics.map(({ detail }) => detail).join("\n")).toContain(
    "The provider's configuration is not known before apply",
  );
  expect(planned.planned?.removals).toEqual(new Map([[ADA, UNKNOWN]]));
  expect(directory.calls).toEqual([]);
});

test("nobody is deleted from a set while it takes over the users of a set that is removed", async () => {
  const context = contextOver(directory);
  const removed = await create(type, others, contextOver(directory));
  await planUserSet({
    prior: removed.state,
    proposed: null,
    config: null,
    privateData: removed.privateData,
    context,
  });
  const kept = await create(type, [ADA, BOB], contextOver(directory));
  const adaLeavesAndOthersJoin = { users: unlabelled([BOB, ...others]) };
  expect(errorsOf(await planWith(kept, adaLeavesAndOthersJoin, context))).toEqual([
    error("This change deletes 1 user while it takes over 3 users of a set that is being removed"),
  ]);
});

describe("a new set", () => {
  test("is looked up at plan, and its ids that nobody has are named", async () => {
    const users = unlabelled([...ids, "nobody@example.com"]);
    const planned = await planNew({ ...set.state, users }, contextOver(directory));
    expect(headlinesOf(planned)).toEqual([
      warning("1 of 6 declared users not found in GenAuth: nobody@example.com"),
    ]);
  });

  test("is refused if the pool has none of its users, unless it accepts missing users", async () => {
    const users = unlabelled(people(101, 105).map(emailOf));
    const plan = (allow_missing_users: boolean) =>
      planNew({ ...set.state, users, allow_missing_users }, contextOver(directory));
    expect(errorsOf(await plan(false))).toEqual([error("None of the 5 users of this new set is in GenAuth")]);
    expect(errorsOf(await plan(true))).toEqual([]);
  });
});

test("a set in which nobody was ever found deletes somebody only if it accepts missing users", async () => {
  const empty = new ModelDirectory([]);
  empty.fault = () => ({ failure: REFUSED });
  const neverFound = await create(type, ids, contextOver(empty));
  empty.fault = () => undefined;
  const plan = (allow_missing_users: boolean) =>
    planWith(neverFound, { ...adaLeaves, allow_missing_users }, contextOver(empty));
  expect(errorsOf(await plan(false))).toEqual([
    error("None of the 5 users of this set was ever found in GenAuth, as far as its state knows"),
  ]);
  expect(errorsOf(await plan(true))).toEqual([]);
});

import { expect, test } from "@jest/globals";
import { fillModel } from "../../src/plugin";
import { NO_PRIVATE_DATA } from "../../src/provider/user-set/private-data";
import { refusalDiagnostics } from "../../src/provider/user-set/diagnostics";
import { planSetRemovals } from "../../src/provider/user-set/removals";
import { userSetSchema } from "../../src/provider/user-set/schema";
import { diffUserSets, UserIdType } from "../../src/users";
import { ModelDirectory } from "../users/support/model-directory";
import { idOf, people, person } from "../users/support/people";
import { contextOver } from "./support/refreshed-set";

const type = UserIdType.EMAIL;

/** Removes two of four users, of whom none is in the pool any more. */
function planTwoOfFour(acceptEmptyPool: boolean) {
  const users = people(1, 4);
  const ids = users.map((user) => idOf(user, type));
  const directory = new ModelDirectory([person(9)]);
  const labelled = (its: readonly string[]) => new Map(its.map((id) => [id, ""]));
  const set = fillModel(userSetSchema, { id: "a-set", users: labelled(ids), user_id_type: type });
  const declared = labelled(ids.slice(2));
  return planSetRemovals({
    prior: set,
    planned: { ...set, users: declared },
    declared,
    difference: diffUserSets(labelled(ids), declared),
    config: null,
    data: { ...NO_PRIVATE_DATA, bindings: new Map(users.map((user) => [idOf(user, type), user.userId])) },
    context: contextOver(directory, {}, { limits: { protectedUsers: new Map(), acceptEmptyPool } }),
  });
}

test("a small set without any user in the pool is an error with the number of look-ups", async () => {
  const { refusals } = await planTwoOfFour(false);
  expect(refusalDiagnostics(refusals)).toMatchObject([
    { severity: "error", detail: expect.stringMatching(/^All 4 users .*GENAUTH_ACCEPT_EMPTY_POOL=1/) },
  ]);
});

test("and is accepted if the operator confirms it", async () => {
  const { refusals, removals } = await planTwoOfFour(true);
  expect(refusals).toEqual([]);
  expect(removals.map(({ outcome }) => outcome.kind)).toEqual(["gone", "gone"]);
});

import { expect, test } from "@jest/globals";
import { fillModel } from "../../../src/plugin";
import { refusalOf } from "../../../src/provider/user-set/diagnostics";
import { changeContextOf, changeOf } from "../../../src/provider/user-set/change";
import { encodeMemory } from "../../../src/provider/user-set/memory-codec";
import { userSetSchema } from "../../../src/provider/user-set/schema";
import { UserIdType } from "../../../src/users";
import { decideChange } from "../../../src/users/change/decide";
import { NO_MEMORY } from "../../../src/users/change/memory";
import { ModelDirectory } from "../../support/users/model-directory";
import { idOf, people, person } from "../../support/users/people";
import { contextOver } from "../../support/provider/refreshed-set";
import { kindOf } from "../users/support/endings";

const type = UserIdType.EMAIL;

/** Removes two of four users, of whom none is in the pool any more. */
function planTwoOfFour(acceptEmptyPool: boolean) {
  const users = people(1, 4);
  const ids = users.map((user) => idOf(user, type));
  const directory = new ModelDirectory([person(9)]);
  const labelled = (its: readonly string[]) => new Map(its.map((id) => [id, ""]));
  const set = fillModel(userSetSchema, { id: "a-set", users: labelled(ids), user_id_type: type });
  const bindings = new Map(users.map((user) => [idOf(user, type), user.userId]));
  const privateData = encodeMemory({ ...NO_MEMORY, bindings }, ids, type);
  const update = changeOf(set, { ...set, users: labelled(ids.slice(2)) }, privateData);
  const context = contextOver(directory, {}, { limits: { protectedUsers: new Map(), acceptEmptyPool } });
  if (!update) throw new Error("The users are known.");
  return decideChange(update.change, changeContextOf(context, false));
}

test("a small set without any user in the pool is an error with the number of look-ups", async () => {
  const { refusals } = await planTwoOfFour(false);
  expect(refusals.map(refusalOf)).toMatchObject([
    { severity: "error", detail: expect.stringMatching(/^All 4 users .*GENAUTH_ACCEPT_EMPTY_POOL=1/) },
  ]);
});

test("and is accepted if the operator confirms it", async () => {
  const { refusals, leaving } = await planTwoOfFour(true);
  expect(refusals).toEqual([]);
  expect(leaving.map(kindOf)).toEqual(["gone", "gone"]);
});

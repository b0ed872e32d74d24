import { expect, test } from "@jest/globals";
import { fillModel } from "../../../src/plugin";
import { encodeMemory } from "../../../src/provider/user-set/memory-codec";
import { planUserSet } from "../../../src/provider/user-set/plan";
import { userSetSchema } from "../../../src/provider/user-set/schema";
import { UserIdType } from "../../../src/users";
import { NO_MEMORY } from "../../../src/users/change/memory";
import { ModelDirectory } from "../../support/users/model-directory";
import { idOf, people } from "../../support/users/people";
import { contextOver } from "../../support/provider/refreshed-set";

test("a refused plan points at the attribute that caused it, and at no other", async () => {
  const users = people(1, 2);
  const type = UserIdType.EMAIL;
  const ids = users.map((user) => idOf(user, type));
  const bindings = new Map(users.map((user) => [idOf(user, type), user.userId]));
  const prior = fillModel(userSetSchema, {
    id: "a-set",
    users: new Map(ids.map((id) => [id, ""])),
    user_id_type: type,
    max_deletions: 0,
  });
  const proposed = { ...prior, users: new Map() };
  const { diagnostics } = await planUserSet({
    prior,
    proposed,
    config: proposed,
    privateData: encodeMemory({ ...NO_MEMORY, bindings }, ids, type),
    context: contextOver(new ModelDirectory(users)),
  });
  expect(diagnostics.map(({ severity, path }) => [severity, path])).toEqual([
    ["warning", undefined],
    ["error", [{ attribute: "max_deletions" }]],
  ]);
});

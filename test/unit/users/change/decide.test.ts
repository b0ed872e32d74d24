import { expect, test } from "@jest/globals";
import { type ChangeContext, USER_ID_TYPES, UserIdType } from "../../../../src/users";
import { decideChange } from "../../../../src/users/change/decide";
import { ModelDirectory } from "../../../support/users/model-directory";
import { idOf, people } from "../../../support/users/people";
import { contextOn, unlimitedChange } from "../support/set-change";

const users = people(1, 3);
const [leaver] = users;

/** Plans the removal of the first of three users from a set of the given type. */
function plan(directory: ModelDirectory, type: UserIdType, options: Partial<ChangeContext> = {}) {
  const ids = users.map((user) => idOf(user, type));
  const bindings = new Map(users.map((user) => [idOf(user, type), user.userId]));
  return decideChange(
    unlimitedChange({
      type,
      prior: new Map(ids.map((id) => [id, ""])),
      declared: new Map(ids.slice(1).map((id) => [id, ""])),
      bindings,
    }),
    contextOn(directory, options),
  );
}

test.each(USER_ID_TYPES)("a look-up by %s that omits a removed user is repeated", async (type) => {
  const directory = new ModelDirectory(users);
  directory.fault = (_call, nth) => (nth === 1 ? { omit: true } : undefined);
  const { leaving } = await plan(directory, type);
  expect(leaving.map(({ fate }) => fate)).toEqual([
    { kind: "delete", userId: leaver?.userId, name: leaver?.name },
  ]);
});

test.each(USER_ID_TYPES)(
  "look-ups by %s that leave a removed user out for a while are not believed",
  async (type) => {
    const directory = new ModelDirectory(users);
    const begun = performance.now();
    directory.fault = () => (performance.now() < begun + 100 ? { omit: true } : undefined);
    const { leaving } = await plan(directory, type, { confirmWithinMs: 1_000 });
    expect(leaving.map(({ fate }) => fate)).toEqual([
      { kind: "delete", userId: leaver?.userId, name: leaver?.name },
    ]);
  },
);

test.each(USER_ID_TYPES)("a user found by %s is looked up once, an absent user twice", async (type) => {
  const directory = new ModelDirectory(users);
  await plan(directory, type);
  expect(directory.calls).toHaveLength(1);
  directory.forget();
  directory.remove(leaver?.userId ?? "");
  const { leaving } = await plan(directory, type);
  expect(leaving.map(({ fate }) => fate.kind)).toEqual(["gone"]);
  const askedByThatId = directory.calls.filter(({ ids }) => ids.includes(leaver ? idOf(leaver, type) : ""));
  expect(askedByThatId).toHaveLength(2);
});

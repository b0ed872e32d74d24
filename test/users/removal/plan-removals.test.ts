import { expect, test } from "@jest/globals";
import { planRemovals, USER_ID_TYPES, UserIdType, UserLookUps } from "../../../src/users";
import { ModelDirectory } from "../support/model-directory";
import { idOf, people } from "../support/people";
import { lenientPolicy } from "../support/policy";

const users = people(1, 3);
const [leaving] = users;

/** Plans the removal of the first of three users from a set of the given type. */
function plan(
  directory: ModelDirectory,
  type: UserIdType,
  options: Partial<Parameters<typeof planRemovals>[2]> = {},
) {
  const ids = users.map((user) => idOf(user, type));
  const bindings = new Map(users.map((user) => [idOf(user, type), user.userId]));
  return planRemovals(
    {
      type,
      prior: new Map(ids.map((id) => [id, ""])),
      declared: new Map(ids.slice(1).map((id) => [id, ""])),
      retained: [],
      bindings,
    },
    lenientPolicy(),
    { lookUps: new UserLookUps(directory), ...options },
  );
}

test.each(USER_ID_TYPES)("a look-up by %s that omits a removed user is repeated", async (type) => {
  const directory = new ModelDirectory(users);
  directory.fault = (_call, nth) => (nth === 1 ? { omit: true } : undefined);
  const { removals } = await plan(directory, type);
  expect(removals.map(({ outcome }) => outcome)).toEqual([
    { kind: "delete", userId: leaving?.userId, name: leaving?.name },
  ]);
});

test.each(USER_ID_TYPES)(
  "look-ups by %s that leave a removed user out for a while are not believed",
  async (type) => {
    const directory = new ModelDirectory(users);
    const begun = performance.now();
    directory.fault = () => (performance.now() < begun + 100 ? { omit: true } : undefined);
    const { removals } = await plan(directory, type, { confirmWithinMs: 1_000 });
    expect(removals.map(({ outcome }) => outcome)).toEqual([
      { kind: "delete", userId: leaving?.userId, name: leaving?.name },
    ]);
  },
);

test.each(USER_ID_TYPES)("a user found by %s is looked up once, an absent user twice", async (type) => {
  const directory = new ModelDirectory(users);
  await plan(directory, type);
  expect(directory.calls).toHaveLength(1);
  directory.forget();
  directory.remove(leaving?.userId ?? "");
  const { removals } = await plan(directory, type);
  expect(removals.map(({ outcome }) => outcome.kind)).toEqual(["gone"]);
  const askedByThatId = directory.calls.filter(({ ids }) => ids.includes(leaving ? idOf(leaving, type) : ""));
  expect(askedByThatId).toHaveLength(2);
});

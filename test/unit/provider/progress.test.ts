import { expect, test } from "@jest/globals";
import { logProgress } from "../../../src/provider/configure";
import { planUserSet } from "../../../src/provider/user-set/plan";
import { UserIdType } from "../../../src/users";
import { ModelDirectory } from "../../support/users/model-directory";
import { idOf, people } from "../../support/users/people";
import { contextOver, create, refresh, update } from "../../support/provider/refreshed-set";

type Line = readonly [string, unknown];

/** A log of all progress: the clock advances six seconds with each reading. */
function loggingAll(lines: Line[]) {
  let elapsed = 0;
  return logProgress(
    { info: (message, fields) => void lines.push([message, fields]) },
    () => (elapsed += 6000),
  );
}

test("a line contains the work, its progress, rate and remaining time", () => {
  const lines: Line[] = [];
  const tell = loggingAll(lines).begin("deleting users");
  tell({ done: 50, total: 1000 });
  tell({ done: 350, total: 1000 });
  expect(lines).toEqual([["deleting users: 350 of 1000", { sets: 1, perSecond: 50, secondsLeft: 13 }]]);
});

test("every long operation of a set logs its progress", async () => {
  const users = people(1, 400);
  const directory = new ModelDirectory(users);
  const ids = users.map((user) => idOf(user, UserIdType.EMAIL));
  const log = async (work: (context: ReturnType<typeof contextOver>) => Promise<unknown>) => {
    const lines: Line[] = [];
    await work(contextOver(directory, {}, { progress: loggingAll(lines) }));
    return [...new Set(lines.map(([message]) => message.replace(/: \d+ of \d+$/, "")))];
  };

  let set = await create(UserIdType.EMAIL, ids, contextOver(directory));
  expect(await log((context) => create(UserIdType.EMAIL, ids, context))).toEqual([
    "looking up the users of a new set",
  ]);
  expect(await log((context) => refresh(set, context))).toEqual(["refresh: looking up users"]);

  const { state, privateData } = set;
  const proposed = { ...state, users: new Map(ids.slice(200).map((id) => [id, ""])) };
  expect(
    await log((context) => planUserSet({ prior: state, proposed, config: proposed, privateData, context })),
  ).toEqual(["looking up removed and added users"]);

  for (const { userId } of users.slice(0, 100)) directory.remove(userId);
  const applied = await log(async (context) => (set = await update(set, ids.slice(300), context)));
  expect(applied).toEqual([
    "looking up removed and added users",
    "looking up absent users again",
    "looking up earlier users of removed ids",
    "deleting users",
  ]);
  expect(directory.all()).toHaveLength(100);
});

test("the progress of concurrent sets is logged together", async () => {
  const users = people(1, 200);
  const directory = new ModelDirectory(users);
  const ids = users.map(({ userId }) => userId);
  const type = UserIdType.USER_ID;
  const one = await create(type, ids.slice(0, 100), contextOver(directory));
  const two = await create(type, ids.slice(100), contextOver(directory));
  const lines: Line[] = [];
  const context = contextOver(directory, {}, { progress: loggingAll(lines) });
  await Promise.all([refresh(one, context), refresh(two, context)]);
  expect(lines.at(-1)).toEqual([
    "refresh: looking up users: 200 of 200",
    expect.objectContaining({ sets: 2 }),
  ]);
});

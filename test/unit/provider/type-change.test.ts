import { describe, expect, test } from "@jest/globals";
import type { ProviderContext } from "../../../src/provider/context";
import { planUserSet } from "../../../src/provider/user-set/plan";
import type { UserSetModel } from "../../../src/provider/user-set/schema";
import { type DirectoryUser, UserIdType } from "../../../src/users";
import { OUTAGE, REFUSED } from "../../support/users/failures";
import { ModelDirectory } from "../../support/users/model-directory";
import { idOf, people } from "../../support/users/people";
import { contextOver, create, type PresentSet } from "../../support/provider/refreshed-set";

const users = people(1, 6);
const [ada, ...others] = users as [DirectoryUser, ...DirectoryUser[]];
const emailOf = (user: DirectoryUser): string => idOf(user, UserIdType.EMAIL);

/** Plans, without a refresh, that a set by e-mail becomes a set of these users by user name. Returns the errors. */
async function errorsOf(
  { state, privateData }: PresentSet,
  next: readonly DirectoryUser[],
  context: ProviderContext,
  changes: Partial<UserSetModel> = {},
): Promise<string[]> {
  const proposed: UserSetModel = {
    ...state,
    users: new Map(next.map((user) => [idOf(user, UserIdType.USERNAME), ""])),
    user_id_type: UserIdType.USERNAME,
    ...changes,
  };
  const { diagnostics } = await planUserSet({
    prior: state,
    proposed,
    config: proposed,
    privateData,
    context,
  });
  return diagnostics.flatMap(({ severity, summary }) => (severity === "error" ? [summary] : []));
}

const createAll = (directory: ModelDirectory): Promise<PresentSet> =>
  create(UserIdType.EMAIL, users.map(emailOf), contextOver(directory));

describe("a changed id type without a refresh", () => {
  test("is refused if somebody leaves whom the set could not look up when it was created", async () => {
    const directory = new ModelDirectory(users);
    directory.fault = () => ({ failure: OUTAGE });
    const set = await createAll(directory);
    directory.fault = () => undefined;
    expect(await errorsOf(set, others, contextOver(directory))).toEqual([
      "Changing user_id_type would release 1 user that this change removes",
    ]);
    expect(await errorsOf(set, users, contextOver(directory))).toEqual([]);
  });

  test("is refused while nobody of such a set can be looked up", async () => {
    const directory = new ModelDirectory(users);
    directory.fault = () => ({ failure: OUTAGE });
    const set = await createAll(directory);
    expect(await errorsOf(set, others, contextOver(directory))).toEqual([
      "Changing user_id_type may release 6 users",
    ]);
  });

  test("is accepted if GenAuth never accepted the ids of the old type", async () => {
    const directory = new ModelDirectory(users);
    directory.fault = ({ type }) => (type === UserIdType.EMAIL ? { failure: REFUSED } : undefined);
    const set = await createAll(directory);
    expect(await errorsOf(set, others, contextOver(directory))).toEqual([]);
  });

  test("is refused in a copy of the pool, where every id names another user", async () => {
    const set = await createAll(new ModelDirectory(users));
    const copy = new ModelDirectory(
      users.map((user) => ({ ...user, userId: user.userId.replace("a", "b") })),
    );
    const limits = { protectedUsers: new Map(), acceptEmptyPool: false };
    expect(await errorsOf(set, others, contextOver(copy, {}, { limits }))).toEqual([
      "Almost no user is the same in this pool",
    ]);
    expect(await errorsOf(set, others, contextOver(copy))).toEqual([]);
  });

  test("is refused in an empty pool, even for a set that may be without any user", async () => {
    const set = await createAll(new ModelDirectory(users));
    const limits = { protectedUsers: new Map(), acceptEmptyPool: false };
    const context = contextOver(new ModelDirectory([]), {}, { limits });
    expect(await errorsOf(set, others, context, { allow_missing_users: true })).toEqual([
      "None of the users is in this pool",
    ]);
  });
});

test("a changed id type is accepted with a pending removal whose user is retained", async () => {
  const directory = new ModelDirectory(users);
  const { state, privateData } = await createAll(directory);
  const pending = {
    state: { ...state, drift: { missing: [], survivors: [emailOf(ada)], locked_out: [] } },
    privateData,
  };
  expect(await errorsOf(pending, others, contextOver(directory))).toEqual([
    "Replacing this set would lose 1 removal",
  ]);
  const retained = { retained_user_ids: [emailOf(ada)] };
  expect(await errorsOf(pending, others, contextOver(directory), retained)).toEqual([]);
});

test("a changed id type is refused while a declared user is suspended, perhaps by this set", async () => {
  const directory = new ModelDirectory(users);
  const { state, privateData } = await createAll(directory);
  const drift = { missing: [], survivors: [], locked_out: [emailOf(ada)] };
  expect(await errorsOf({ state: { ...state, drift }, privateData }, users, contextOver(directory))).toEqual([
    "1 suspended user would be forgotten",
  ]);
});

test("a replacement without a refresh is refused if somebody leaves whom no look-up had found before", async () => {
  const directory = new ModelDirectory(users);
  directory.fault = () => ({ failure: OUTAGE });
  const { state, privateData } = await createAll(directory);
  directory.fault = () => undefined;
  const context = contextOver(directory);
  const config = { ...state, users: new Map(others.map((user) => [emailOf(user), ""])) };
  const update = await planUserSet({ prior: state, proposed: config, config, privateData, context });
  const proposed = { ...config, id: null, removals: null, drift: null };
  const creation = await planUserSet({ ...update, prior: null, proposed, config, context });
  expect(creation.diagnostics).toMatchObject([
    { severity: "error", summary: "Replacing this set would lose 1 removal" },
  ]);
});

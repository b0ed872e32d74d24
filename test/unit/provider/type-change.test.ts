import { expect, test } from "@jest/globals";
import type { ProviderContext } from "../../../src/provider/context";
import type { UserSetModel } from "../../../src/provider/user-set/schema";
import { type DirectoryUser, UserIdType } from "../../../src/users";
import { OUTAGE, REFUSED } from "../../support/users/failures";
import { type Fault, type ModelCall, ModelDirectory } from "../../support/users/model-directory";
import { idOf, people } from "../../support/users/people";
import { contextOver, create } from "../../support/provider/refreshed-set";
import { errorsOf, planWith } from "./support/planned";

const users = people(1, 6);
const [ada, ...others] = users as [DirectoryUser, ...DirectoryUser[]];
const ADA = idOf(ada, UserIdType.EMAIL);
const [copy, nobody] = [users.map((user) => ({ ...user, userId: user.userId.replace("a", "b") })), []];
const strict = { limits: { protectedUsers: new Map(), acceptEmptyPool: false } };
const driftOf = (drift: object): Partial<UserSetModel> => ({
  drift: { missing: [], survivors: [], locked_out: [], ...drift },
});

interface Story {
  /** How look-ups fail when the set is created, and when it is planned. */
  readonly created?: (call: ModelCall) => Fault;
  readonly planned?: (call: ModelCall) => Fault;
  /** Who is in the pool at plan. */
  readonly pool?: readonly DirectoryUser[];
  readonly state?: Partial<UserSetModel>;
  readonly next?: readonly DirectoryUser[];
  readonly changes?: Partial<UserSetModel>;
  readonly context?: Partial<ProviderContext>;
}

const outage = () => ({ failure: OUTAGE });
const refusesEmails = ({ type }: ModelCall) => (type === UserIdType.EMAIL ? { failure: REFUSED } : undefined);

test.each<[what: string, story: Story, error?: string]>([
  [
    "who leaves was never looked up",
    { created: outage },
    "Changing user_id_type would release 1 user that this change removes",
  ],
  ["the same, and everybody stays", { created: outage, next: users }],
  [
    "nobody can be looked up",
    { created: outage, planned: outage },
    "Changing user_id_type may release 6 users",
  ],
  ["GenAuth never accepted the old ids", { created: refusesEmails, planned: refusesEmails }],
  ["a copy of the pool", { pool: copy, context: strict }, "Almost no user is the same in this pool"],
  ["the same, if that is accepted", { pool: copy }],
  [
    "an empty pool, also if users may be missing",
    { pool: nobody, context: strict, changes: { allow_missing_users: true } },
    "None of the users is in this pool",
  ],
  ["a pending removal", { state: driftOf({ survivors: [ADA] }) }, "Replacing this set would lose 1 removal"],
  ["the same, and retained", { state: driftOf({ survivors: [ADA] }), changes: { retained_ids: [ADA] } }],
  [
    "a declared user suspended, perhaps by the set",
    { state: driftOf({ locked_out: [ADA] }), next: users },
    "1 suspended user would be forgotten",
  ],
])("a changed id type without a refresh: %s", async (_, story, error = "") => {
  const { created, planned, pool = users, next = others, state: stored, changes, context } = story;
  const before = new ModelDirectory(users);
  if (created) before.fault = created;
  const ids = users.map((user) => idOf(user, UserIdType.EMAIL));
  const { state, privateData } = await create(UserIdType.EMAIL, ids, contextOver(before));
  const directory = new ModelDirectory(pool);
  if (planned) directory.fault = planned;
  const { diagnostics } = await planWith(
    { state: { ...state, ...stored }, privateData },
    {
      users: new Map(next.map((user) => [idOf(user, UserIdType.USERNAME), ""])),
      user_id_type: UserIdType.USERNAME,
      ...changes,
    },
    contextOver(directory, {}, context),
  );
  expect(errorsOf({ diagnostics })).toEqual(error === "" ? [] : [`error: ${error}`]);
});

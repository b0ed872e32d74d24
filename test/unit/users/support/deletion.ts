import { type DeletionRecord, type DirectoryUser, UserIdType } from "../../../../src/users";
import { deleteUsers, type DeletionRequest } from "../../../../src/users/calls/delete-users";
import { ModelDirectory } from "../../../support/users/model-directory";
import { idOf, people, person } from "../../../support/users/people";
import { deletionsIn } from "./endings";

/** The id type of the users in `setUpDeletion`. */
export const DECLARED_TYPE = UserIdType.EMAIL;

/** Parts of a deletion record that a deletion does not need, or that need not say anything. */
export const SILENT_RECORD: Omit<DeletionRecord, "keep"> = {
  noteSuspension: () => Promise.resolve({ ok: true, value: undefined }),
};

/** A deletion record that reads whom it keeps, as the provider's does. */
export function recordOf(directory: ModelDirectory): DeletionRecord {
  return {
    ...SILENT_RECORD,
    keep: async (targets, _type, stop) => {
      const userIds = targets.map(({ userId }) => userId);
      const read = await directory.findUsers(userIds, UserIdType.USER_ID, stop);
      return read.ok ? { ok: true, value: new Map(read.value.map((user) => [user.userId, user])) } : read;
    },
  };
}

const targetsOf = (users: readonly DirectoryUser[]): DeletionRequest["users"] =>
  users.map((user) => ({ id: idOf(user, DECLARED_TYPE), label: user.name ?? "", userId: user.userId }));

/** A pool of `size` users and a deletion of all of them; pauses take no time. */
export function setUpDeletion(size: number) {
  const users = people(1, size);
  const directory = new ModelDirectory([...users, person(999_999)]);
  const pauses: number[] = [];
  const sleep = (milliseconds: number): Promise<void> => {
    pauses.push(milliseconds);
    return Promise.resolve();
  };
  const run = async (changes: Partial<DeletionRequest> = {}) => {
    const endings = await deleteUsers({
      directory,
      type: DECLARED_TYPE,
      users: targetsOf(users),
      maxAttempts: 4,
      confirmWithinMs: 1_000,
      sleep,
      ...changes,
    });
    return deletionsIn(endings);
  };
  return { users, ids: users.map((user) => idOf(user, DECLARED_TYPE)), directory, pauses, run };
}

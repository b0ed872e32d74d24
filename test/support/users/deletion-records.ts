import { type DirectoryFailure, type DeletionRecord, UserIdType } from "../../../src/users";
import type { ModelDirectory } from "./model-directory";

/** Parts of a deletion record that a deletion does not need, or that need not say anything. */
export const SILENT_RECORD: Omit<DeletionRecord, "keep"> = {
  noteSuspension: () => Promise.resolve({ ok: true, value: undefined }),
};

/** A deletion record that cannot be written. */
export function failingRecord(failure: DirectoryFailure): DeletionRecord {
  return {
    keep: () => Promise.resolve({ ok: false, failure }),
    noteSuspension: () => Promise.resolve({ ok: false, failure }),
  };
}

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

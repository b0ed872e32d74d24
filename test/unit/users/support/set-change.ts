import {
  type ChangeContext,
  completeChange,
  ProtectedUsers,
  type SetChange,
  UserLookUps,
  type UserDirectory,
} from "../../../../src/users";

/** A change without limits, except for what is given. */
export function unlimitedChange(
  given: Pick<SetChange, "type" | "prior" | "declared"> & Partial<SetChange>,
): SetChange {
  return completeChange({
    name: "a set",
    retained: [],
    allowMissingUsers: true,
    guards: { maxDeletions: 100_000, maxDeletionsPercent: 100 },
    ...given,
  });
}

/** A context in which nobody is protected and the operator sets no limits, except for `changes`. */
export function contextOn(directory: UserDirectory, changes: Partial<ChangeContext> = {}): ChangeContext {
  return {
    lookUps: new UserLookUps(directory),
    protectedUsers: ProtectedUsers.of(new Map()),
    acceptEmptyPool: false,
    countInRun: () => undefined,
    ...changes,
  };
}

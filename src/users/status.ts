import type { DirectoryUser, SettableStatus } from "./directory";

/** The status that GenAuth gives users who may log in, and the one that a suspension sets. */
export const ACTIVATED = "Activated";
export const SUSPENDED = "Suspended";

/**
 * The status from which users are given another one, by the provider and by the guard. Every other status is
 * somebody else's decision, and stays.
 */
export const STATUS_BEFORE: Readonly<Record<SettableStatus, string>> = {
  [SUSPENDED]: ACTIVATED,
  [ACTIVATED]: SUSPENDED,
};

/** A user's status and when it was set, as a look-up showed them; either may be absent. */
export type StatusMark = Pick<DirectoryUser, "status" | "statusChangedAt">;

/** Whether nobody has changed the status in between. */
export function isUnchanged(before: StatusMark, now: StatusMark): boolean {
  return now.status === before.status && now.statusChangedAt === before.statusChangedAt;
}

/** Only the mark of a user. */
export function markOf({ status, statusChangedAt }: StatusMark): StatusMark {
  return { status, statusChangedAt };
}

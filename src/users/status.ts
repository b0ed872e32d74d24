import type { DirectoryUser } from "./directory";

/** A user's status and when it was set, as a look-up showed them; either may be absent. */
export type StatusMark = Pick<DirectoryUser, "status" | "statusChangedAt">;

/** Whether nobody has changed the status in between. */
export function isUnchanged(before: StatusMark, now: StatusMark): boolean {
  return now.status === before.status && now.statusChangedAt === before.statusChangedAt;
}

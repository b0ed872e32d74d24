import type { DirectoryUser } from "../../../src/users";
import type { WaitingUser } from "../../../src/users/waiting-user";
import { emailOf } from "./people";

/** The status of somebody whom a set has suspended, as look-ups show it. */
export const SUSPENDED = { status: "Suspended", statusChangedAt: "2026-01-01T09:00:00.000Z" };

/** What a set of e-mail addresses remembers of a user whom it has suspended, and whose day has not come. */
export function waitingUser(user: DirectoryUser, changes: Partial<WaitingUser> = {}): WaitingUser {
  return {
    ...SUSPENDED,
    id: emailOf(user),
    label: "",
    userId: user.userId,
    isOurs: true,
    deleteFrom: "2026-01-15T00:00:00Z",
    isDue: false,
    ...changes,
  };
}
